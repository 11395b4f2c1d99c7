/** What a delivery leaves in the tables, that it counts once, and that retention deletes all of it at its time. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { Retention } from './retention.ts';

const MIDNIGHT = Date.UTC(2026, 10, 20);
const AT = MIDNIGHT + 12 * HOUR_MS;
const ID = 'd661f7cf-9208-46b9-85b0-213b04a91065';
const POLICY = { rawMs: 3 * DAY_MS, detailMs: 10 * DAY_MS, historyMs: 30 * DAY_MS, quarantineMs: 5 * DAY_MS };

const store = useTelemetryWriter('test');

/** Stores one delivery of a log group, received at `nowMs`. */
const deliver = (logGroup: string, logStream: string, messages: readonly string[], nowMs = AT) =>
  store.deliver(
    logGroup,
    logStream,
    messages.map((message, at) => [AT + at, message]),
    nowMs,
  );

const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const RUN = [
  `START RequestId: ${ID} Version: $LATEST\n`,
  `END RequestId: ${ID}\n`,
  `REPORT RequestId: ${ID}\tDuration: 84.11 ms\tBilled Duration: 85 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n`,
];
const run = (nowMs = AT) => deliver('/aws/lambda/f', STREAM, RUN, nowMs);

/** Every number differs, so that no column can be taken for another. */
const INSIGHTS = {
  _aws: { Timestamp: AT },
  function_name: 'f',
  version: '3',
  request_id: ID,
  trace_id: '1-643aca1d-02e095f7341508e00b9b6d2b',
  duration: 12,
  billed_mb_ms: 1664,
  cold_start: 1,
  init_duration: 300,
  used_memory_max: 70,
  total_memory: 128,
  cpu_user_time: 40,
  cpu_system_time: 20,
  cpu_total_time: 60,
  rx_bytes: 19_330,
  tx_bytes: 3_790,
  tmp_free: 551_346_176,
  tmp_max: 551_346_177,
  fd_use: 160,
  threads_max: 11,
  timeout: 1,
  shutdown_reason: 'SPINDOWN',
};
const insights = (change: Readonly<Record<string, unknown>> = {}, nowMs = AT) =>
  deliver('/aws/lambda-insights', 'f', [JSON.stringify({ ...INSIGHTS, ...change })], nowMs);

const rows = (table: string): number => store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;

test('each figure of Lambda Insights is stored in its own column, times in µs', () => {
  expect(insights()).toMatchObject({ accepted: 1, duplicates: 0, rejected: 0 });
  const {
    function_id: _function,
    request_id: requestId,
    ...stored
  } = store.db.prepare('SELECT * FROM resource_use').get() as Record<string, unknown>;
  expect(Buffer.from(requestId as Uint8Array).toString('hex')).toBe(ID.replaceAll('-', ''));
  expect(stored).toEqual({
    at_ms: AT,
    version: '3',
    trace_id: '1-643aca1d-02e095f7341508e00b9b6d2b',
    cold_start: 1,
    timed_out: 1,
    duration_us: 12_000,
    init_us: 300_000,
    billed_mb_ms: 1664,
    used_memory_max_mb: 70,
    total_memory_mb: 128,
    cpu_user_us: 40_000,
    cpu_system_us: 20_000,
    cpu_total_us: 60_000,
    rx_bytes: 19_330,
    tx_bytes: 3_790,
    tmp_free_bytes: 551_346_176,
    tmp_max_bytes: 551_346_177,
    fd_use: 160,
    threads_max: 11,
    shutdown_reason: 'SPINDOWN',
  });
});

test('a line that comes again counts as a duplicate and changes nothing', () => {
  // END says nothing that REPORT does not say: it is ignored.
  expect(run()).toMatchObject({ accepted: 2, duplicates: 0, ignored: 1, rejected: 0 });
  expect(run()).toMatchObject({ accepted: 0, duplicates: 2, ignored: 1, rejected: 0 });
  expect(insights()).toMatchObject({ accepted: 1, duplicates: 0 });
  expect(insights()).toMatchObject({ accepted: 0, duplicates: 1 });
  const counters = store.db.prepare('SELECT name, n FROM counter').all() as { name: string; n: number }[];
  expect(Object.fromEntries(counters.map(({ name, n }) => [name, n]))).toMatchObject({
    accepted: 3,
    duplicates: 3,
  });
  expect([rows('invocation'), rows('resource_use')]).toEqual([1, 1]);
  expect(store.db.prepare('SELECT sum(n) FROM rollup_5m').pluck().get()).toBe(1);
});

const SINGLE = ['invocation', 'resource_use', 'rollup_5m'];
const AGGREGATES = ['rollup_1h', 'rollup_1d', 'environment'];

/** Deletes everything that is due, and returns the rows that are left. */
function retain(nowMs: number): Readonly<Record<string, number>> {
  const retention = new Retention(store.db, POLICY, () => store.writer.forget());
  for (let n = 0; retention.step(nowMs); n += 1) if (n > 1000) throw new Error('does not end');
  return Object.fromEntries([...SINGLE, ...AGGREGATES, 'raw_chunk'].map((table) => [table, rows(table)]));
}

test('raw lines, single events and aggregates are deleted at their times, and not before', () => {
  run();
  insights();
  const all = retain(AT);
  for (const [table, n] of Object.entries(all)) expect([table, n > 0]).toEqual([table, true]);
  expect(retain(AT + 3 * DAY_MS)).toEqual(all);
  const withoutRaw = { ...all, raw_chunk: 0 };
  expect(retain(AT + 3 * DAY_MS + 1)).toEqual(withoutRaw);
  // A day is deleted as a whole, once all of it is old enough.
  expect(retain(MIDNIGHT + 11 * DAY_MS - 1)).toEqual(withoutRaw);
  const none = Object.fromEntries(SINGLE.map((table) => [table, 0]));
  expect(retain(MIDNIGHT + 11 * DAY_MS)).toEqual({ ...withoutRaw, ...none });
  expect(retain(MIDNIGHT + 31 * DAY_MS - 1)).toEqual({ ...withoutRaw, ...none });
  const nothing = Object.fromEntries(Object.keys(all).map((table) => [table, 0]));
  expect(retain(MIDNIGHT + 31 * DAY_MS)).toEqual(nothing);
});

test('retention keeps the other days', () => {
  insights();
  insights({ _aws: { Timestamp: MIDNIGHT - 1 } }, AT);
  expect(rows('resource_use')).toBe(2);
  expect(retain(MIDNIGHT + 11 * DAY_MS - MINUTE_MS)['resource_use']).toBe(1);
  expect(store.db.prepare('SELECT at_ms FROM resource_use').pluck().all()).toEqual([AT]);
});

test('what came late is kept from its receipt', () => {
  insights({}, AT + 20 * DAY_MS);
  expect(retain(AT + 30 * DAY_MS - HOUR_MS)['resource_use']).toBe(1);
  expect(retain(AT + 30 * DAY_MS + HOUR_MS)['resource_use']).toBe(0);
});

test('events of a day that was deleted are ignored, since they may be counted already', () => {
  run();
  insights();
  retain(MIDNIGHT + 11 * DAY_MS);
  expect(insights({}, MIDNIGHT + 11 * DAY_MS)).toMatchObject({ accepted: 0, duplicates: 0, ignored: 1 });
  expect(run(MIDNIGHT + 11 * DAY_MS)).toMatchObject({ accepted: 0, duplicates: 0 });
  expect([rows('invocation'), rows('resource_use')]).toEqual([0, 0]);
});

/** A retention that says which of its steps deleted something. */
function steps(policy = POLICY): { readonly retention: Retention; readonly forgotten: () => number } {
  let forgotten = 0;
  const retention = new Retention(store.db, policy, () => {
    forgotten += 1;
    store.writer.forget();
  });
  return { retention, forgotten: () => forgotten };
}

/** Steps until nothing is left to do at this time. */
function settle(retention: Retention, nowMs: number): void {
  for (let n = 0; retention.step(nowMs); n += 1) if (n > 1000) throw new Error('does not end');
}

test('raw lines are looked for once a minute, expired days every ten minutes', () => {
  run();
  insights();
  const { retention } = steps();
  // One millisecond before the lines expire.
  const rawMs = AT + 3 * DAY_MS;
  settle(retention, rawMs);
  expect(retention.step(rawMs + 59_999)).toBe(false);
  expect(rows('raw_chunk')).toBe(1);
  expect(retention.step(rawMs + 60_000)).toBe(true);
  expect(rows('raw_chunk')).toBe(0);
  const dayMs = MIDNIGHT + 11 * DAY_MS - 1;
  settle(retention, dayMs);
  settle(retention, dayMs + 599_999);
  expect(rows('resource_use')).toBe(1);
  settle(retention, dayMs + 600_000);
  expect(rows('resource_use')).toBe(0);
});

test('a shorter time to keep raw lines or dead letters is looked at as often', () => {
  for (const policy of [
    { ...POLICY, rawMs: 1000 },
    { ...POLICY, rawMs: 1000, quarantineMs: 30_000 },
  ]) {
    run();
    const { retention } = steps(policy);
    expect(retention.step(AT + 1000)).toBe(false);
    expect(retention.step(AT + 1999)).toBe(false);
    expect(rows('raw_chunk')).toBe(1);
    expect(retention.step(AT + 2000)).toBe(true);
    expect(rows('raw_chunk')).toBe(0);
  }
});

test('dead letters that are kept for a second are looked for each second', () => {
  store.db
    .prepare(
      `INSERT INTO reject (received_ms, source_kind, source_name, reason, detail, digest, size, payload)
       VALUES (?, 'logs', 'test', 'json', '', x'00', 1, x'00')`,
    )
    .run(AT);
  const { retention } = steps({ ...POLICY, quarantineMs: 1000 });
  // At AT + 1,000 it is as old as it may be.
  expect(retention.step(AT + 1000)).toBe(false);
  expect(retention.step(AT + 1999)).toBe(false);
  expect(rows('reject')).toBe(1);
  expect(retention.step(AT + 2000)).toBe(true);
  expect(rows('reject')).toBe(0);
});

test('a changed policy is followed at once', () => {
  run();
  insights();
  const { retention } = steps();
  settle(retention, AT + DAY_MS);
  retention.policy = { ...POLICY, rawMs: HOUR_MS, detailMs: HOUR_MS };
  settle(retention, AT + DAY_MS);
  expect([rows('raw_chunk'), rows('resource_use'), rows('rollup_1h')]).toEqual([0, 0, 1]);
});

test('days that were found are deleted even if the clock goes back', () => {
  insights();
  const { retention } = steps();
  settle(retention, AT);
  // A day of the function, and one of its log group.
  const open = store.db.prepare('SELECT count(*) FROM kept_day WHERE dropped <> 1').pluck();
  expect([retention.step(MIDNIGHT + 12 * DAY_MS), open.get()]).toEqual([true, 2]);
  settle(retention, AT);
  expect([rows('resource_use'), open.get()]).toEqual([0, 0]);
});

test('of raw lines only the expired ones are deleted, oldest first', () => {
  run();
  deliver(
    '/aws/lambda/f',
    STREAM.replaceAll('0123', '4567'),
    ['INIT_START Runtime Version: nodejs:20.v1\tRuntime Version ARN: arn:x\n'],
    AT + HOUR_MS,
  );
  expect(rows('raw_chunk')).toBe(2);
  const { retention } = steps();
  settle(retention, AT + 3 * DAY_MS + 1);
  expect(store.db.prepare('SELECT received_ms FROM raw_chunk').pluck().all()).toEqual([AT + HOUR_MS]);
  // All that expired go in one slice.
  run(AT + HOUR_MS + 1);
  expect(rows('raw_chunk')).toBe(2);
  const late = steps();
  expect(late.retention.step(AT + 3 * DAY_MS + 2 * HOUR_MS)).toBe(true);
  expect(rows('raw_chunk')).toBe(0);
});

test('dead letters are deleted after their time, 200 a slice, and caches are dropped then', () => {
  const insert = store.db.prepare(
    `INSERT INTO reject (received_ms, source_kind, source_name, reason, detail, digest, size, payload)
     VALUES (?, 'logs', 'test', 'json', '', ?, 1, x'00')`,
  );
  for (let n = 0; n < 201; n += 1) insert.run(AT, Buffer.from(`old ${n}`));
  insert.run(AT + 1, Buffer.from('new'));
  const { retention, forgotten } = steps();
  settle(retention, AT + 5 * DAY_MS);
  expect([rows('reject'), forgotten()]).toEqual([202, 0]);
  const lateMs = AT + 5 * DAY_MS + 1;
  const late = steps();
  expect(late.retention.step(lateMs)).toBe(true);
  expect([rows('reject'), late.forgotten()]).toEqual([2, 1]);
  expect(late.retention.step(lateMs)).toBe(true);
  expect([rows('reject'), late.forgotten()]).toEqual([1, 2]);
  expect(late.retention.step(lateMs)).toBe(false);
  expect([rows('reject'), late.forgotten()]).toEqual([1, 2]);
});

test('events of a day far ahead are kept as long after their receipt as others, not until their day comes', () => {
  const retention = new Retention(store.db, POLICY);
  const deliverAt = (atMs: number): void => {
    const messages = RUN.map((message, at): [number, string] => [atMs + at, message]);
    store.deliver('/aws/lambda/f', STREAM, messages, AT);
  };
  deliverAt(AT + 2 * DAY_MS);
  deliverAt(Date.UTC(2099, 0, 1));
  const run = (nowMs: number): void => {
    while (retention.step(nowMs));
  };
  // Two days after the receipt, the nearer day is today.
  run(AT + 2 * DAY_MS);
  expect(rows('invocation')).toBe(2);
  // Eleven days after the receipt: only the event of 2099 is older than the ten days of the policy.
  run(AT + 11 * DAY_MS);
  expect(store.db.prepare('SELECT end_ms FROM invocation').pluck().all()).toEqual([AT + 2 * DAY_MS + 2]);
  run(AT + 33 * DAY_MS);
  for (const table of ['invocation', 'rollup_1d', 'kept_day', 'environment', 'request_index'])
    expect([table, rows(table)]).toEqual([table, 0]);
});
