/**
 * Each member of functions in the inventory and of Lambda Insights ends in its own field: every value of a document differs from the others. Members and their meaning are those
 * of AWS's documentation: the Lambda API reference.
 */
import { describe, expect, test } from 'vitest';
import { architectureOf, joinVersions, looksLikeFunctionFacts, readFunctionFacts } from './function-facts.ts';
import { readInsights } from './insights.ts';
import type { Json } from './json.ts';
import { numberAt } from './json.ts';

const without = (record: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const FUNCTION = {
  FunctionName: 'checkout',
  FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
  Runtime: 'nodejs22.x',
  MemorySize: 512,
  Timeout: 30,
  Architectures: ['arm64'],
  VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
  Layers: [{ Arn: 'arn:aws:lambda:eu-west-1:1:layer:a:1' }, { Arn: 'arn:aws:lambda:eu-west-1:1:layer:b:2' }, 'x'],
  PackageType: 'Zip',
  CodeSize: 1234,
  EphemeralStorage: { Size: 1024 },
  ProvisionedConcurrency: 5,
  SnapStart: { ApplyOn: 'PublishedVersions' },
  State: 'Active',
  LoggingConfig: { LogGroup: '/shop/checkout' },
  LastModified: '2026-11-20T10:15:30.250+0000',
  CodeSha256: 'abc=',
  DurableConfig: { ExecutionTimeout: 60 },
  CapacityProviderConfig: {
    LambdaManagedInstancesCapacityProviderConfig: {
      CapacityProviderArn: 'arn:aws:lambda:eu-west-1:111122223333:capacity-provider:main',
      PerExecutionEnvironmentMaxConcurrency: 16,
    },
  },
  SubscriptionFilters: [
    { filterName: 'second', filterPattern: '%REPORT%' },
    { filterName: 'first', filterPattern: '' },
    { filterPattern: 'without a name' },
  ],
};

describe('functions of the inventory', () => {
  test('each member', () => {
    expect(readFunctionFacts(FUNCTION)).toEqual({
      ok: true,
      records: [
        {
          kind: 'function-facts',
          account: '111122223333',
          region: 'eu-west-1',
          name: 'checkout',
          memoryMb: 512,
          timeoutMs: 30_000,
          runtime: 'nodejs22.x',
          architecture: 'arm64',
          vpcId: 'vpc-1',
          subnetIds: ['subnet-1', 'subnet-2'],
          securityGroupIds: ['sg-1'],
          layers: ['arn:aws:lambda:eu-west-1:1:layer:a:1', 'arn:aws:lambda:eu-west-1:1:layer:b:2'],
          packageType: 'Zip',
          codeSizeBytes: 1234,
          ephemeralStorageMb: 1024,
          provisionedConcurrency: 5,
          snapStart: true,
          state: 'Active',
          logGroup: '/shop/checkout',
          lastModifiedMs: Date.UTC(2026, 10, 20, 10, 15, 30, 250),
          codeSha256: 'abc=',
          versionCodes: null,
          versionArchitectures: null,
          tenantIsolation: false,
          durable: true,
          capacityProvider: 'arn:aws:lambda:eu-west-1:111122223333:capacity-provider:main',
          environmentConcurrency: 16,
          instances: null,
          instanceHourUsd: null,
          subscriptionFilters: { first: true, second: false },
        },
      ],
    });
  });

  test('versions are joined by account, region and name alone', () => {
    const arns = [
      'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
      'arn:aws:lambda:eu-west-1:444455556666:function:checkout',
      'arn:aws:lambda:eu-west-2:111122223333:function:checkout',
    ];
    const all = [...arns, ...arns].flatMap((FunctionArn) => {
      const read = readFunctionFacts({ ...FUNCTION, FunctionArn });
      return read.ok ? read.records.filter((record) => record.kind === 'function-facts') : [];
    });
    expect(joinVersions(all).map(({ account, region }) => [account, region])).toEqual([
      ['111122223333', 'eu-west-1'],
      ['444455556666', 'eu-west-1'],
      ['111122223333', 'eu-west-2'],
    ]);
  });

  test.each([
    ['its name and its ARN', { FunctionName: 'f', FunctionArn: 'a' }, true],
    ['its name', { FunctionName: 'f' }, false],
    ['its ARN', { FunctionArn: 'a' }, false],
    ['a number for a name', { FunctionName: 1, FunctionArn: 'a' }, false],
    ['a list for an ARN', { FunctionName: 'f', FunctionArn: ['a'] }, false],
  ])('a record with %s looks like a function: %s', (_, record, expected) => {
    expect(looksLikeFunctionFacts(record)).toBe(expected);
  });

  test('the account is that of the ARN, and so is the region if it is one', () => {
    const at = (FunctionArn: string) => readFunctionFacts({ FunctionName: 'f', FunctionArn });
    expect(at('arn:aws-cn:lambda:cn-north-1:111122223333:function:f')).toMatchObject({
      records: [{ account: '111122223333', region: 'cn-north-1' }],
    });
    expect(at('arn:aws:lambda:nowhere:111122223333:function:f')).toMatchObject({
      records: [{ account: '111122223333', region: '' }],
    });
    expect(at('f')).toMatchObject({ records: [{ account: '', region: '' }] });
  });

  test('the first text of a list of architectures, if Lambda has it', () => {
    expect([['arm64'], ['x86_64'], ['x86_64', 'arm64'], [5, 'arm64']].map(architectureOf)).toEqual([
      'arm64',
      'x86_64',
      'x86_64',
      'arm64',
    ]);
    expect([[], ['arm'], ['riscv', 'arm64'], ['ARM64']].map(architectureOf)).toEqual([null, null, null, null]);
  });

  test.each([
    ['SnapStart for published versions', { SnapStart: { ApplyOn: 'PublishedVersions' } }, { snapStart: true }],
    ['no SnapStart', { SnapStart: { ApplyOn: 'None' } }, { snapStart: false }],
    ['SnapStart without its setting', { SnapStart: {} }, { snapStart: null }],
    ['tenants', { TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } }, { tenantIsolation: true }],
    ['another mode of tenants', { TenancyConfig: { TenantIsolationMode: 'NONE' } }, { tenantIsolation: false }],
    ['durable without settings', { DurableConfig: {} }, { durable: true }],
    ['durable as text', { DurableConfig: 'yes' }, { durable: false }],
    ['layers that are no objects', { Layers: [null, 5, { Arn: '' }, { Arn: 'a' }] }, { layers: ['a'] }],
    ['no filters', { SubscriptionFilters: [] }, { subscriptionFilters: {} }],
    ['filters that are no list', { SubscriptionFilters: {} }, { subscriptionFilters: null }],
    // Without a pattern, every line passes.
    [
      'filters without patterns',
      { SubscriptionFilters: [{ filterName: 'a' }, null, 'b'] },
      { subscriptionFilters: { a: true } },
    ],
    ['a timeout of 0', { Timeout: 0 }, { timeoutMs: 0 }],
  ])('%s', (_, members, expected) => {
    const read = readFunctionFacts({ FunctionName: 'f', ...members });
    expect(read).toMatchObject({ records: [expected] });
    if (read.ok) expect(Object.entries(read.records[0] ?? {})).toContainEqual(Object.entries(expected)[0]);
  });

  test('filters in another order are the same configuration', () => {
    const filters = ['b', 'c', 'a', 'B'].map((filterName) => ({ filterName, filterPattern: '' }));
    for (const SubscriptionFilters of [filters, filters.toReversed()]) {
      const read = readFunctionFacts({ ...FUNCTION, SubscriptionFilters });
      expect(read.ok && JSON.stringify(read.records)).toContain(
        '"subscriptionFilters":{"B":true,"a":true,"b":true,"c":true}',
      );
    }
  });

  test('what is not listed is unknown', () => {
    expect(readFunctionFacts({ FunctionName: 'checkout' })).toMatchObject({
      records: [
        {
          account: '',
          region: '',
          memoryMb: null,
          timeoutMs: null,
          architecture: null,
          vpcId: null,
          subnetIds: [],
          layers: [],
          snapStart: null,
          durable: false,
          capacityProvider: '',
          subscriptionFilters: null,
        },
      ],
    });
    expect(readFunctionFacts({ FunctionArn: FUNCTION.FunctionArn })).toEqual({
      ok: false,
      reason: 'function-without-name',
    });
  });

  test('a published version has its own code and architecture; $LATEST by name is $LATEST', () => {
    expect(readFunctionFacts({ ...FUNCTION, Version: '7' })).toMatchObject({
      records: [
        {
          lastModifiedMs: null,
          codeSha256: null,
          versionCodes: { '7': 'abc=' },
          versionArchitectures: { '7': 'arm64' },
        },
      ],
    });
    const bare = without({ ...FUNCTION, Version: '7' }, 'CodeSha256', 'Architectures');
    expect(readFunctionFacts(bare)).toMatchObject({ records: [{ versionCodes: null, versionArchitectures: null }] });
    expect(readFunctionFacts({ ...FUNCTION, Version: '$LATEST' })).toMatchObject({ records: [{ codeSha256: 'abc=' }] });
  });
});

describe('Lambda Insights', () => {
  const insights = (change: Json) => readInsights({ request_id: 'a', function_name: 'f', ...change });

  test.each([
    [1, true],
    [0, false],
    [true, true],
    [false, false],
    [undefined, null],
  ])('cold_start %j', (cold_start, coldStart) => {
    expect(insights({ cold_start })).toMatchObject({ records: [{ coldStart }] });
  });

  test.each([
    [1, true],
    [true, true],
    [0, false],
    [false, false],
    [undefined, false],
  ])('timeout %j', (timeout, timedOut) => {
    expect(insights({ timeout })).toMatchObject({ records: [{ timedOut }] });
  });

  test('without its other members a document states nothing else', () => {
    expect(insights({})).toEqual({
      ok: true,
      records: [
        {
          kind: 'resource-use',
          functionName: 'f',
          version: null,
          requestId: 'a',
          atMs: null,
          traceId: null,
          coldStart: null,
          durationMs: null,
          billedMbMs: null,
          initDurationMs: null,
          usedMemoryMaxMb: null,
          totalMemoryMb: null,
          cpuUserMs: null,
          cpuSystemMs: null,
          cpuTotalMs: null,
          rxBytes: null,
          txBytes: null,
          tmpFreeBytes: null,
          tmpMaxBytes: null,
          fdUse: null,
          threadsMax: null,
          timedOut: false,
          shutdownReason: null,
        },
      ],
    });
  });

  test.each(['request_id', 'function_name'])('a document without its %s is refused', (name) => {
    expect(insights({ [name]: '' })).toEqual({ ok: false, reason: 'insights-without-request-id' });
  });
});

test.each([
  ['12', 12],
  ['-12', -12],
  ['1.5', 1.5],
  [1.5, 1.5],
  ['', null],
  ['-', null],
  ['x12', null],
  ['12x', null],
  ['1e3', null],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
  [true, null],
  [null, null],
])('a number that is written as %j', (value, expected) => {
  expect(numberAt({ value }, 'value')).toBe(expected);
});
