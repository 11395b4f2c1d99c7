/** The deploy kits parse, all their references resolve, and settings that prevent data loss have the right values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseHcl } from '@cdktn/hcl2json';
import { describe, expect, test } from 'vitest';
import type { ScalarTag } from 'yaml';
import { parse as parseYaml } from 'yaml';
import { FILTER_SAMPLES } from '../../ingest/aws/platform-filter.ts';
import { parsePlatformLine } from '../../ingest/lines/platform-line.ts';
import { PLATFORM_FILTER, PLATFORM_TERMS, passesPlatformFilter } from '../../ingest/lines/platform-terms.ts';
import { parseRuntimeError } from '../../ingest/lines/runtime-error.ts';
import { PULL_ACTIONS } from '../../ingest/records/pull-actions.ts';
import { endpointProblem, kits } from '../../server/config/deploy-kits.ts';
import { corpusFiles } from '../support/corpus.ts';
import { passesFilter } from '../support/filter-pattern.ts';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../deploy', path), 'utf8');

type Json = Readonly<Record<string, unknown>>;
interface Template {
  readonly Transform?: string;
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Conditions?: Json;
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Condition?: string; readonly DependsOn?: string; readonly Properties: Json }
    >
  >;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** Expands CloudFormation's short forms (`!Ref`) to the long forms. */
function parsedTemplate(source: string): Template {
  const name = (tag: string): string => (tag === 'Ref' || tag === 'Condition' ? tag : `Fn::${tag}`);
  const customTags = ['Ref', 'Sub', 'GetAtt', 'If', 'Not', 'Equals', 'Join', 'Split', 'And', 'Or'].flatMap((tag) => [
    {
      tag: `!${tag}`,
      resolve: (text: string) => ({ [name(tag)]: tag === 'GetAtt' ? text.split(/\.(.*)/s).slice(0, 2) : text }),
    } as ScalarTag,
    {
      tag: `!${tag}`,
      collection: 'seq' as const,
      resolve: (list: { toJSON(): unknown }) => ({ [name(tag)]: list.toJSON() }),
    },
  ]);
  return parseYaml(source, { customTags: customTags as never }) as Template;
}

const template = (path: string): Template => parsedTemplate(read(path));

const PSEUDO = ['AWS::AccountId', 'AWS::Region', 'AWS::Partition', 'AWS::StackName', 'AWS::NoValue', 'AWS::URLSuffix'];

/** Names that a value refers to with Ref, GetAtt or Sub. */
function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String((inner as unknown[])[0])];
    if (key !== 'Fn::Sub') return references(inner);
    const [text, local = {}] = (Array.isArray(inner) ? inner : [inner]) as [string, Json?];
    const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map((match) => (match[1] ?? '').split('.')[0] ?? '');
    return [...names.filter((found) => !(found in local)), ...references(local)];
  });
}

function conditionsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Fn::If' ? [String((inner as unknown[])[0]), ...conditionsIn(inner)] : conditionsIn(inner),
  );
}

/** Required properties of each resource type (CloudFormation's resource specification). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': [],
  'AWS::S3::BucketPolicy': ['Bucket', 'PolicyDocument'],
  'AWS::Logs::LogGroup': [],
  'AWS::Logs::LogStream': ['LogGroupName'],
  'AWS::Logs::SubscriptionFilter': ['LogGroupName', 'FilterPattern', 'DestinationArn'],
  'AWS::Logs::AccountPolicy': ['PolicyName', 'PolicyType', 'PolicyDocument'],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument'],
  'AWS::KinesisFirehose::DeliveryStream': ['HttpEndpointDestinationConfiguration'],
  'AWS::Lambda::Function': ['Code', 'Role', 'Handler', 'Runtime'],
  'AWS::Lambda::Permission': ['Action', 'FunctionName', 'Principal'],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName', 'Qualifier'],
  'AWS::SQS::Queue': [],
  'AWS::Serverless::Application': ['Location'],
};

describe.each(['cloudformation/firehose.yaml', 'forwarder/template.yaml', 'sam/template.yaml'])('%s', (path) => {
  const parsed = template(path);

  test('every reference, condition and dependency is declared, and every parameter is used', () => {
    const known = new Set([...Object.keys(parsed.Parameters), ...Object.keys(parsed.Resources), ...PSEUDO]);
    const used = references([parsed.Resources, parsed.Outputs, parsed.Conditions]);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(parsed.Parameters).filter((name) => !used.includes(name))).toEqual([]);
    const conditions = new Set(Object.keys(parsed.Conditions ?? {}));
    for (const resource of Object.values(parsed.Resources)) {
      if (resource.Condition !== undefined) expect(conditions).toContain(resource.Condition);
      if (resource.DependsOn !== undefined) expect(Object.keys(parsed.Resources)).toContain(resource.DependsOn);
    }
    for (const name of conditionsIn(parsed.Resources)) expect(conditions).toContain(name);
  });

  test('every resource has the required properties of its type', () => {
    for (const [name, { Type, Properties = {} }] of Object.entries(parsed.Resources)) {
      const required = REQUIRED[Type];
      expect(required, `${name}: ${Type}`).toBeDefined();
      for (const property of required ?? []) expect(Object.keys(Properties), name).toContain(property);
    }
  });

  test('no role allows every action, and secret parameters use NoEcho', () => {
    for (const { Type, Properties } of Object.values(parsed.Resources)) {
      if (Type !== 'AWS::IAM::Role') continue;
      type Policy = { readonly PolicyDocument: { readonly Statement: readonly Json[] } };
      const policies = Properties['Policies'] as readonly (Policy | { readonly 'Fn::If': [string, Policy, unknown] })[];
      const statements = policies.flatMap((policy) =>
        'Fn::If' in policy ? policy['Fn::If'][1].PolicyDocument.Statement : policy.PolicyDocument.Statement,
      );
      for (const statement of statements) {
        expect(JSON.stringify(statement['Action'])).not.toContain('*');
        // Network interfaces have no ARN before they are created; the function's own code is denied their use.
        const isInterfaces = (statement['Action'] as readonly string[]).every?.((action) => action.startsWith('ec2:'));
        if (isInterfaces) expect(statements).toContainEqual(expect.objectContaining({ Effect: 'Deny' }));
        else expect(statement['Resource']).not.toBe('*');
      }
    }
    expect(parsed.Parameters['AccessKey']).toMatchObject({ NoEcho: true });
  });

  test('has no default address, subscribes by the default filter, and fits every partition', () => {
    expect(parsed.Parameters['EndpointUrl']).not.toHaveProperty('Default');
    expect(parsed.Parameters['FilterPattern']?.['Default']).toBe(PLATFORM_FILTER);
    // A delivery under the default name counts as one that passes errors: the name is kept for such patterns.
    expect(parsed.Conditions?.['HasOwnPattern']).toEqual({
      'Fn::Not': [
        {
          'Fn::Or': [
            { 'Fn::Equals': [{ Ref: 'FilterPattern' }, ''] },
            { 'Fn::Equals': [{ Ref: 'FilterPattern' }, PLATFORM_FILTER] },
          ],
        },
      ],
    });
    const byPattern = { 'Fn::If': ['HasOwnPattern', 'thermocline-own-pattern', 'thermocline'] };
    for (const { Type, Properties = {} } of Object.values(parsed.Resources)) {
      if (Type === 'AWS::Logs::SubscriptionFilter') expect(Properties['FilterName']).toEqual(byPattern);
      if (Type === 'AWS::Logs::AccountPolicy') expect(Properties['PolicyName']).toEqual(byPattern);
    }
    const text = read(path);
    expect(text).not.toContain('arn:aws:');
    expect(text.replaceAll(/^\s*#.*$/gm, '')).not.toMatch(/logs\.amazonaws\.com/);
  });
});

const EMF = {
  Timestamp: 1_574_109_732_004,
  CloudWatchMetrics: [{ Namespace: 'Shop', Dimensions: [[]], Metrics: [{ Name: 'n' }] }],
};
const EMF_LINE = JSON.stringify({ _aws: EMF, n: 1 });

test('the default patterns, as CloudWatch Logs documents them, pass platform lines, errors and lines with metrics', async () => {
  const variables = (await parseHcl('variables.tf', read('terraform/variables.tf'))) as {
    readonly variable: { readonly filter_pattern: readonly Json[] };
  };
  const patterns = [
    ...['cloudformation/firehose.yaml', 'forwarder/template.yaml', 'sam/template.yaml'].map((path) =>
      String(template(path).Parameters['FilterPattern']?.['Default']),
    ),
    String(variables.variable.filter_pattern[0]?.['default']),
  ];
  const lines = [
    ...FILTER_SAMPLES,
    EMF_LINE,
    `2023-10-25T17:38:05.273Z\t274cced9-0439-4a76-befe-eeef0ec34460\tINFO\t\n${EMF_LINE}`,
    JSON.stringify({ timestamp: '2023-11-01T00:21:51.358Z', level: 'INFO', message: EMF_LINE }),
  ];
  for (const pattern of patterns) {
    expect(lines.filter((line) => !passesFilter(pattern, line))).toEqual([]);
    expect(
      ['order 17 placed', '{"level":"INFO","message":"done"}'].filter((line) => passesFilter(pattern, line)),
    ).toEqual([]);
  }
});

test('the stream backs up failed records, retries for two hours, and does not extract messages', () => {
  const { Resources, Parameters } = template('cloudformation/firehose.yaml');
  const settings = Resources['Stream']?.Properties['HttpEndpointDestinationConfiguration'] as Record<string, Json>;
  expect(settings['S3BackupMode']).toBe('FailedDataOnly');
  expect(settings['RetryOptions']).toEqual({ DurationInSeconds: 7200 });
  expect(settings['S3Configuration']).toMatchObject({ CompressionFormat: 'GZIP' });
  // Message extraction would remove log group, stream and timestamp.
  expect(settings).not.toHaveProperty('ProcessingConfiguration');
  const url = new RegExp(String(Parameters['EndpointUrl']?.['AllowedPattern']));
  expect(url.test('https://host.example/ingest/firehose')).toBe(true);
  expect(url.test('https://host.example/prefix/ingest/firehose')).toBe(true);
  expect(url.test('http://host.example/ingest/firehose')).toBe(false);
  expect(url.test('https://host.example:8443/ingest/firehose')).toBe(false);
  expect(Parameters['FilterPattern']?.['Default']).toBe(PLATFORM_FILTER);
  const { PolicyDocument } = Resources['AccountSubscription']?.Properties ?? {};
  const [text, { Pattern }] = (PolicyDocument as { 'Fn::Sub': [string, { Pattern: { 'Fn::Join': [string] } }] })[
    'Fn::Sub'
  ];
  const [glue] = Pattern['Fn::Join'];
  const document = JSON.parse(text.replace(/\$\{Pattern\}/, () => PLATFORM_FILTER.split('"').join(glue))) as Json;
  expect(document['FilterPattern']).toBe(PLATFORM_FILTER);
});

test('a metric stream has the metrics of Lambda that no log has, in JSON, and both kits have the same', async () => {
  const { Parameters, Conditions = {}, Resources, Outputs } = template('cloudformation/metrics.yaml');
  const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources), ...PSEUDO]);
  const used = references([Resources, Outputs, Conditions]);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(Parameters).filter((name) => !used.includes(name))).toEqual([]);
  expect(conditionsIn(Resources).toSorted()).toEqual(Object.keys(Conditions).toSorted());
  const stream = Resources['MetricStream'];
  expect(stream?.Type).toBe('AWS::CloudWatch::MetricStream');
  expect(stream?.Properties['OutputFormat']).toBe('json');
  const [lambda, ...others] = (stream?.Properties['IncludeFilters'] ?? []) as readonly Json[];
  expect(lambda?.['Namespace']).toBe('AWS/Lambda');
  expect(others).toHaveLength(3);
  const names = lambda?.['MetricNames'] as readonly string[];
  const needed = ['Throttles', 'ConcurrentExecutions', 'IteratorAge', 'AsyncEventAge', 'DeadLetterErrors', 'Errors'];
  expect(names).toEqual(expect.arrayContaining([...needed, 'DestinationDeliveryFailures', 'DurableExecutionFailed']));
  expect(names).toContain('ProvisionedConcurrencySpilloverInvocations');
  const policies = Resources['MetricStreamRole']?.Properties['Policies'];
  expect(JSON.stringify(policies)).not.toMatch(/"\*"|:\*"/);
  const arn = new RegExp(String(Parameters['StreamArn']?.['AllowedPattern']));
  expect(arn.test('arn:aws-cn:firehose:cn-north-1:123456789012:deliverystream/thermocline')).toBe(true);
  expect(arn.test('arn:aws:kinesis:eu-west-1:123456789012:stream/x')).toBe(false);

  const main = (await parseHcl('main.tf', read('terraform/metrics/main.tf'))) as Record<string, Record<string, Json>>;
  const variables = main['variable'] as unknown as Readonly<Record<string, readonly Json[]>>;
  expect(variables['metric_names']?.[0]?.['default']).toEqual(names);
  const text = JSON.stringify(main);
  for (const name of Object.keys(variables)) expect(text).toContain(`var.${name}`);
  for (const [, name] of text.matchAll(/var\.(\w+)/g)) expect(Object.keys(variables)).toContain(name);
  expect(main['resource']?.['aws_cloudwatch_metric_stream']).toMatchObject({
    thermocline: [{ output_format: 'json', firehose_arn: expect.stringContaining('var.stream_arn') }],
  });
});

describe('terraform', () => {
  test('parses, and every reference is declared', async () => {
    const files = await Promise.all(
      ['main.tf', 'variables.tf', 'outputs.tf'].map(
        async (name) => (await parseHcl(name, read(`terraform/${name}`))) as Record<string, Record<string, Json>>,
      ),
    );
    const [main = {}, variables = {}] = files;
    const declared = new Set([
      ...Object.entries(main['resource'] ?? {}).flatMap(([type, named]) =>
        Object.keys(named).map((name) => `${type}.${name}`),
      ),
      ...Object.entries(main['data'] ?? {}).flatMap(([type, named]) =>
        Object.keys(named).map((name) => `data.${type}.${name}`),
      ),
      ...Object.keys(variables['variable'] ?? {}).map((name) => `var.${name}`),
    ]);
    const text = JSON.stringify(files);
    const used = [
      ...[...text.matchAll(/(?<![\w.])(?:data\.)?aws_\w+\.[a-z]\w*/g)].map((match) => match[0]),
      ...[...text.matchAll(/(?<![\w.])var\.[a-z]\w*/g)].map((match) => match[0]),
    ];
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((name) => !declared.has(name))).toEqual([]);
    for (const name of Object.keys(variables['variable'] ?? {})) expect(used).toContain(`var.${name}`);
    expect(main['resource']?.['aws_kinesis_firehose_delivery_stream']).toMatchObject({
      thermocline: [{ http_endpoint_configuration: [{ s3_backup_mode: 'FailedDataOnly', retry_duration: 7200 }] }],
    });
    expect(variables['variable']?.['access_key']).toMatchObject([{ sensitive: true }]);
  });
});

const CASES = [
  'https://tc.corp.example',
  'https://obs.example.com/thermocline',
  'http://10.0.1.20:8020',
  'http://127.0.0.1:8020',
  'https://tc.internal',
  'https://h.example:8443',
  'http://tc.example/a/b',
];

describe.each(CASES)('kits for %s', (baseUrl) => {
  const paths = {
    deploy: new URL('../../deploy/', import.meta.url),
    forwarder: new URL('../../deploy/forwarder/index.ts', import.meta.url),
  };
  const all = kits(paths, { baseUrl, key: 'tc_ingest_0123456789abcdef' });

  test('the printed command and the printed default pass the pattern of their own template', () => {
    for (const id of ['cloudformation', 'sam', 'forwarder']) {
      const kit = all.find((one) => one.id === id);
      const text = kit?.files[0]?.text ?? '';
      const pattern = new RegExp(/EndpointUrl:[\s\S]*?AllowedPattern: (.*)/.exec(text)?.[1] ?? 'none');
      const command = kit?.steps.find((step) => step.command?.includes('EndpointUrl='))?.command ?? '';
      const url = /EndpointUrl=(\S+)/.exec(command)?.[1] ?? '';
      expect([id, url, pattern.test(url)]).toEqual([id, url, true]);
      const filled = /EndpointUrl:\n {4}Type: String\n(?: {4}Default: (.*)\n)?/.exec(text)?.[1];
      expect(filled).toBe(url.startsWith('https://YOUR-HOST') ? undefined : url);
    }
    const terraform = all.find((one) => one.id === 'terraform');
    const condition = new RegExp(/regex\("([^"]+)"/.exec(terraform?.files[1]?.text ?? '')?.[1] ?? 'none');
    const command = terraform?.steps[0]?.command ?? '';
    expect(command).toMatch(/^terraform init && /);
    expect(condition.test(/endpoint_url=(\S+)/.exec(command)?.[1] ?? '')).toBe(true);
  });

  test('every kit of YAML is one template, which declares what its command sets', () => {
    for (const id of ['cloudformation', 'sam', 'metrics', 'forwarder']) {
      const { files = [], steps = [], joinable } = all.find((one) => one.id === id) ?? {};
      expect([id, files.length, joinable]).toEqual([id, 1, true]);
      const { Transform, Parameters, Resources } = parsedTemplate(files[0]?.text ?? '');
      expect(Transform).toBe(id === 'sam' ? 'AWS::Serverless-2016-10-31' : undefined);
      // A template that names another file cannot be deployed alone.
      expect(JSON.stringify(Resources)).not.toMatch(/"(?:Location|TemplateURL|CodeUri)":/);
      const command = steps.find((step) => step.command?.includes('--parameter-overrides'))?.command ?? '';
      expect(command).toMatch(new RegExp(`--template-file ${files[0]?.name}`));
      const names = [...(/--parameter-overrides (.*)/.exec(command)?.[1]?.matchAll(/(\w+)=/g) ?? [])].map(
        ([, name]) => name,
      );
      expect(names.length).toBeGreaterThan(1);
      for (const name of names) expect(Object.keys(Parameters)).toContain(name);
    }
  });

  test('the collector gets the address and the key in the variables that its configuration names', () => {
    const { files = [], steps = [] } = all.find(({ id }) => id === 'opentelemetry') ?? {};
    const names = [...(files[0]?.text.matchAll(/\$\{env:(\w+)\}/g) ?? [])].map(([, name]) => name);
    const command = steps[0]?.command ?? '';
    expect(new Set(names)).toEqual(new Set(['THERMOCLINE_URL', 'THERMOCLINE_KEY', 'THERMOCLINE_ACCOUNT']));
    for (const name of names) expect(command).toContain(`${name}=`);
    expect(command).toContain('THERMOCLINE_KEY=tc_ingest_0123456789abcdef');
    expect(command).toMatch(/THERMOCLINE_URL=https?:\/\/[^,]+,/);
  });

  test('the prefix of the address is kept', () => {
    const { pathname } = new URL(baseUrl);
    const prefix = pathname === '/' ? '' : pathname;
    const text = JSON.stringify(
      all.filter(({ id }) => ['cloudformation', 'sam', 'terraform', 'forwarder'].includes(id)),
    );
    for (const [, path] of text.matchAll(new RegExp(`${new URL(baseUrl).host}([^"\\\\\\s]*)/ingest/\\w+`, 'g')))
      expect(path).toBe(prefix);
  });

  test('a private address leads to a forwarder inside the VPC', () => {
    const command = all.find((one) => one.id === 'forwarder')?.steps[0]?.command ?? '';
    const isPrivate = /10\.0|internal/.test(baseUrl);
    expect(command.includes('SubnetIds=SUBNET_IDS')).toBe(isPrivate);
    expect(endpointProblem(baseUrl) === null).toBe(['https://tc.corp.example', CASES[1]].includes(baseUrl));
  });
});

test('the forwarder runs inside a VPC when subnets are given', () => {
  const { Resources, Conditions } = template('forwarder/template.yaml');
  expect(Resources['Forwarder']?.Properties['VpcConfig']).toEqual({
    'Fn::If': [
      'HasVpc',
      { SubnetIds: { Ref: 'SubnetIds' }, SecurityGroupIds: { Ref: 'SecurityGroupIds' } },
      { Ref: 'AWS::NoValue' },
    ],
  });
  expect(Conditions).toHaveProperty('HasVpc');
  expect(JSON.stringify(Resources['Role'])).toContain('ec2:CreateNetworkInterface');
});

test('the policy of pull is the one that the doctor tries', () => {
  const field = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fixtures/field/delivery/26.policy.json'), 'utf8'),
  ) as { Statement: { Action: string | string[] }[] };
  const all = kits(
    { deploy: new URL('../../deploy/', import.meta.url), forwarder: new URL('../../none', import.meta.url) },
    { baseUrl: 'https://h.example', key: 'k' },
  );
  const policy = JSON.parse(all.find((kit) => kit.id === 'pull')?.files[0]?.text ?? '{}') as typeof field;
  const actionsOf = ({ Statement }: typeof field): string[] => Statement.flatMap(({ Action }) => Action).toSorted();
  const { Metrics: metrics, ...others } = PULL_ACTIONS;
  expect(Object.values(others).flat().toSorted()).toEqual(actionsOf(field));
  expect(metrics).toEqual(['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData']);
  const optional = ['logs:DescribeSubscriptionFilters', 'logs:DescribeAccountPolicies', 'lambda:ListTags'];
  expect(actionsOf(policy)).toEqual([...actionsOf(field), ...metrics, ...optional].toSorted());
});

test('filters and forwarder pass every platform line and every reported failure of the corpus', () => {
  const dropped = corpusFiles()
    .filter(([file]) => file !== 'app_lines')
    .flatMap(([file, lines]) => lines.map(({ kind, message }) => ({ file, kind, message })))
    .filter(({ message }) => parsePlatformLine(message).ok || parseRuntimeError(message) !== null)
    .filter(({ message }) => !passesPlatformFilter(message));
  expect(dropped).toEqual([]);
  // The pattern is the forwarder's own list of words.
  expect([...PLATFORM_FILTER.matchAll(/\?"([^"]*)"/g)].map((match) => match[1])).toEqual(PLATFORM_TERMS);
  expect(PLATFORM_FILTER.length).toBeLessThanOrEqual(1024);
});

test('proxies accept the requests of Firehose', () => {
  const nginx = read('proxy/nginx.conf');
  const size = (name: string): number => Number(new RegExp(`${name} (?:\\d+ )?(\\d+)`).exec(nginx)?.[1]);
  expect(size('client_max_body_size')).toBeGreaterThanOrEqual(96);
  expect(size('large_client_header_buffers')).toBeGreaterThanOrEqual(128);
  expect([...nginx.matchAll(/proxy_read_timeout (\d+)s/g)].every((match) => Number(match[1]) >= 180)).toBe(true);
  expect(/location \/ingest\/ \{[^}]*gzip off/.test(nginx)).toBe(true);
  expect(nginx).toMatch(/location = \/metrics \{\s+return 404;/);
  const caddy = read('proxy/Caddyfile');
  expect(caddy).toMatch(/^\trespond \/metrics 404$/m);
  expect(Number(/max_size (\d+)MB/.exec(caddy)?.[1])).toBeGreaterThanOrEqual(96);
  expect(Number(/max_header_size (\d+)KB/.exec(caddy)?.[1])).toBeGreaterThanOrEqual(128);
  expect(caddy).toMatch(/@pages not path \/ingest\/\*/);
  for (const path of ['compose/Caddyfile', 'compose/Caddyfile.scale']) {
    const composed = read(path);
    expect(Number(/max_size (\d+)MB/.exec(composed)?.[1])).toBeGreaterThanOrEqual(96);
    expect(Number(/max_header_size (\d+)KB/.exec(composed)?.[1])).toBeGreaterThanOrEqual(128);
    expect(composed).toMatch(/@pages not path \/ingest\/\*/);
    // Inside a route with `handle`, only another `handle` comes first.
    expect(composed).toMatch(
      /\bhandle \{/.test(composed) ? /handle \/metrics \{\s+respond 404/ : /^\trespond \/metrics 404$/m,
    );
  }
  const ingress = read('kubernetes/thermocline.yaml');
  expect(ingress).toMatch(/path: \/metrics, pathType: Exact, backend: \{ service: \{ name: thermocline-unpublished/);
  expect(Number(/proxy-body-size: (\d+)m/.exec(ingress)?.[1])).toBeGreaterThanOrEqual(96);
  expect(Number(/proxy-read-timeout: '(\d+)'/.exec(ingress)?.[1])).toBeGreaterThanOrEqual(180);
});
