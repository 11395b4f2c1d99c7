/** Of each table, retention deletes the rows of the day and scope that are due, and no others; large days in slices. */
import { beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { tablesOf } from './key-columns.ts';
import { Retention } from './retention.ts';

const EVENT_DAY = 20_000;
const AT = EVENT_DAY * DAY_MS;
const POLICY = { rawMs: DAY_MS, detailMs: 10 * DAY_MS, historyMs: 30 * DAY_MS, quarantineMs: 5 * DAY_MS };
/** The first moment at which single events, or aggregates, of {@link EVENT_DAY} are due. */
const DETAILS_DUE = AT + 11 * DAY_MS;
const HISTORY_DUE = AT + 31 * DAY_MS;

const store = useTelemetryWriter('file');
let forgotten = 0;
let retention: Retention;
beforeEach(() => {
  store.db.pragma('foreign_keys = OFF');
  store.db.exec(
    tablesOf(store.db)
      .map(({ table }) => `DELETE FROM ${table};`)
      .join(''),
  );
  forgotten = 0;
  retention = new Retention(store.db, POLICY, () => {
    forgotten += 1;
  });
});

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}
const columnsOf = new Map<string, readonly Column[]>();
let inserted = 0;

/** Inserts a row; columns without a value that must have one get one that no other row has. */
function insert(table: string, given: Readonly<Record<string, unknown>>): void {
  inserted += 1;
  const columns = columnsOf.get(table) ?? (store.db.pragma(`table_info(${table})`) as Column[]);
  columnsOf.set(table, columns);
  const row = columns.flatMap(({ name, type, notnull, pk }): [string, unknown][] => {
    if (name in given) return [[name, given[name]]];
    if (notnull === 0 && pk === 0) return [];
    return [[name, type === 'INTEGER' ? inserted : type === 'BLOB' ? Buffer.from(`${inserted}`) : `${inserted}`]];
  });
  const names = row.map(([name]) => name).join(', ');
  store.db
    .prepare(`INSERT INTO ${table} (${names}) VALUES (${row.map(() => '?').join(', ')})`)
    .run(row.map(([, value]) => value));
}

const due = (kind: string, scope: number, dropped = 0, day = EVENT_DAY) =>
  insert('kept_day', { kind, scope, day, received_ms: AT, dropped });
const left = (table: string, column: string) =>
  store.rows(`SELECT CAST(${column} AS INTEGER) AS value FROM ${table} ORDER BY 1`).map(({ value }) => Number(value));
const days = () => store.rows('SELECT kind, scope, day, dropped FROM kept_day');
function settle(nowMs: number): number {
  let steps = 0;
  while (retention.step(nowMs)) {
    steps += 1;
    if (steps > 1000) throw new Error('does not end');
  }
  return steps;
}

/** The last moment before the day, its first and last, and the first after it. */
const BOUNDS = [AT - 1, AT, AT + DAY_MS - 1, AT + DAY_MS];

describe('single events', () => {
  test.each([
    ['function', 'invocation', 'function_id', 'end_ms'],
    ['function', 'rollup_5m', 'function_id', 'bucket'],
    ['function', 'resource_use', 'function_id', 'at_ms'],
    ['function', 'dirty_slot', 'function_id', 'slot_ms'],
    ['function', 'response', 'function_id', 'at_ms'],
    ['function', 'durable_line', 'function_id', 'last_ms'],
    ['gateway', 'gateway_request', 'log_group_id', 'at_ms'],
  ])('%s: %s', (kind, table, key, time) => {
    for (const scope of [7, 8]) for (const ms of BOUNDS) insert(table, { [key]: scope, [time]: ms });
    due(kind, 7);
    settle(DETAILS_DUE);
    expect(store.rows(`SELECT ${time} AS ms FROM ${table} WHERE ${key} = 7 ORDER BY 1`).map(({ ms }) => ms)).toEqual([
      AT - 1,
      AT + DAY_MS,
    ]);
    expect(left(table, key).filter((scope) => scope === 8)).toHaveLength(4);
    expect(days()).toEqual(kind === 'function' ? [{ kind, scope: 7, day: EVENT_DAY, dropped: 1 }] : []);
  });

  test.each([
    ['traces', 'trace_segment', 'start_ns', 1_000_000n],
    ['network', 'network_event', 'at_ms', 1n],
    ['flow', 'flow_record', 'from_ms', 1n],
  ])('%s, of all functions', (kind, table, time, unit) => {
    for (const ms of BOUNDS) insert(table, { [time]: BigInt(ms) * unit });
    due(kind, 0);
    settle(DETAILS_DUE);
    const times = store.db.prepare(`SELECT ${time} FROM ${table} ORDER BY 1`).pluck().safeIntegers().all();
    expect(times).toEqual([AT - 1, AT + DAY_MS].map((ms) => BigInt(ms) * unit));
    expect(days()).toEqual([]);
  });

  test('digests of messages of a log group, hour by hour', () => {
    for (const group of [7, 8])
      for (const hour of [-1, 0, 11, 23, 24])
        for (let n = 0; n < 2; n += 1) insert('log_message', { hour_ms: AT + hour * HOUR_MS, log_group_id: group });
    due('log-group', 7);
    // Three hours with messages, then the day itself.
    expect(settle(DETAILS_DUE)).toBe(4);
    expect(
      store
        .rows('SELECT DISTINCT hour_ms AS ms FROM log_message WHERE log_group_id = 7')
        .map(({ ms }) => (Number(ms) - AT) / HOUR_MS),
    ).toEqual([-1, 24]);
    expect(left('log_message', 'log_group_id').filter((group) => group === 8)).toHaveLength(10);
    expect(days()).toEqual([{ kind: 'log-group', scope: 7, day: EVENT_DAY, dropped: 1 }]);
  });

  const LINES = ['init_event', 'fault', 'runtime_done', 'pending_start', 'extension', 'environment_tenant'];

  test.each(LINES)('lines of the environments that were last seen that day: %s', (table) => {
    for (const [at, ms] of BOUNDS.entries())
      insert('environment', { id: 10 + at, function_id: 7, last_seen_ms: ms, log_stream: `${at}` });
    insert('environment', { id: 20, function_id: 8, last_seen_ms: AT });
    for (const id of [10, 11, 12, 13, 20]) insert(table, { environment_id: id });
    due('function', 7);
    settle(DETAILS_DUE);
    expect(left(table, 'environment_id')).toEqual([10, 13, 20]);
    // The environments themselves are kept with the aggregates.
    expect(left('environment', 'id')).toEqual([10, 11, 12, 13, 20]);
  });

  test('lines of 200 environments a slice, of each day from the first on', () => {
    store.db.transaction(() => {
      for (let n = 0; n < 401; n += 1) {
        insert('environment', { id: n + 1, function_id: 7, last_seen_ms: AT + (n < 201 ? DAY_MS : 0) });
        insert('fault', { environment_id: n + 1 });
      }
    })();
    due('function', 7);
    due('function', 7, 0, EVENT_DAY + 1);
    const counts: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      retention.step(DETAILS_DUE + DAY_MS);
      counts.push(left('fault', 'environment_id').length);
    }
    // The first day has 200 environments, the second one 201, whose ids are below.
    expect(counts).toEqual([201, 201, 1, 0, 0, 0]);
    expect(retention.step(DETAILS_DUE + DAY_MS)).toBe(false);
  });

  test('4,000 rows a slice, and all that end in its last millisecond', () => {
    store.db
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4002)
         INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, duration_us, status)
         SELECT 7, ? + min(i, 3999), i, 1, 1, 1, 0 FROM n`,
      )
      .run(AT);
    insert('invocation', { function_id: 7, end_ms: AT + 5000 });
    due('function', 7);
    retention.step(DETAILS_DUE);
    expect(left('invocation', 'end_ms')).toEqual([AT + 5000]);
    retention.step(DETAILS_DUE);
    expect(left('invocation', 'end_ms')).toEqual([]);
  });

  // Of 4,001 rows the second slice deletes the last.
  test.each([
    ['traces', 'trace_segment', (at: number) => ({ start_ns: AT * 1_000_000 + at })],
    ['network', 'network_event', (at: number) => ({ at_ms: AT + at })],
    ['flow', 'flow_record', (at: number) => ({ from_ms: AT + at })],
  ] as const)('more than a slice of %s', (kind, table, time) => {
    store.db.transaction(() => {
      for (let at = 0; at < 4001; at += 1) insert(table, time(at));
    })();
    due(kind, 0);
    retention.step(DETAILS_DUE);
    expect(store.rows(`SELECT count(*) AS n FROM ${table}`)).toEqual([{ n: 1 }]);
    settle(DETAILS_DUE);
    expect(store.rows(`SELECT count(*) AS n FROM ${table}`)).toEqual([{ n: 0 }]);
    expect(days()).toEqual([]);
  });

  test('the request index of a day goes once no function has events of it', () => {
    for (const day of [EVENT_DAY - 1, EVENT_DAY, EVENT_DAY + 1]) insert('request_index', { day, end_ms: day * DAY_MS });
    due('function', 7, 0, EVENT_DAY);
    insert('kept_day', { kind: 'gateway', scope: 7, day: EVENT_DAY - 1, received_ms: DETAILS_DUE, dropped: 0 });
    settle(DETAILS_DUE - 1);
    expect(left('request_index', 'day')).toEqual([EVENT_DAY, EVENT_DAY + 1]);
    settle(DETAILS_DUE - 1 + 600_000);
    // Its events are deleted, and ten minutes later the entries that point to them.
    settle(DETAILS_DUE + 1_200_000);
    expect(left('request_index', 'day')).toEqual([EVENT_DAY + 1]);
  });
});

describe('aggregates', () => {
  test.each([
    ['rollup_1h', 'bucket'],
    ['rollup_1d', 'bucket'],
    ['derived_slot', 'slot_ms'],
    ['cold_start', 'slot_ms'],
    ['change', 'slot_ms'],
    ['error_hour', 'slot_ms'],
    ['environment', 'last_seen_ms'],
  ])('%s', (table, time) => {
    for (const scope of [7, 8]) for (const ms of BOUNDS) insert(table, { function_id: scope, [time]: ms });
    due('function', 7, 1);
    settle(HISTORY_DUE - 1);
    expect(left(table, time)).toHaveLength(8);
    retention = new Retention(store.db, POLICY);
    settle(HISTORY_DUE);
    expect(
      store.rows(`SELECT ${time} AS ms FROM ${table} WHERE function_id = 7 ORDER BY 1`).map(({ ms }) => ms),
    ).toEqual([AT - 1, AT + DAY_MS]);
    expect(left(table, 'function_id').filter((id) => id === 8)).toHaveLength(4);
    expect(days()).toEqual([]);
  });

  test('groups of failures with their last hour', () => {
    for (const [scope, group] of [
      [7, 'gone'],
      [7, 'left'],
      [8, 'other'],
    ])
      insert('error_group', { function_id: scope, fingerprint: group });
    insert('error_hour', { function_id: 7, fingerprint: 'gone', slot_ms: AT });
    insert('error_hour', { function_id: 7, fingerprint: 'left', slot_ms: AT });
    insert('error_hour', { function_id: 7, fingerprint: 'left', slot_ms: AT + DAY_MS });
    due('function', 7, 1);
    settle(HISTORY_DUE);
    expect(store.rows('SELECT fingerprint FROM error_group ORDER BY 1').map(Object.values)).toEqual([
      ['left'],
      ['other'],
    ]);
  });

  test('the volume of a log group', () => {
    for (const group of [7, 8]) for (const ms of BOUNDS) insert('log_volume', { log_group_id: group, hour_ms: ms });
    due('log-group', 7, 1);
    settle(HISTORY_DUE);
    expect(store.rows('SELECT hour_ms AS ms FROM log_volume WHERE log_group_id = 7').map(({ ms }) => ms)).toEqual([
      AT - 1,
      AT + DAY_MS,
    ]);
    expect(left('log_volume', 'log_group_id').filter((group) => group === 8)).toHaveLength(4);
  });

  test('caches are dropped with each slice of them, since environments may go; with single events at begin and end', () => {
    insert('environment', { function_id: 7, last_seen_ms: AT });
    due('function', 7, 1);
    retention.step(HISTORY_DUE);
    expect(forgotten).toBe(1);
    settle(HISTORY_DUE);
    // The empty day: before and after it is forgotten.
    expect(forgotten).toBe(3);
    insert('response', { function_id: 7, at_ms: AT });
    due('function', 7);
    retention.step(HISTORY_DUE + 600_000);
    // The day takes no more events.
    expect(forgotten).toBe(4);
    retention.step(HISTORY_DUE + 600_000);
    expect(forgotten).toBe(5);
  });
});

test('a day counts from its receipt if that is later', () => {
  insert('response', { function_id: 7, at_ms: AT });
  insert('kept_day', { kind: 'function', scope: 7, day: EVENT_DAY, received_ms: DETAILS_DUE, dropped: 0 });
  settle(DETAILS_DUE + POLICY.detailMs);
  expect(left('response', 'at_ms')).toEqual([AT]);
  retention = new Retention(store.db, POLICY);
  settle(DETAILS_DUE + POLICY.detailMs + 1);
  expect(left('response', 'at_ms')).toEqual([]);
});
