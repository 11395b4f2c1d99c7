/** Deploy kits: templates that connect an AWS account, for `thermocline connect` and the Connect page. */
import { existsSync, readFileSync } from 'node:fs';
import { OPTIONAL_PULL_ACTIONS, PULL_ACTIONS } from '../../ingest/records/pull-actions.ts';
import type { Reason } from '../../ingest/text/reason.ts';
import { reasonOf } from '../../ingest/text/reason.ts';
import { KIT_TEXTS } from './kit-texts.ts';

export interface KitFile {
  readonly name: string;
  readonly text: string;
}

export interface Kit {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Instructions in order, each with an optional command. */
  readonly steps: readonly { readonly code: string; readonly text: string; readonly command: string | null }[];
  readonly files: readonly KitFile[];
  /** Whether the files, one after the other, are one file that works: so they can be printed to one stream. */
  readonly joinable: boolean;
}

/** In the order of the Connect page. */
export const KIT_IDS = [
  'cloudformation',
  'sam',
  'terraform',
  'metrics',
  'metrics-terraform',
  'forwarder',
  'opentelemetry',
  'pull',
  'file',
  'proxy',
] as const satisfies readonly TextCode[];
type KitId = (typeof KIT_IDS)[number];

/** Values that templates are filled with. */
export interface KitValues {
  /** External URL of this server, with the path prefix of its proxy if there is one, without a slash at the end. */
  readonly baseUrl: string;
  /** Ingest key. */
  readonly key: string;
}

export const KEY_PLACEHOLDER = 'YOUR_INGEST_KEY';
const HOST_PLACEHOLDER = 'https://YOUR-HOST';
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
    return existsSync(url) ? readFileSync(url, 'utf8') : null;
  };
  const { baseUrl, key } = values;
  // A template must not contain an address that its own AllowedPattern refuses.
  const firehoseUrl = `${endpointProblem(baseUrl) === null ? baseUrl : HOST_PLACEHOLDER}/ingest/firehose`;
  const lambdaUrl = `${isLoopback(baseUrl) ? HOST_PLACEHOLDER : baseUrl}/ingest/lambda`;
  const otlpUrl = isLoopback(baseUrl) ? HOST_PLACEHOLDER : baseUrl;
  const files = (...names: readonly string[]): readonly KitFile[] | null => {
    const found = names.map((name) => {
      const text = read(name);
      return { name: name.split('/').at(-1) ?? name, text: text === null ? null : withDefault(text, firehoseUrl) };
    });
    return found.every((file): file is KitFile => file.text !== null) ? found : null;
  };
  const subscribe: CandidateStep = {
    code: 'subscribe',
    command: 'npx thermocline subscribe --all-lambda --destination STREAM_ARN --role ROLE_ARN',
  };
  const arrives: CandidateStep = { code: 'arrives', command: null };
  const candidates: readonly Candidate[] = [
    {
      id: 'cloudformation',
      title: 'CloudFormation',
      files: files('cloudformation/firehose.yaml'),
      steps: [
        {
          code: 'deploy-firehose',
          command: `aws cloudformation deploy --stack-name thermocline --template-file firehose.yaml --capabilities CAPABILITY_IAM --parameter-overrides EndpointUrl=${firehoseUrl} AccessKey=${key}`,
        },
        subscribe,
        arrives,
      ],
    },
    {
      id: 'sam',
      title: 'SAM',
      files: samFiles(files('cloudformation/firehose.yaml')),
      steps: [
        {
          code: 'deploy-sam',
          command: `sam deploy --template-file template.yaml --stack-name thermocline --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --resolve-s3 --parameter-overrides EndpointUrl=${firehoseUrl} AccessKey=${key}`,
        },
        subscribe,
        arrives,
      ],
    },
    {
      id: 'terraform',
      title: 'Terraform',
      files: files('terraform/main.tf', 'terraform/variables.tf', 'terraform/outputs.tf'),
      steps: [
        {
          code: 'apply-terraform',
          command: `terraform init && TF_VAR_access_key=${key} terraform apply -var endpoint_url=${firehoseUrl}`,
        },
        subscribe,
        arrives,
      ],
    },
    {
      id: 'metrics',
      title: 'Metric stream',
      files: files('cloudformation/metrics.yaml'),
      steps: [
        {
          code: 'deploy-metrics',
          command:
            'aws cloudformation deploy --stack-name thermocline-metrics --template-file metrics.yaml --capabilities CAPABILITY_IAM --parameter-overrides StreamArn=STREAM_ARN MetricStreamName=thermocline',
        },
        {
          code: 'metrics-arrive',
          command: null,
        },
      ],
    },
    {
      id: 'metrics-terraform',
      title: 'Metric stream (Terraform)',
      files: files('terraform/metrics/main.tf'),
      steps: [
        {
          code: 'apply-metrics',
          command: 'terraform init && terraform apply -var stream_arn=STREAM_ARN',
        },
      ],
    },
    {
      id: 'forwarder',
      title: 'Lambda forwarder',
      files: forwarderFiles(paths, read('forwarder/template.yaml'), lambdaUrl),
      steps: [
        {
          code: isPrivate(baseUrl) ? 'deploy-private-forwarder' : 'deploy-forwarder',
          command: `aws cloudformation deploy --stack-name thermocline --template-file forwarder.yaml --capabilities CAPABILITY_IAM --parameter-overrides EndpointUrl=${lambdaUrl} AccessKey=${key}${isPrivate(baseUrl) ? ' SubnetIds=SUBNET_IDS SecurityGroupIds=SECURITY_GROUP_IDS' : ''}`,
        },
        { ...subscribe, command: 'npx thermocline subscribe --all-lambda --destination FORWARDER_ARN' },
        arrives,
      ],
    },
    {
      id: 'opentelemetry',
      title: 'OpenTelemetry',
      files: files('otel/collector.yaml'),
      steps: [
        {
          code: 'add-layers',
          command: `aws lambda update-function-configuration --function-name FUNCTION --layers COLLECTOR_LAYER_ARN INSTRUMENTATION_LAYER_ARN --environment 'Variables={AWS_LAMBDA_EXEC_WRAPPER=/opt/otel-handler,OPENTELEMETRY_COLLECTOR_CONFIG_URI=/var/task/collector.yaml,THERMOCLINE_URL=${otlpUrl},THERMOCLINE_KEY=${key},THERMOCLINE_ACCOUNT=ACCOUNT_ID}'`,
        },
        {
          code: 'one-way',
          command: null,
        },
        arrives,
      ],
    },
    {
      id: 'pull',
      title: 'Pull',
      files: [{ name: 'policy.json', text: `${JSON.stringify(PULL_POLICY, null, 2)}\n` }],
      steps: [
        {
          code: 'import-history',
          command: 'npx thermocline backfill --all-lambda --since 7d',
        },
        {
          code: 'start-pull',
          command:
            "THERMOCLINE_PULL_LOG_GROUPS='/aws/lambda/*' THERMOCLINE_TRACES=on THERMOCLINE_INVENTORY=on npm start",
        },
        {
          code: 'pull-metrics',
          command: null,
        },
        { code: 'pull-policy', command: null },
      ],
    },
    {
      id: 'file',
      title: 'File',
      files: [],
      steps: [
        {
          code: 'import-file',
          command:
            'aws logs filter-log-events --log-group-name /aws/lambda/checkout --output json > checkout.json && npx thermocline import checkout.json --function checkout',
        },
        {
          code: 'send-file',
          command: `curl -H 'Authorization: Bearer ${key}' --data-binary @checkout.json '${baseUrl}/ingest/logs?function=checkout'`,
        },
      ],
    },
    {
      id: 'proxy',
      title: 'Reverse proxy',
      files: proxyFiles(files('proxy/Caddyfile', 'proxy/nginx.conf'), baseUrl),
      steps: [
        {
          code: 'proxies',
          command: null,
        },
      ],
    },
  ];
  return candidates.flatMap((kit) =>
    kit.files === null
      ? []
      : [
          {
            ...kit,
            files: kit.files,
            summary: KIT_TEXTS[kit.id],
            steps: kit.steps.map(({ code, command }) => ({ code, text: KIT_TEXTS[`step-${code}`], command })),
            joinable: kit.files.length <= 1 || kit.id === 'terraform',
          },
        ],
  );
}

type TextCode = keyof typeof KIT_TEXTS;
type StepCode = TextCode extends infer Code ? (Code extends `step-${infer Step}` ? Step : never) : never;

interface CandidateStep {
  readonly code: StepCode;
  readonly command: string | null;
}

interface Candidate {
  readonly id: KitId;
  readonly title: string;
  readonly steps: readonly CandidateStep[];
  /** Null if one of them is missing. */
  readonly files: readonly KitFile[] | null;
}

/** Inlines the forwarder's code into the template, so that nothing has to be uploaded first. */
function forwarderFiles(paths: KitPaths, template: string | null, endpoint: string): readonly KitFile[] | null {
  if (template === null || !existsSync(paths.forwarder)) return null;
  const code = readFileSync(paths.forwarder, 'utf8').trimEnd();
  const block = `ZipFile: |\n${code
    .split('\n')
    .map((line) => `          ${line}`)
    .join('\n')}`;
  return [{ name: 'forwarder.yaml', text: withDefault(template, endpoint).replace(CODE_MARK, () => block) }];
}

/** The CloudFormation template as a SAM template: SAM templates may hold any resource, and the transform marks them. */
function samFiles(files: readonly KitFile[] | null): readonly KitFile[] | null {
  const [head, transform] = ["AWSTemplateFormatVersion: '2010-09-09'\n", 'Transform: AWS::Serverless-2016-10-31\n'];
  return files?.map(({ text }) => ({ name: 'template.yaml', text: text.replace(head, `${head}${transform}`) })) ?? null;
}

function proxyFiles(files: readonly KitFile[] | null, baseUrl: string): readonly KitFile[] | null {
  const host = new URL(baseUrl).hostname;
  return files?.map((file) => ({ ...file, text: file.text.replaceAll(EXAMPLE_HOST, host) })) ?? null;
}

/** Fills the address in as the default of the parameter that the templates require. */
function withDefault(template: string, endpoint: string): string {
  if (endpoint.startsWith(HOST_PLACEHOLDER)) return template;
  return template
    .replace('  EndpointUrl:\n    Type: String\n', (found) => `${found}    Default: ${endpoint}\n`)
    .replace(
      /(variable "endpoint_url" \{\n(?: {2}description .*\n)? {2}type {8}= string\n)/,
      (found) => `${found}  default     = "${endpoint}"\n`,
    );
}

function isLoopback(baseUrl: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0|\[::\])$/.test(new URL(baseUrl).hostname);
}

/** Whether only a private network reaches the address: by its range, or because it is not a public name. */
function isPrivate(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return (
    /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[f[cd])/.test(
      hostname,
    ) ||
    /\.(?:internal|local|lan|intranet|corp|home\.arpa)$/.test(hostname) ||
    (!hostname.includes('.') && !hostname.startsWith('[') && !isLoopback(baseUrl))
  );
}

/** Read-only permissions of backfill, polling, traces, metrics and inventory. */
const PULL_POLICY = {
  Version: '2012-10-17',
  Statement: Object.entries({ ...PULL_ACTIONS, ...OPTIONAL_PULL_ACTIONS }).map(([Sid, Action]) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource: '*',
  })),
};

/** What the operator should know before the forwarder is deployed with this URL; null if there is nothing. */
export function forwarderProblem(baseUrl: string): string | null {
  if (isLoopback(baseUrl))
    return 'No other machine reaches this address. Pass --endpoint with one that the forwarder reaches, or set THERMOCLINE_PUBLIC_URL.';
  if (new URL(baseUrl).protocol === 'http:')
    return 'The address is http: the ingest key and the log lines travel unencrypted. Use it inside a private network only.';
  return null;
}

/** Why Firehose cannot deliver to a URL; null if it can. */
export function endpointProblem(baseUrl: string): Reason | null {
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' || (url.port !== '' && url.port !== '443')) {
    return reasonOf('connect-https');
  }
  return isPrivate(baseUrl) || isLoopback(baseUrl) ? reasonOf('connect-private') : null;
}
