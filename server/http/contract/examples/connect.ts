/** Examples of the operations in ../connect.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { connectRoutes } from '../connect.ts';
import type { ExamplesOf } from '../route.ts';

export const connectExamples: ExamplesOf<typeof connectRoutes> = {
  getConnectInstructions: {
    answer: {
      baseUrl: 'https://thermocline.example.com',
      problem:
        'Firehose only delivers to https on port 443. Use a TLS proxy and set THERMOCLINE_PUBLIC_URL (or --endpoint).',
      problemCode: { code: 'connect-https', parameters: {} },
      keyPlaceholder: 'YOUR_INGEST_KEY',
      kits: [
        {
          id: 'cloudformation',
          title: 'CloudFormation',
          summary: 'A Firehose stream to this server, with roles and a bucket for failed deliveries.',
          files: [
            {
              name: 'firehose.yaml',
              text: "AWSTemplateFormatVersion: '2010-09-09'\nDescription: CloudWatch Logs to Thermocline through Amazon Data Firehose; failed deliveries are kept in S3.\n\nPar...",
            },
          ],
          steps: [
            {
              code: 'deploy-firehose',
              text: 'Save the template as firehose.yaml and deploy it. The outputs name the stream and the role.',
              command:
                'aws cloudformation deploy --stack-name thermocline --template-file firehose.yaml --capabilities CAPABILITY_IAM --parameter-overrides EndpointUrl=https://ther...',
            },
          ],
        },
      ],
    },
  },
};
