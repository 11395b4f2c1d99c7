/** Explains failures of S3: what is wrong with the address, the region or the permissions, and what is expected. */
import { plain } from '../../text/printable.ts';
import { explainAws, stateOf } from '../aws-errors.ts';
import type { S3Client } from './s3-client.ts';
import { S3Error } from './s3-client.ts';

/** IAM actions of an export, by what it does. Without s3:ListBucket, S3 denies objects that do not exist. */
const ACTIONS = { read: 's3:GetObject and s3:ListBucket', write: 's3:PutObject and s3:AbortMultipartUpload' } as const;

/** Explains an error of a request for the bucket, in one or two sentences. */
export function explainS3(error: unknown, what: keyof typeof ACTIONS, { address, settings }: S3Client): string {
  const { bucket, prefix } = address;
  const { region, endpoint } = settings;
  const action = ACTIONS[what];
  if (!(error instanceof S3Error)) return explainAws(error, action, region);
  const isElsewhere = error.region !== null && error.region !== region;
  const detail = plain(`${error.name}: ${error.message}`).slice(0, 300);
  if (error.name === 'NoSuchBucket')
    return endpoint === undefined
      ? `The bucket ${bucket} does not exist. Create it (aws s3 mb s3://${bucket}), or correct its name.`
      : `The bucket ${bucket} does not exist at ${endpoint}. Create it, or correct its name.`;
  if (isElsewhere && (error.status < 400 || /^(?:AuthorizationHeaderMalformed|IllegalLocation)/.test(error.name)))
    return `The bucket ${bucket} is in the region ${plain(error.region ?? '').slice(0, 50)}, and ${region} was expected. Set --region or AWS_REGION to the region of the bucket. (${detail})`;
  if (error.status >= 300 && error.status < 400)
    return `The service redirects: the bucket ${bucket} is in another region than ${region}, or at another endpoint. (${detail})`;
  // Signatures that do not match have a state of their own.
  if (error.status === 403 && stateOf(error) !== 'credentials')
    return `${explainAws(error, action, region)} Expected permissions: ${action} for arn:aws:s3:::${bucket} and arn:aws:s3:::${bucket}/${prefix}*`;
  if (error.name.startsWith('status '))
    return `Expected an answer of S3 from ${endpoint ?? `the bucket ${bucket}`}, got ${detail}. Check AWS_ENDPOINT_URL_S3.`;
  return explainAws(error, action, region);
}
