/**
 * Each member of each document ends in its own field: every value of a document differs from the others. Members and their meaning
 * are those of AWS's documentation: X-Ray segment documents, CloudTrail record contents, EC2 and Lambda API references.
 */
import { describe, expect, test } from 'vitest';
import { readCloudTrail } from './cloudtrail.ts';
import { readFlowLog } from './flow-log.ts';
import { readFunctionFacts } from './function-facts.ts';
import { readInsights } from './insights.ts';
import type { Json } from './json.ts';
import { numberAt } from './json.ts';
import { readSpan } from './spans.ts';
import { readSegment } from './xray.ts';

const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';
const without = (record: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const SEGMENT = {
  id: '5f8d1a23aa89bd66',
  trace_id: TRACE,
  parent_id: '0a1b2c3d4e5f6071',
  name: 'checkout',
  origin: 'AWS::Lambda::Function',
  start_time: 1_700_000_000.25,
  end_time: 1_700_000_001.75,
  resource_arn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
  aws: {
    request_id: 'd661f7cf-9208-46b9-85b0-213b04a91065',
    function_arn: 'arn:aws:lambda:eu-west-1:111122223333:function:other',
  },
  http: { response: { status: 202 } },
  annotations: { plan: 'gold', items: 3, first: true, list: [1] },
  subsegments: [
    {
      id: 'aaaaaaaaaaaaaaaa',
      name: 'Initialization',
      start_time: 1_700_000_000.25,
      end_time: 1_700_000_000.5,
      namespace: 'local',
      subsegments: [{ name: 'DynamoDB', namespace: 'aws', start_time: 1_700_000_000.3 }],
    },
    { id: 'bbbbbbbbbbbbbbbb', name: 'without a time' },
    'not an object',
  ],
};

describe('X-Ray segments', () => {
  test('each member', () => {
    expect(readSegment(SEGMENT)).toEqual({
      ok: true,
      records: [
        {
          kind: 'trace-segment',
          traceId: TRACE,
          id: '5f8d1a23aa89bd66',
          parentId: '0a1b2c3d4e5f6071',
          name: 'checkout',
          origin: 'AWS::Lambda::Function',
          startNs: 1_700_000_000_250_000_000n,
          endNs: 1_700_000_001_750_000_000n,
          requestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
          resourceArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
          httpStatus: 202,
          outcome: 'ok',
          annotations: { plan: 'gold', items: 3, first: true },
          subsegments: [
            {
              id: 'aaaaaaaaaaaaaaaa',
              parentId: '5f8d1a23aa89bd66',
              name: 'Initialization',
              startNs: 1_700_000_000_250_000_000n,
              endNs: 1_700_000_000_500_000_000n,
              namespace: 'local',
            },
            {
              id: 'aaaaaaaaaaaaaaaa.1',
              parentId: 'aaaaaaaaaaaaaaaa',
              name: 'DynamoDB',
              startNs: 1_700_000_000_300_000_000n,
              endNs: null,
              namespace: 'aws',
            },
          ],
          limitExceeded: null,
        },
      ],
    });
  });

  test('a function’s ARN inside `aws` counts where the segment has none; without a name it is empty', () => {
    const [segment] = segmentsOf(without(SEGMENT, 'resource_arn', 'name'));
    expect([segment?.resourceArn, segment?.name]).toEqual([SEGMENT.aws.function_arn, '']);
  });

  test.each([
    ['throttled, which X-Ray marks as an error as well', { throttle: true, error: true, fault: false }, 'throttle'],
    ['a fault', { fault: true, error: true }, 'fault'],
    ['an error', { error: true }, 'error'],
    ['false flags', { throttle: false, fault: false, error: false }, 'ok'],
    ['in progress', { in_progress: true }, null],
    ['without an end', { end_time: undefined }, null],
    ['an error that has not ended', { error: true, end_time: undefined }, 'error'],
  ])('%s', (_, change, outcome) => {
    expect(segmentsOf({ ...SEGMENT, ...change })[0]?.outcome).toBe(outcome);
  });

  test.each([
    ['zero', 0],
    ['negative', -1],
    ['milliseconds', 1_700_000_000_000],
    ['text', 'yesterday'],
    ['absent', undefined],
  ])('a start that is %s is no time', (_, start_time) => {
    expect(readSegment({ ...SEGMENT, start_time })).toEqual({ ok: false, reason: 'segment-without-time' });
  });

  test.each([
    ['id', without(SEGMENT, 'id')],
    ['trace id', without(SEGMENT, 'trace_id')],
    ['readable trace id', { ...SEGMENT, trace_id: `${TRACE}0` }],
  ])('a segment without its %s is refused', (_, segment) => {
    expect(readSegment(segment)).toEqual({ ok: false, reason: 'segment-without-id' });
  });

  test('at most 1,000 subsegments, 33 levels and 64 annotations are kept', () => {
    const child = (more: Json = {}): Json => ({ name: 'x', start_time: 1, ...more });
    const wide = segmentsOf({ ...SEGMENT, subsegments: Array.from({ length: 1005 }, () => child()) });
    expect(wide[0]?.subsegments).toHaveLength(1000);
    const nested = Array.from({ length: 40 }).reduce<Json>((inner) => child({ subsegments: [inner] }), child());
    expect(segmentsOf({ ...SEGMENT, subsegments: [nested] })[0]?.subsegments).toHaveLength(33);
    const annotations = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`key-${n}`, n]));
    const kept = Object.keys(segmentsOf({ ...SEGMENT, annotations })[0]?.annotations ?? {});
    expect([kept.length, kept.at(0), kept.at(-1)]).toEqual([64, 'key-0', 'key-63']);
    const long = segmentsOf({ ...SEGMENT, annotations: { ['k'.repeat(300)]: 'v'.repeat(2000), ['n'.repeat(300)]: 1 } });
    expect(long[0]?.annotations).toEqual({ ['k'.repeat(256)]: 'v'.repeat(1024), ['n'.repeat(256)]: 1 });
  });
});

function segmentsOf(document: Json) {
  const read = readSegment(document);
  if (!read.ok) throw new Error(read.reason);
  return read.records.flatMap((record) => (record.kind === 'trace-segment' ? [record] : []));
}

const SPAN = {
  traceId: '643aca1d02e095f7341508e00b9b6d2b',
  spanId: '00f067aa0ba902b7',
  parentSpanId: '53995c3f42cd8ad8',
  name: 'checkout/FunctionHandler',
  startTimeUnixNano: '1700000000250000001',
  endTimeUnixNano: '1700000001750000003',
  durationNano: 7,
  status: { code: 'OK' },
  attributes: {
    'aws.xray.origin': 'AWS::Lambda::Function',
    origin: 'AWS::Lambda',
    'faas.invocation_id': 'd661f7cf-9208-46b9-85b0-213b04a91065',
    'aws.request_id': 'aaaaaaaa-9208-46b9-85b0-213b04a91065',
    'aws.lambda.invoked_arn': 'arn:aws:lambda:eu-west-1:111122223333:function:checkout:live',
    'http.response.status_code': 201,
    'http.status_code': 202,
    shared: 'of the span',
  },
  resource: {
    attributes: {
      'cloud.resource_id': 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
      'faas.id': 'arn:aws:lambda:eu-west-1:111122223333:function:old',
      shared: 'of the resource',
    },
  },
};

describe('spans', () => {
  test('each member', () => {
    expect(spanOf(SPAN)).toEqual({
      kind: 'trace-segment',
      traceId: TRACE,
      id: '00f067aa0ba902b7',
      parentId: '53995c3f42cd8ad8',
      name: 'checkout/FunctionHandler',
      origin: 'AWS::Lambda::Function',
      startNs: 1_700_000_000_250_000_001n,
      endNs: 1_700_000_001_750_000_003n,
      requestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
      resourceArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout:live',
      httpStatus: 201,
      outcome: 'ok',
      annotations: { ...SPAN.resource.attributes, ...SPAN.attributes },
      subsegments: [],
      limitExceeded: null,
    });
  });

  test('older names of attributes', () => {
    const attributes = without(SPAN.attributes, 'aws.xray.origin', 'faas.invocation_id', 'http.response.status_code');
    expect(spanOf({ ...SPAN, attributes })).toMatchObject({
      origin: 'AWS::Lambda',
      requestId: 'aaaaaaaa-9208-46b9-85b0-213b04a91065',
      httpStatus: 202,
    });
    const own = without(SPAN.attributes, 'aws.lambda.invoked_arn');
    expect(spanOf({ ...SPAN, attributes: own })?.resourceArn).toBe(SPAN.resource.attributes['cloud.resource_id']);
    const resource = { attributes: { 'faas.id': SPAN.resource.attributes['faas.id'] } };
    expect(spanOf({ ...SPAN, attributes: own, resource })?.resourceArn).toBe(SPAN.resource.attributes['faas.id']);
    expect(spanOf(without(SPAN, 'attributes', 'resource', 'name'))).toMatchObject({
      resourceArn: null,
      name: '',
      annotations: {},
    });
  });

  test('without its end, a span ends after its duration; without both it has no end', () => {
    expect(spanOf(without(SPAN, 'endTimeUnixNano'))?.endNs).toBe(1_700_000_000_250_000_008n);
    expect(spanOf(without(SPAN, 'endTimeUnixNano', 'durationNano'))?.endNs).toBeNull();
  });

  test.each([
    ['ERROR', 'fault'],
    ['STATUS_CODE_ERROR', 'fault'],
    ['UNSET', 'ok'],
    ['OK', 'ok'],
  ])('status %s', (code, outcome) => {
    expect(spanOf({ ...SPAN, status: { code } })?.outcome).toBe(outcome);
  });

  test('without a status the outcome is unknown', () => {
    expect(spanOf(without(SPAN, 'status'))?.outcome).toBeNull();
  });

  test.each([
    ['a number', 1_700_000_000, 1_700_000_000n],
    ['zero', 0, 0n],
    ['nineteen digits', '9'.repeat(19), 9_999_999_999_999_999_999n],
  ])('a start that is %s', (_, startTimeUnixNano, startNs) => {
    expect(spanOf({ ...SPAN, startTimeUnixNano })?.startNs).toBe(startNs);
  });

  test.each([
    ['negative', -1],
    ['a fraction', 1.5],
    ['too large to be exact', 2 ** 60],
    ['twenty digits', '1'.repeat(20)],
    ['a time', '2026-11-20T00:00:00Z'],
    ['digits and more', '17000000000x'],
    ['absent', undefined],
  ])('a start that is %s is no time', (_, startTimeUnixNano) => {
    expect(readSpan({ ...SPAN, startTimeUnixNano })).toEqual({ ok: false, reason: 'segment-without-time' });
  });

  test.each(['traceId', 'spanId'])('a span without its %s is refused', (name) => {
    expect(readSpan(without(SPAN, name))).toEqual({ ok: false, reason: 'span-without-id' });
  });

  test.each([`x${SPAN.traceId}`, `${SPAN.traceId}0`, SPAN.traceId.slice(1), `x${TRACE}`, `${TRACE}0`])(
    '%s is no trace id',
    (traceId) => {
      expect(readSpan({ ...SPAN, traceId })).toEqual({ ok: false, reason: 'span-without-id' });
    },
  );
});

function spanOf(document: Json) {
  const read = readSpan(document);
  if (!read.ok) throw new Error(read.reason);
  const [span] = read.records;
  return span?.kind === 'trace-segment' ? span : null;
}

const ENI = {
  eventName: 'CreateNetworkInterface',
  eventSource: 'ec2.amazonaws.com',
  eventID: '8f6f7b7e-2f3b-4f4e-9d5b-3f0a1c2d3e4f',
  eventTime: '2026-11-20T10:15:30Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  userIdentity: { accountId: '444455556666', invokedBy: 'lambda.amazonaws.com' },
  requestParameters: {
    subnetId: 'subnet-request',
    description: 'AWS Lambda VPC ENI-checkout-01234567-89ab-cdef-0123-456789abcdef',
    groupSet: { items: [{ groupId: 'sg-1' }, { groupId: 'sg-2' }, 'sg-3'] },
  },
  responseElements: { networkInterface: { networkInterfaceId: 'eni-0aa', subnetId: 'subnet-response' } },
};

describe('network interfaces in CloudTrail', () => {
  test('each member', () => {
    expect(readCloudTrail(ENI)).toEqual({
      ok: true,
      records: [
        {
          kind: 'network-event',
          id: '8f6f7b7e-2f3b-4f4e-9d5b-3f0a1c2d3e4f',
          atMs: Date.UTC(2026, 10, 20, 10, 15, 30),
          account: '111122223333',
          region: 'eu-west-1',
          name: 'CreateNetworkInterface',
          errorCode: null,
          subnetId: 'subnet-response',
          securityGroupIds: ['sg-1', 'sg-2'],
          eniId: 'eni-0aa',
          addresses: null,
          functionName: 'checkout',
        },
      ],
    });
  });

  test('a failed call has no response: its subnet is that of the request, its account the caller’s', () => {
    const failed = {
      ...without(ENI, 'responseElements', 'recipientAccountId'),
      errorCode: 'Client.UnauthorizedOperation',
    };
    expect(readCloudTrail(failed)).toMatchObject({
      records: [
        { subnetId: 'subnet-request', account: '444455556666', errorCode: 'Client.UnauthorizedOperation', eniId: null },
      ],
    });
  });

  test('a deletion names the interface in its request, and Lambda as its caller', () => {
    const deletion = {
      ...ENI,
      eventName: 'DeleteNetworkInterface',
      requestParameters: { networkInterfaceId: 'eni-0bb' },
      responseElements: { requestId: 'x' },
    };
    expect(readCloudTrail(deletion)).toMatchObject({ records: [{ eniId: 'eni-0bb', functionName: null }] });
  });

  test('assigned addresses are counted; without an event id it is empty', () => {
    const assigned = {
      ...without(ENI, 'eventID'),
      eventName: 'AssignPrivateIpAddresses',
      requestParameters: { networkInterfaceId: 'eni-0cc' },
      responseElements: {
        assignedPrivateIpAddressesSet: {
          assignedPrivateIpAddressSetType: [{ privateIpAddress: '10.0.0.1' }, { privateIpAddress: '10.0.0.2' }],
        },
      },
    };
    expect(readCloudTrail(assigned)).toMatchObject({ records: [{ id: '', addresses: 2, eniId: 'eni-0cc' }] });
  });

  test.each([
    ['sourceIPAddress', { sourceIPAddress: 'lambda.amazonaws.com' }, true],
    ['userAgent', { userAgent: 'lambda.amazonaws.com' }, true],
    ['invokedBy', { userIdentity: { invokedBy: 'lambda.amazonaws.com' } }, true],
    ['another service', { userIdentity: { invokedBy: 'elasticfilesystem.amazonaws.com' } }, false],
    ['nobody', {}, false],
  ])('without a description, Lambda is known by %s', (_, caller, isOurs) => {
    const event = { ...without(ENI, 'userIdentity'), requestParameters: {}, responseElements: {}, ...caller };
    expect(readCloudTrail(event).ok).toBe(isOurs);
  });

  test.each([
    ['AWS Lambda VPC ENI-my-function-0a1b2c3d', 'my-function'],
    ['AWS Lambda VPC ENI-my-function', 'my-function'],
    ['AWS Lambda VPC ENI', null],
    ['AWS Lambda VPC ENI: 0a1b2c3d-89ab-cdef-0123-456789abcdef', null],
  ])('the description %j', (description, functionName) => {
    const event = { ...ENI, requestParameters: { description } };
    expect(readCloudTrail(event)).toMatchObject({ records: [{ functionName }] });
    const inResponse = { ...ENI, requestParameters: {}, responseElements: { networkInterface: { description } } };
    expect(readCloudTrail(inResponse)).toMatchObject({ records: [{ functionName }] });
  });

  test.each([
    ['an interface of a load balancer', { requestParameters: { description: 'ELB app/web/50dc6c495c0c9188' } }],
    ['a dry run', { errorCode: 'Client.DryRunOperation' }],
    ['another call', { eventName: 'ModifyNetworkInterfaceAttribute' }],
  ])('%s is not Lambda’s', (_, change) => {
    expect(readCloudTrail({ ...ENI, ...change })).toEqual({ ok: false, reason: 'not-ours' });
  });

  test('every event of network interfaces is read; a record without a name is refused', () => {
    for (const eventName of [
      'CreateNetworkInterface',
      'DeleteNetworkInterface',
      'CreateNetworkInterfacePermission',
      'AssignPrivateIpAddresses',
    ])
      expect(readCloudTrail({ ...ENI, eventName })).toMatchObject({ records: [{ name: eventName }] });
    expect(readCloudTrail(without(ENI, 'eventName'))).toEqual({ ok: false, reason: 'network-event-without-name' });
  });
});

describe('flow logs', () => {
  const FLOW = '2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 49761 5432 6 20 4249 1700000000 1700000060 REJECT OK';

  test('each field', () => {
    expect(readFlowLog(FLOW)).toEqual({
      ok: true,
      records: [
        {
          kind: 'flow',
          account: '111122223333',
          eniId: 'eni-0a1b2c3d',
          fromMs: 1_700_000_000_000,
          toMs: 1_700_000_060_000,
          outcome: 'rejected',
          sourceAddress: '10.0.0.1',
          targetAddress: '10.0.0.2',
          targetPort: 5432,
          protocol: 6,
          packets: 20,
        },
      ],
    });
  });

  test.each([
    ['NODATA', 'no-data'],
    ['SKIPDATA', 'skipped'],
  ])('%s has no addresses', (status, outcome) => {
    const gap = `2 111122223333 eni-0a1b2c3d - - - - - - - 1700000000 1700000060 - ${status}`;
    expect(readFlowLog(gap)).toMatchObject({
      records: [{ outcome, sourceAddress: null, targetAddress: null, targetPort: null, protocol: null, packets: null }],
    });
  });

  test.each([
    ['thirteen fields', FLOW.split(' ').slice(0, 13).join(' '), 'flow-log-unreadable'],
    ['no start', FLOW.replace('1700000000', '-'), 'flow-log-unreadable'],
    ['no end', FLOW.replace('1700000060', '-'), 'flow-log-unreadable'],
    ['a start of twelve digits', FLOW.replace('1700000000', '170000000000'), 'flow-log-unreadable'],
    ['accepted traffic', FLOW.replace('REJECT', 'ACCEPT'), 'not-ours'],
  ])('%s', (_, line, reason) => {
    expect(readFlowLog(line)).toEqual({ ok: false, reason });
  });
});

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
