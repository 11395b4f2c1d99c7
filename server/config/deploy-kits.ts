/** Deploy kits: templates that connect an AWS account, for `thermocline connect` and the Connect page. */
import { existsSync, readFileSync } from 'node:fs';

export interface KitFile {
  readonly name: string;
  readonly text: string;
}

export interface Kit {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Instructions in order, each with an optional command. */
  readonly steps: readonly { readonly text: string; readonly command: string | null }[];
  readonly files: readonly KitFile[];
}

/** Values that templates are filled with. */
export interface KitValues {
  /** External URL of this server, without a path. */
  readonly baseUrl: string;
  /** Ingest key. */
  readonly key: string;
}

export const KEY_PLACEHOLDER = 'YOUR_INGEST_KEY';
const EXAMPLE_BASE = 'https://thermocline.example.com';
const EXAMPLE_HOST = 'thermocline.example.com';
const CODE_MARK = 'ZipFile: FORWARDER_CODE';

/** `deploy` is the folder of templates, `forwarder` the bundled code of the forwarder. */
export interface KitPaths {
  readonly deploy: URL;
  readonly forwarder: URL;
}

/** All kits with URL and key filled in. Kits whose files are missing are left out. */
export function kits(paths: KitPaths, values: KitValues): readonly Kit[] {
  const read = (path: string): string | null => {
    const url = new URL(path, paths.deploy);
    return existsSync(url) ? readFileSync(url, 'utf8').replaceAll(EXAMPLE_BASE, values.baseUrl) : null;
  };
  const files = (...names: readonly string[]): readonly KitFile[] | null => {
    const found = names.map((name) => ({ name: name.split('/').at(-1) ?? name, text: read(name) }));
    return found.every((file): file is KitFile => file.text !== null) ? found : null;
  };
  const { baseUrl, key } = values;
  const subscribe = {
    text: 'Preview which log groups would be subscribed; add --apply to subscribe them. Filters of other products are never changed.',
    command: 'npx thermocline subscribe --all-lambda --destination STREAM_ARN --role ROLE_ARN',
  };
  const arrives = { text: 'The first delivery arrives within a minute and appears on the Ingest page.', command: null };
  const candidates: (Omit<Kit, 'files'> & { readonly files: readonly KitFile[] | null })[] = [
    {
      id: 'cloudformation',
      title: 'CloudFormation',
      summary: 'A Firehose stream to this server, with roles and a bucket for failed deliveries.',
      files: files('cloudformation/firehose.yaml'),
      steps: [
        {
          text: 'Save the template as firehose.yaml and deploy it. The outputs name the stream and the role.',
          command: `aws cloudformation deploy --stack-name thermocline --template-file firehose.yaml --capabilities CAPABILITY_IAM --parameter-overrides EndpointUrl=${baseUrl}/ingest/firehose AccessKey=${key}`,
        },
        subscribe,
        arrives,
      ],
    },
    {
      id: 'sam',
      title: 'SAM',
      summary: 'The same stream as part of a SAM application. Requires the CloudFormation template next to it.',
      files: files('sam/template.yaml', 'cloudformation/firehose.yaml'),
      steps: [
        {
          text: 'Save the files as sam/template.yaml and cloudformation/firehose.yaml, then deploy.',
          command: `sam deploy --template sam/template.yaml --stack-name thermocline --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --resolve-s3 --parameter-overrides EndpointUrl=${baseUrl}/ingest/firehose AccessKey=${key}`,
        },
        subscribe,
        arrives,
      ],
    },
    {
      id: 'terraform',
      title: 'Terraform',
      summary: 'The same stream as a Terraform module.',
      files: files('terraform/main.tf', 'terraform/variables.tf', 'terraform/outputs.tf'),
      steps: [
        {
          text: 'Save the files in an empty folder and apply.',
          command: `TF_VAR_access_key=${key} terraform apply -var endpoint_url=${baseUrl}/ingest/firehose`,
        },
        subscribe,
        arrives,
      ],
    },
    {
      id: 'forwarder',
      title: 'Lambda forwarder',
      summary:
        'A small function that forwards logs to this server: no Firehose, works inside a VPC, platform lines only.',
      files: forwarderFiles(paths, read('forwarder/template.yaml')),
      steps: [
        {
          text: 'Save the template as forwarder.yaml and deploy it. The output names the function.',
          command: `aws cloudformation deploy --stack-name thermocline --template-file forwarder.yaml --capabilities CAPABILITY_IAM --parameter-overrides EndpointUrl=${baseUrl}/ingest/lambda AccessKey=${key}`,
        },
        { ...subscribe, command: 'npx thermocline subscribe --all-lambda --destination FORWARDER_ARN --everything' },
        arrives,
      ],
    },
    {
      id: 'pull',
      title: 'Pull',
      summary: 'No deployment: this server reads log groups with read-only credentials.',
      files: [{ name: 'policy.json', text: `${JSON.stringify(PULL_POLICY, null, 2)}\n` }],
      steps: [
        {
          text: 'Import the history first. An interrupted run resumes where it stopped.',
          command: 'npx thermocline backfill --all-lambda --since 7d',
        },
        {
          text: 'Then start the server with the log groups to poll (and optionally traces and inventory).',
          command:
            "THERMOCLINE_PULL_LOG_GROUPS='/aws/lambda/*' THERMOCLINE_TRACES=on THERMOCLINE_INVENTORY=on npm start",
        },
        { text: 'The policy lists all required permissions; all of them are read-only.', command: null },
      ],
    },
    {
      id: 'file',
      title: 'File',
      summary: 'Results within a minute from a log file.',
      files: [],
      steps: [
        {
          text: 'Save a log and import it. Importing the same file again adds nothing.',
          command:
            'aws logs filter-log-events --log-group-name /aws/lambda/checkout > checkout.json && npx thermocline import checkout.json --function checkout',
        },
        {
          text: 'Or send it over HTTP.',
          command: `curl -H 'Authorization: Bearer ${key}' --data-binary @checkout.json '${baseUrl}/ingest/logs?function=checkout'`,
        },
      ],
    },
    {
      id: 'proxy',
      title: 'Reverse proxy',
      summary: 'TLS on port 443 in front of this server, with the size limits that Firehose requires.',
      files: proxyFiles(files('proxy/Caddyfile', 'proxy/nginx.conf'), baseUrl),
      steps: [
        {
          text: 'Use one of the two. Both accept large bodies and headers, and do not compress responses to Firehose.',
          command: null,
        },
      ],
    },
  ];
  return candidates.flatMap((kit) => (kit.files === null ? [] : [{ ...kit, files: kit.files }]));
}

/** Inlines the forwarder's code into the template, so that nothing has to be uploaded first. */
function forwarderFiles(paths: KitPaths, template: string | null): readonly KitFile[] | null {
  if (template === null || !existsSync(paths.forwarder)) return null;
  const code = readFileSync(paths.forwarder, 'utf8').trimEnd();
  const block = `ZipFile: |\n${code
    .split('\n')
    .map((line) => `          ${line}`)
    .join('\n')}`;
  return [{ name: 'forwarder.yaml', text: template.replace(CODE_MARK, () => block) }];
}

function proxyFiles(files: readonly KitFile[] | null, baseUrl: string): readonly KitFile[] | null {
  const host = new URL(baseUrl).hostname;
  return files?.map((file) => ({ ...file, text: file.text.replaceAll(EXAMPLE_HOST, host) })) ?? null;
}

/** Read-only permissions of backfill, polling, traces and inventory. */
const PULL_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: ['logs:DescribeLogGroups', 'logs:FilterLogEvents', 'logs:TestMetricFilter'],
      Resource: '*',
    },
    { Sid: 'Traces', Effect: 'Allow', Action: 'xray:BatchGetTraces', Resource: '*' },
    {
      Sid: 'Inventory',
      Effect: 'Allow',
      Action: ['lambda:ListFunctions', 'lambda:ListProvisionedConcurrencyConfigs'],
      Resource: '*',
    },
  ],
};

/** Why Firehose cannot deliver to a URL; null if it can. */
export function endpointProblem(baseUrl: string): string | null {
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' || (url.port !== '' && url.port !== '443')) {
    return 'Firehose only delivers to https on port 443. Use a TLS proxy and set THERMOCLINE_PUBLIC_URL (or --endpoint).';
  }
  return null;
}
