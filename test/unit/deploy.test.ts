/** The deploy kits parse, all their references resolve, and settings that prevent data loss have the right values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseHcl } from '@cdktn/hcl2json';
import { describe, expect, test } from 'vitest';
import type { ScalarTag } from 'yaml';
import { parse as parseYaml } from 'yaml';
import { PLATFORM_FILTER } from '../../ingest/aws/platform-filter.ts';

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
function template(path: string): Template {
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
  return parseYaml(read(path), { customTags: customTags as never }) as Template;
}

const PSEUDO = ['AWS::AccountId', 'AWS::Region', 'AWS::Partition', 'AWS::StackName', 'AWS::NoValue'];

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
      const statements = (Properties['Policies'] as { PolicyDocument: { Statement: Json[] } }[]).flatMap(
        (policy) => policy.PolicyDocument.Statement,
      );
      for (const statement of statements) {
        expect(statement['Resource']).not.toBe('*');
        expect(JSON.stringify(statement['Action'])).not.toContain('*');
      }
    }
    expect(parsed.Parameters['AccessKey']).toMatchObject({ NoEcho: true });
  });
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

test('proxies accept the requests of Firehose', () => {
  const nginx = read('proxy/nginx.conf');
  const size = (name: string): number => Number(new RegExp(`${name} (?:\\d+ )?(\\d+)`).exec(nginx)?.[1]);
  expect(size('client_max_body_size')).toBeGreaterThanOrEqual(96);
  expect(size('large_client_header_buffers')).toBeGreaterThanOrEqual(128);
  expect([...nginx.matchAll(/proxy_read_timeout (\d+)s/g)].every((match) => Number(match[1]) >= 180)).toBe(true);
  expect(/location \/ingest\/ \{[^}]*gzip off/.test(nginx)).toBe(true);
  const caddy = read('proxy/Caddyfile');
  expect(Number(/max_size (\d+)MB/.exec(caddy)?.[1])).toBeGreaterThanOrEqual(96);
  expect(Number(/max_header_size (\d+)KB/.exec(caddy)?.[1])).toBeGreaterThanOrEqual(128);
  expect(caddy).toMatch(/@pages not path \/ingest\/\*/);
});
