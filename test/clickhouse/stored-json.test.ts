/** Rows whose JSON is damaged: each is reported and skipped, and everything else is answered. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { sharedCredentials, sharedRetention } from '../../server/storage/clickhouse/shared-config.ts';
import { openClickHouseHistory } from '../../server/storage/clickhouse/transfer/history.ts';
import { SkippedRowCounter } from '../../server/storage/skipped-rows.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { CHECKPOINT, FLEET, FLEET_RANGE, fill, NOW, SCOPE } from '../support/contract-fixture.ts';
import { batchOf } from '../support/fleet-streams.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

/** Text that is not JSON, and JSON of another form. */
const CUT = '{"a":';
const OTHER = '{"memoryMb":"much","scan":{}}';
const skipped = SkippedRowCounter.start();
let engine: TestClickHouse;
let product: TestProduct;
let read: TestProduct['store']['read'];

beforeAll(async () => {
  engine = await startClickHouse();
  const clock = { ms: NOW };
  product = await startProduct({ now: () => clock.ms, environment: { ...engine.settings } });
  await fill(product, null, clock);
  read = product.store.read;
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
  await engine.close();
  skipped.close();
});

/** Replaces a column of the first row by a value, as a newer version of the row. */
async function damage(table: string, column: string, value: string, where: string, version?: string): Promise<void> {
  const newer = version === undefined ? '' : `, ${version} + 1 AS ${version}`;
  await engine.client.command({
    query: `INSERT INTO ${table} SELECT * REPLACE('${value}' AS ${column}${newer}) FROM ${table} FINAL WHERE ${where}`,
  });
}

async function functionId(name: string): Promise<number> {
  const [found] = await read.resolveFunction({ ...SCOPE, name });
  return found?.functionId ?? 0;
}

/** Reports of a table, by the row's name without its ids. */
function reportsOf(table: string): number {
  return skipped.all().find((one) => one.table === table)?.n ?? 0;
}

/** A function without hours of its own, and the hours that are stored for it here. */
const HOUR = 3_600_000;
const FIRST_HOUR = FLEET_RANGE.fromMs - 30 * 24 * HOUR;
const EVIDENCE = {
  kind: 'on-demand',
  change: null,
  firstOfChange: false,
  replacedIdleMs: null,
  previousFailed: false,
  proactiveGapMs: null,
  busy: 0,
  idle: 0,
  goneIdleMs: null,
  goneFailed: false,
  firstOnRecord: false,
};
const coldStartOf = (hour: number, platformMs: number, evidence: object = EVIDENCE) => ({
  endMs: FIRST_HOUR + hour * HOUR + 1000,
  requestId: `00000000-0000-4000-8000-00000000000${hour}`,
  environmentId: 7,
  seriesId: 8,
  atMs: FIRST_HOUR + hour * HOUR,
  kind: 'on-demand',
  userFelt: true,
  initMs: 200,
  billedInitMs: null,
  durationMs: 20,
  failed: false,
  platformMs,
  loop: 1,
  evidence,
});
const changeOf = (hour: number, after: string) => ({
  atMs: FIRST_HOUR + hour * HOUR,
  kind: 'deploy',
  before: { configuration: '["1",128,null]', runtime: '' },
  after: { configuration: after, runtime: '' },
});
const CLOSING = { standing: [], streak: 3, newest: null, since: {} };

test('attributed hours: cold starts, changes, idle times, carried state', async () => {
  const id = await functionId('orders');
  const damaged = [
    { cold_starts: CUT },
    { cold_starts: JSON.stringify([coldStartOf(1, 100, { ...EVIDENCE, kind: 'odd' })]) },
    { cold_starts: JSON.stringify([{ ...coldStartOf(2, 100), platformMs: 'soon' }]) },
    { changes: CUT },
    { changes: JSON.stringify([changeOf(4, '["2",128')]) },
    { idle_times: CUT },
    { idle_times: '[[1,"2",0]]' },
    { closing: CUT },
    { closing: '{"standing":7}' },
  ];
  const hourOf = (hour: number) => ({
    function_id: id,
    slot_ms: FIRST_HOUR + hour * HOUR,
    runs: 1,
    idle_times: '[[5,1,2]]',
    closing: JSON.stringify(CLOSING),
    cold_starts: JSON.stringify([coldStartOf(hour, 1000 + hour)]),
    changes: JSON.stringify([changeOf(hour, '["2",128,null]')]),
    written: NOW + 1,
  });
  // Hours that the fixture attributed would count too.
  await engine.client.command({
    query: `ALTER TABLE derived_slot DELETE WHERE function_id = ${id} SETTINGS mutations_sync = 1`,
  });
  await engine.client.insert({
    table: 'derived_slot',
    values: damaged.map((columns, hour) => ({ ...hourOf(hour), ...columns })),
    format: 'JSONEachRow',
  });
  const range = { fromMs: FIRST_HOUR, toMs: FIRST_HOUR + damaged.length * HOUR };
  expect((await read.initGaps({ functionIds: [id] }))[0]?.gapsMs).toEqual([1008, 1007, 1006, 1005, 1004, 1003]);
  expect((await read.initLoops(range)).find((one) => one.name === 'orders')).toMatchObject({ n: 6 });
  expect((await read.changeMarks({ ...range, functionId: id, limit: 50 })).total).toBe(7);
  const times = (await read.idleTimes({})).find((one) => one.functionId === id);
  expect([...(times?.times ?? [])]).toEqual([[5, [7, 14]]]);
  for (const hour of [7, 8, 9]) {
    const next = { functionId: id, hours: [FIRST_HOUR + hour * HOUR], settledMs: NOW, mostRuns: 10 };
    // The hour itself has no invocations. It starts from what the hour before it carried out.
    expect((await read.attributeHours(next)).hours[0]).toMatchObject({ runs: 0 });
  }
  // Three of cold starts, two each of changes, idle times and carried state.
  expect(reportsOf('derived_slot')).toBe(9);
});

test('inventory', async () => {
  const id = await functionId(FLEET.plain);
  const before = await read.inventory({ functionId: id, limit: 10 });
  for (const [at, text] of [CUT, OTHER].entries()) {
    await engine.client.command({
      query: `INSERT INTO inventory_fact (function_id, at_ms, source, given) VALUES (${id}, ${NOW + at}, 'list', '${text}')`,
    });
  }
  expect(await read.inventory({ functionId: id, limit: 10 })).toEqual(before);
  expect(reportsOf('inventory_fact')).toBe(2);
});

test('load tests', async () => {
  expect(await read.loadTests({ limit: 10 })).toHaveLength(2);
  await damage('load_test', 'result', CUT, "name = 'before'", 'kept');
  expect((await read.loadTests({ limit: 10 })).map((one) => one.name)).toEqual(['after']);
  await damage('load_test', 'result', OTHER, "name = 'after'", 'kept');
  expect(await read.loadTests({ limit: 10 })).toEqual([]);
  expect(reportsOf('load_test')).toBe(2);
});

test('pull checkpoints; a damaged scan alone starts again', async () => {
  const scan = { fromMs: 0, toMs: 1, nextToken: null, newestMs: null, wide: false, filtered: false };
  for (const logGroup of ['a', 'b', 'c']) {
    await product.store.write(batchOf([]), { kind: 'pull', name: 'contract' }, { ...CHECKPOINT, logGroup, scan });
  }
  await damage('pull_checkpoint', 'checkpoint', CUT, "log_group = 'a'", 'updated_ms');
  await damage('pull_checkpoint', 'checkpoint', OTHER, "log_group = 'b'", 'updated_ms');
  const broken = JSON.stringify({ ...CHECKPOINT, logGroup: 'c', scan: { ...scan, toMs: 'soon' } });
  await damage('pull_checkpoint', 'checkpoint', broken, "log_group = 'c'", 'updated_ms');
  const groups = (await read.pullCheckpoints({})).map((one) => one.logGroup);
  expect(groups.toSorted()).toEqual([CHECKPOINT.logGroup, 'c'].toSorted());
  expect(await read.pullCheckpoint({ ...CHECKPOINT, logGroup: 'a' })).toBeNull();
  expect(await read.pullCheckpoint({ ...CHECKPOINT, logGroup: 'c' })).toMatchObject({ scan: null, events: 11 });
  expect(reportsOf('pull_checkpoint')).toBe(3);
});

test('segments of traces', async () => {
  const traceId = `1-65000000-${'0'.repeat(24)}`;
  const where = (origin: string): string => `trace_id = '${traceId}' AND origin = '${origin}'`;
  const id = await functionId(FLEET.plain);
  const own = async (): Promise<number> =>
    (await read.preInits({ ...FLEET_RANGE, functionId: id, mostSegments: 1000 })).own.length;
  const before = await own();
  await damage('trace_segment', 'detail', CUT, where('AWS::Lambda'), 'ended');
  expect((await read.trace({ traceId })).map((one) => one.origin)).toEqual(['AWS::Lambda::Function']);
  const odd =
    '{"resourceArn":null,"annotations":{},"subsegments":[{"id":"a","parentId":"b","name":"c","startNs":"now","endNs":null,"namespace":null}]}';
  await damage('trace_segment', 'detail', odd, where('AWS::Lambda::Function'), 'ended');
  expect(await read.trace({ traceId })).toEqual([]);
  expect((await read.serviceMap({ ...FLEET_RANGE, mostTraces: 20 })).traces).toBeGreaterThan(0);
  expect(await own()).toBeLessThanOrEqual(before);
  expect(await own()).toBeGreaterThan(0);
  expect(reportsOf('trace_segment')).toBe(2);
});

test('what is known of a function', async () => {
  const id = await functionId(FLEET.fails);
  const stamp = '9999999999999';
  await engine.client.command({
    query: `INSERT INTO lambda_function (function_id, account, region, name, first_seen_ms, last_seen_ms, latest, architecture, vpc, gap)
      VALUES (${id}, '${SCOPE.account}', '${SCOPE.region}', '${FLEET.fails}', ${NOW}, 0, '${stamp}[512', '${stamp}7', '${stamp}"no"', '${stamp}[]')`,
  });
  const [found] = await read.resolveFunction({ ...SCOPE, name: FLEET.fails });
  expect(found).toMatchObject({ memoryMb: null, version: null, architecture: null, vpc: null });
  expect(await read.initGaps({ functionIds: [id] })).toHaveLength(1);
  expect(reportsOf('lambda_function')).toBe(4);
});

test('attributes of a delivery stream', async () => {
  await damage('environment', 'attributes', CUT, `function_id = ${await functionId('checkout')}`, 'known');
  const { items } = await product.json<{ items: { attributes: object }[] }>(
    `/api/v1/invocations?function=checkout&from=${NOW - 86_400_000}&to=${NOW}&limit=10`,
  );
  expect(items.map((one) => one.attributes)).toEqual([{}, {}, {}, {}]);
  expect(reportsOf('environment')).toBe(2);
});

test('what the server publishes for workers', async () => {
  const client = new ClickHouseQueryClient(engine.client, engine.options);
  const put = async (name: string, value: string): Promise<void> => {
    await engine.client.command({
      query: `INSERT INTO published SELECT * REPLACE('${value}' AS value, written + 1000000000000 AS written) FROM published FINAL WHERE name = '${name}'`,
    });
  };
  const token = { id: 'k1', name: 'one', scope: 'ingest', createdMs: 1, expiresMs: null, revokedMs: null };
  await put(
    'credentials',
    JSON.stringify([
      { ...token, sha256: 'ab'.repeat(32) },
      { ...token, sha256: 'x' },
    ]),
  );
  expect((await sharedCredentials(client)).tokens.map((one) => one.id)).toEqual(['k1']);
  // Unknown keys would be refused with 401, and senders would drop their data.
  await put('credentials', CUT);
  await expect(sharedCredentials(client)).rejects.toMatchObject({
    code: 'unavailable',
    message:
      'The published keys cannot be read (table published, credentials). Restart the server: it publishes them again.',
  });
  for (const text of [CUT, '{"rawMs":"a day"}']) {
    await put('retention', text);
    expect(await sharedRetention(client)).toBeNull();
  }
});

test('sums that a transfer added are not added twice when their record cannot be read', async () => {
  const options = { clickhouse: engine.options, migrations: 'migrations/clickhouse', now: () => NOW };
  const target = await openClickHouseHistory(options);
  const counted = async (): Promise<number> =>
    Number(
      (await engine.rows<{ n: string }>("SELECT sum(n) AS n FROM ingest_counter WHERE name = 'moved test'"))[0]?.n,
    );
  const account = {
    counters: [{ name: 'moved test', n: 5 }],
    unknownFields: [],
    sources: [],
    rejects: [],
    checkpoints: [],
  };
  try {
    await target.bringAccount(account);
    expect(await counted()).toBe(5);
    await target.note('account', CUT);
    await target.bringAccount(account);
    expect(await counted()).toBe(5);
    await target.bringAccount({ ...account, counters: [{ name: 'moved test', n: 7 }] });
    expect(await counted()).toBe(7);
  } finally {
    await target.close();
  }
});
