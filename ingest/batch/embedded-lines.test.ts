/** Embedded metrics in the events of streams: whose they are, what counts, and what a line that comes again is. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeLambdaEvent } from '../decode/pipeline.ts';
import { redactionOf } from '../decode/redactor.ts';
import type { Batch } from '../records/batch.ts';
import type { EmbeddedMetrics } from '../records/metric.ts';

const AT = 1_795_888_740_000;
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const STREAM = `2026/11/20/[$LATEST]${'0123456789abcdef'.repeat(2)}`;
const CONTEXT = { raw: 'all', region: 'eu-west-1', selfLogGroups: [] } as const;

const emf = (value: unknown, more: object = {}): string =>
  JSON.stringify({
    _aws: {
      Timestamp: AT,
      CloudWatchMetrics: [
        { Namespace: 'shop', Dimensions: [['service']], Metrics: [{ Name: 'orders', Unit: 'Count' }] },
      ],
    },
    service: 'checkout',
    orders: value,
    ...more,
  });

function deliver(
  messages: readonly string[],
  { logGroup = '/aws/lambda/orders', logStream = STREAM, ids = true } = {},
  context: Parameters<typeof decodeLambdaEvent>[1] = CONTEXT,
): Batch {
  const logEvents = messages.map((message, at) => ({ id: ids ? String(at) : '', timestamp: AT, message }));
  const body = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup,
    logStream,
    subscriptionFilters: ['all'],
    logEvents,
  };
  const decoded = decodeLambdaEvent(Buffer.from(JSON.stringify(body)), context);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.batch;
}

const metricsOf = ({ records }: Batch): readonly EmbeddedMetrics[] =>
  records.flatMap(({ record }) => (record.kind === 'embedded-metrics' ? [record] : []));
/** The messages of the stored chunk. */
const keptBy = ({ raw }: Batch): unknown =>
  (JSON.parse(gunzipSync(raw[0]?.gzip ?? '').toString()) as { readonly message: string }[]).map(
    ({ message }) => message,
  );
const identities = (batch: Batch) => metricsOf(batch).map(({ identity }) => identity);

test('the metrics of a line: of its function and invocation, and the line is kept', () => {
  const lines = [`START RequestId: ${ID} Version: $LATEST\n`, emf(3), 'text'];
  const batch = deliver(lines);
  expect(metricsOf(batch)).toEqual([
    {
      kind: 'embedded-metrics',
      functionName: 'orders',
      requestId: ID,
      atMs: AT,
      identity: expect.stringMatching(/^[0-9a-f]{32}$/),
      metrics: [
        {
          namespace: 'shop',
          name: 'orders',
          unit: 'Count',
          dimensionSets: [[['service', 'checkout']]],
          values: [[3, 1]],
        },
      ],
    },
  ]);
  expect(batch.records[0]).toMatchObject({
    account: '123456789012',
    region: 'eu-west-1',
    logGroup: '/aws/lambda/orders',
    atMs: AT,
    digest: '',
  });
  expect(keptBy(batch)).toEqual(lines);
  // The line counts as what is stored of it, and not as one that is ignored.
  expect(batch.counts).toMatchObject({ events: 3, ignored: 1, ignoredBy: [['application', 1]] });
});

test.each([
  ['/aws/lambda/orders', 's', 'orders'],
  ['/mine', `2026/11/20/payments[$LATEST]${'0123456789abcdef'.repeat(2)}`, 'payments'],
  ['/ecs/shop', 's', null],
])('the function of %s, %s is %s', (logGroup, logStream, name) => {
  expect(metricsOf(deliver([emf(1)], { logGroup, logStream })).map(({ functionName }) => functionName)).toEqual([name]);
});

test('an id in the line goes before that of the open invocation', () => {
  const other = '989ffbf8-9ace-4817-a57c-e4dd734019ee';
  const batch = deliver([`START RequestId: ${ID} Version: $LATEST\n`, emf(1, { function_request_id: other })]);
  expect(metricsOf(batch)[0]?.requestId).toBe(other);
});

describe('the identity of a line', () => {
  test('is the same in every feed, whether it states ids of events or not', () => {
    const lines = [emf(1), emf(2)];
    const own = identities(deliver(lines));
    expect(new Set(own).size).toBe(2);
    expect(identities(deliver(lines, { ids: false }))).toEqual(own);
    expect(identities(deliver([...lines].reverse()))).toEqual([...own].reverse());
  });

  test('differs between equal lines of one millisecond, of which each counts', () => {
    const twice = identities(deliver([emf(1), emf(1), emf(1)]));
    expect(new Set(twice).size).toBe(3);
    expect(identities(deliver([emf(1), emf(1), emf(1)]))).toEqual(twice);
  });

  test('differs between streams and groups', () => {
    const logStream = STREAM.replace('0123', '3210');
    const found = [
      deliver([emf(1)]),
      deliver([emf(1)], { logStream }),
      deliver([emf(1)], { logGroup: '/aws/lambda/b' }),
    ];
    expect(new Set(found.flatMap(identities)).size).toBe(3);
  });
});

test('a line whose metrics cannot be read is counted with the reason, and stays a line', () => {
  const lines = [emf('x'), '"_aws"', emf(1, { service: undefined })];
  const batch = deliver(lines);
  expect(metricsOf(batch)).toEqual([]);
  expect(batch.deadLetters).toEqual([]);
  expect(keptBy(batch)).toEqual(lines);
  expect(batch.counts).toMatchObject({ events: 3, ignored: 3 });
  expect(batch.counts.ignoredBy).toEqual([
    ['emf-metric-invalid', 1],
    ['emf-not-json', 1],
    ['emf-dimensions-invalid', 1],
  ]);
});

test('what is left out of a line counts beside its metrics', () => {
  const directives = ['orders', 'absent', 'gone'].map((Name) => ({
    Namespace: 'shop',
    Dimensions: [[]],
    Metrics: [{ Name }],
  }));
  const batch = deliver([emf(1, { _aws: { Timestamp: AT, CloudWatchMetrics: directives } })]);
  expect(metricsOf(batch)[0]?.metrics).toHaveLength(1);
  expect(batch.counts).toMatchObject({ events: 3, ignored: 2, ignoredBy: [['emf-metric-absent', 2]] });
});

test('a document of Lambda Insights has the form, and is what it was', () => {
  const insights = emf(1, { request_id: ID, function_name: 'orders' });
  const batch = deliver([insights], { logGroup: '/aws/lambda-insights' });
  expect(batch.records.map(({ record }) => record.kind)).toEqual(['resource-use']);
  expect(batch.counts).toMatchObject({ events: 1, ignored: 0 });
});

test('a line of a durable execution may have metrics', () => {
  const executionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:orders:7/durable-execution/order-17/5f2c7b1e';
  const batch = deliver([emf(1, { requestId: ID, executionArn }), emf('x', { requestId: ID, executionArn })]);
  const kinds = batch.records.map(({ record }) => record.kind);
  expect(kinds.toSorted()).toEqual(['durable-line', 'durable-line', 'embedded-metrics']);
  // Two records of the first line; one of the second, and the metric that was left out.
  expect(batch.counts).toMatchObject({ events: 4, ignored: 1, ignoredBy: [['emf-metric-invalid', 1]] });
});

test('metrics are read from the line as it is stored', async () => {
  const redaction = { patterns: ['email'], keys: ['tenant'], expressions: {} } as const;
  const rules = await redactionOf(redaction);
  const Dimensions = [['service', 'tenant']];
  const aws = (Name: string) => ({
    _aws: { Timestamp: AT, CloudWatchMetrics: [{ Namespace: 'shop', Dimensions, Metrics: [{ Name }] }] },
    tenant: 'acme',
    service: 'a@example.com',
  });
  const batch = deliver([emf(1, aws('orders')), emf(1, aws('tenant'))], {}, { ...CONTEXT, redaction, rules });
  expect(metricsOf(batch)[0]?.metrics[0]?.dimensionSets).toEqual([
    [
      ['service', '[redacted:email]'],
      ['tenant', '[redacted:key]'],
    ],
  ]);
  expect(JSON.stringify(batch.records)).not.toMatch(/acme|example/);
  // A value that is replaced is none.
  expect(batch.counts.ignoredBy).toEqual([['emf-metric-invalid', 1]]);
  // The line counts once, for its metrics and for its text.
  expect(batch.counts.redacted).toEqual([
    ['email', 2],
    ['key:tenant', 2],
  ]);
});
