/** The ways to connect an account, filled in: what `thermocline connect` prints and the Connect page shows. */
import { existsSync, readFileSync } from 'node:fs';

export interface KitFile {
  readonly name: string;
  readonly text: string;
}

export interface Kit {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Sentences and commands, in order. */
  readonly steps: readonly { readonly text: string; readonly command: string | null }[];
  readonly files: readonly KitFile[];
}

export interface Filling {
  /** Address of this server as AWS reaches it, without a path. */
  readonly baseUrl: string;
  readonly key: string;
}

export const KEY_PLACEHOLDER = 'YOUR_INGEST_KEY';
const EXAMPLE_BASE = 'https://thermocline.example.com';
const EXAMPLE_HOST = 'thermocline.example.com';
const CODE_MARK = 'ZipFile: FORWARDER_CODE';

/** `deploy` is the folder of the templates, `forwarder` the built code; null where this build has none. */
export interface KitPaths {
  readonly deploy: URL;
  readonly forwarder: URL;
}

/** Every kit with address and key in place. Kits whose files are not there are left out. */
export function kits(places: KitPaths, filling: Filling): readonly Kit[] {
  const read = (path: string): string | null => {
    const url = new URL(path, places.deploy);
    return existsSync(url) ? readFileSync(url, 'utf8').replaceAll(EXAMPLE_BASE, filling.baseUrl) : null;
  };
  const files = (...names: readonly string[]): readonly KitFile[] | null => {
    const found = names.map((name) => ({ name: name.split('/').at(-1) ?? name, text: read(name) }));
    return found.every((file): file is KitFile => file.text !== null) ? found : null;
  };
  const { baseUrl, key } = filling;
  const subscribe = {
    text: 'See which log groups it would subscribe; add --apply to do it. Other products’ filters are never touched.',
    command: 'npx thermocline subscribe --all-lambda --destination STREAM_ARN --role ROLE_ARN',
  };
  const arrives = { text: 'The first delivery comes within a minute; the Ingest page shows it.', command: null };
  const candidates: (Omit<Kit, 'files'> & { readonly files: readonly KitFile[] | null })[] = [
    {
      id: 'cloudformation',
      title: 'CloudFormation',
      summary: 'A Firehose stream to this server, roles, and a bucket for what cannot be delivered.',
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
      summary: 'The same stream as part of a SAM application. Needs the CloudFormation template beside it.',
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
          text: 'Save the files in a folder of their own and apply.',
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
        'A small function between the logs and this server: no Firehose, endpoints inside a VPC, platform lines only.',
      files: forwarderFiles(places, read('forwarder/template.yaml')),
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
      summary: 'Nothing to deploy: this server reads log groups with read-only credentials.',
      files: [{ name: 'policy.json', text: `${JSON.stringify(PULL_POLICY, null, 2)}\n` }],
      steps: [
        {
          text: 'History first. It can be interrupted and goes on where it was.',
          command: 'npx thermocline backfill --all-lambda --since 7d',
        },
        {
          text: 'Then keep up: start the server with the groups to poll (and traces and inventory, where wanted).',
          command:
            "THERMOCLINE_PULL_LOG_GROUPS='/aws/lambda/*' THERMOCLINE_TRACES=on THERMOCLINE_INVENTORY=on npm start",
        },
        { text: 'The policy is all that this needs; it can change nothing.', command: null },
      ],
    },
    {
      id: 'file',
      title: 'A file',
      summary: 'Your own numbers in a minute, from a log you have.',
      files: [],
      steps: [
        {
          text: 'Save a log and import it. Importing it again changes nothing.',
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
      summary: 'TLS on port 443 in front of this server, with the sizes that Firehose needs.',
      files: proxyFiles(files('proxy/Caddyfile', 'proxy/nginx.conf'), baseUrl),
      steps: [
        {
          text: 'Use one of the two. Each lets large bodies and headers pass and compresses nothing that Firehose reads.',
          command: null,
        },
      ],
    },
  ];
  return candidates.flatMap((kit) => (kit.files === null ? [] : [{ ...kit, files: kit.files }]));
}

/** The built code goes into the template, so that nothing need be uploaded first. */
function forwarderFiles(places: KitPaths, template: string | null): readonly KitFile[] | null {
  if (template === null || !existsSync(places.forwarder)) return null;
  const code = readFileSync(places.forwarder, 'utf8').trimEnd();
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

/** What backfill, polling, traces and inventory need: read-only. */
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

/** Why Firehose cannot reach an address; null when nothing speaks against it. */
export function endpointProblem(baseUrl: string): string | null {
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' || (url.port !== '' && url.port !== '443')) {
    return 'Firehose delivers to https on port 443 only: put a proxy in front and set THERMOCLINE_PUBLIC_URL (or --endpoint).';
  }
  return null;
}
