/** A function's own lines are never a feed, however its log group is named and whatever the function prints. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogEventInput } from '../support/firehose.ts';
import { invocation, message, reasons, record, send, stored } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10, 0, 1);
const ARN = { 'x-amz-firehose-source-arn': 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/s' };
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';

/** Lines that are records of a feed in the feed's own group: a span, a rejected connection, an access log. */
const FEED_LINES = [
  JSON.stringify({
    resource: { attributes: { 'service.name': 'f' } },
    traceId: '643aca1d02e095f7341508e00b9b6d2b',
    spanId: '00f067aa0ba902b7',
    name: 'n',
    kind: 'SERVER',
    startTimeUnixNano: AT * 1_000_000,
    endTimeUnixNano: (AT + 20) * 1_000_000,
    status: { code: 'OK' },
  }),
  `2 111122223333 eni-0123456789abcdef0 10.0.0.5 10.0.1.9 49152 5432 6 4 240 ${AT / 1000} ${AT / 1000 + 60} REJECT OK`,
  JSON.stringify({
    requestId: 'abc=',
    status: '502',
    integrationLatency: '33',
    requestTime: '20/Nov/2026:10:00:01 +0000',
  }),
];
const FEED_TABLES = ['trace_segment', 'flow_record', 'gateway_request'];

let product: TestProduct;

beforeEach(async () => {
  product = await startProduct();
});

afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

function countsOfFeeds(): unknown[] {
  const db = new Database(join(product.folder, 'telemetry.db'), { readonly: true });
  try {
    return FEED_TABLES.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  } finally {
    db.close();
  }
}

/** Delivers an invocation that prints the lines of feeds, twice. `fields` are those of a centralised group. */
async function deliver(logGroup: string, logStream: string, fields?: Record<string, string>): Promise<void> {
  const printed = FEED_LINES.map((text, at) => ({
    id: `2${String(at).padStart(55, '0')}`,
    timestamp: AT + 10 + at,
    message: text,
  }));
  const [start, report] = invocation(1, AT);
  const given = [start, ...printed, report].filter((event) => event !== undefined);
  const events: LogEventInput[] = fields === undefined ? given : given.map((e) => ({ ...e, extractedFields: fields }));
  for (let time = 0; time < 2; time += 1) {
    const sent = await send(product, [record(message(events, { logGroup, logStream }))], { headers: ARN });
    expect(sent.status).toBe(200);
  }
}

test.each([
  ['its own group', '/aws/lambda/orders', undefined, '111122223333 eu-west-1 orders'],
  ['a centralised group', '999888777666/us-west-2/aws/lambda/orders', undefined, '999888777666 us-west-2 orders'],
  [
    'a centralised group with a slash',
    '/999888777666/us-west-2/aws/lambda/orders',
    undefined,
    '999888777666 us-west-2 orders',
  ],
  [
    'a centralised group in GovCloud',
    '999888777666/us-gov-west-1/aws/lambda/orders',
    undefined,
    '999888777666 us-gov-west-1 orders',
  ],
  ...(
    [
      ['China', 'cn-north-1'],
      ['China, the other region', 'cn-northwest-1'],
      ['the European Sovereign Cloud', 'eusc-de-east-1'],
      ['an isolated region', 'us-iso-east-1'],
      ['an isolated region, secret', 'us-isob-east-1'],
      ['an isolated region in Europe', 'eu-isoe-west-1'],
      ['an isolated region, F', 'us-isof-south-1'],
    ] as const
  ).map(
    ([name, region]) =>
      [
        `a centralised group in ${name}`,
        `999888777666/${region}/aws/lambda/orders`,
        undefined,
        `999888777666 ${region} orders`,
      ] as const,
  ),
  ...['cn-north-1', 'eusc-de-east-1', 'us-iso-west-1', 'us-isob-west-1', 'eu-isoe-west-1', 'us-isof-east-1'].map(
    (region) =>
      [
        `the fields of the source in ${region}`,
        '/aws/lambda/orders',
        { '@aws.account': '999888777666', '@aws.region': region },
        `999888777666 ${region} orders`,
      ] as const,
  ),
  ['Lambda@Edge', '/aws/lambda/us-east-1.orders', undefined, '111122223333 us-east-1 orders'],
  [
    'centralised Lambda@Edge',
    '999888777666/eu-central-1/aws/lambda/us-east-1.orders',
    undefined,
    '999888777666 us-east-1 orders',
  ],
  [
    'the fields of the source',
    '/aws/lambda/orders',
    { '@aws.account': '999888777666', '@aws.region': 'us-west-2' },
    '999888777666 us-west-2 orders',
  ],
] as const)('in %s, the lines of a function are no feed', async (_, logGroup, fields, expected) => {
  await deliver(logGroup, STREAM, fields);
  expect(countsOfFeeds()).toEqual([0, 0, 0]);
  expect(
    (await stored(product)).map((row) => `${row.function.account} ${row.function.region} ${row.function.name}`),
  ).toEqual([expected]);
  expect(await reasons(product)).toEqual([]);
});

test('the same lines are feeds in the groups of feeds', async () => {
  for (const [at, logGroup] of ['aws/spans', '/vpc/flow-logs', '/apigw/access'].entries()) {
    const events = [{ id: `2${String(at).padStart(55, '0')}`, timestamp: AT, message: FEED_LINES[at] }];
    await send(product, [record(message(events, { logGroup, logStream: 'any' }))], { headers: ARN });
  }
  expect(countsOfFeeds()).toEqual([1, 1, 1]);
});
