/** What lines of invocations leave behind: rows, rollups, totals of functions and environments, counters. Sums are worked out by hand. */

import { describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { LogLine, StoredRow } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { RollupBucket } from '../../rollup/bucket.ts';

/** The start of a bucket of five minutes and of an hour, but not of a day. */
const T = Date.UTC(2026, 10, 20, 12);
const NOW = T + 10 * MINUTE_MS;
const GROUP = '/aws/lambda/f';
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = (n: number, atMs: number): LogLine => [atMs, `START RequestId: ${id(n)} Version: 3\n`];
const report = (n: number, endMs: number, ms: number, billed: number, used: number, more = ''): LogLine => [
  endMs,
  `REPORT RequestId: ${id(n)}\tDuration: ${ms.toFixed(2)} ms\tBilled Duration: ${billed} ms\tMemory Size: 128 MB\tMax Memory Used: ${used} MB\t${more}\n`,
];
const deliver = (lines: readonly LogLine[], stream = STREAM) => store.deliver(GROUP, stream, lines, NOW);

/** A cold start, four failures and a warm success within five minutes; one that ends as the next bucket begins. */
const LINES: readonly LogLine[] = [
  [T + 10, 'INIT_START Runtime Version: nodejs:22.v35\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:abc\n'],
  start(1, T + 300),
  report(1, T + 400, 100, 351, 70, 'Init Duration: 250.50 ms\t'),
  start(2, T + 1000),
  report(2, T + 1050, 50.25, 51, 80),
  start(3, T + 2000),
  report(3, T + 5000, 3000, 3000, 60, 'Status: timeout\t'),
  start(4, T + 20_000),
  report(4, T + 20_010, 10, 10, 61, 'Status: error\tError Type: Runtime.ExitError\t'),
  report(5, T + 30_000, 20, 20, 128, 'Status: error\tError Type: Runtime.ExitError\t'),
  start(6, T + 40_000),
  report(6, T + 40_030, 30, 30, 62, 'Status: error\tError Type: Runtime.UserCodeSyntaxError\t'),
  start(7, T + 5 * MINUTE_MS - 40),
  report(7, T + 5 * MINUTE_MS, 40, 40, 63),
];

const ROWS = `SELECT (end_ms - ${T}) AS endMs, run_ms AS runMs, duration_us AS us, billed_ms AS billed, max_memory_mb AS mb,
  status, cold, user_felt AS felt, init_us AS initUs, label.text AS errorType
  FROM invocation LEFT JOIN label ON label.id = error_type_id ORDER BY end_ms`;
const warm = { cold: null, felt: null, initUs: null, errorType: null };
/** Kind 3, suppressed: a timeout or an exit ends the environment's process, and the next invocation waits for its init. */
const again = { ...warm, cold: 3, felt: 1 };

test('each line of an invocation ends in its column', () => {
  expect(deliver(LINES)).toMatchObject({ accepted: 14, duplicates: 0, ignored: 0, rejected: 0 });
  expect(store.rows(ROWS)).toEqual([
    // Kind 0 is a cold start on demand; statuses are success, timeout, error, out of memory, exit.
    { ...warm, endMs: 400, runMs: 100, us: 100_000, billed: 351, mb: 70, status: 0, cold: 0, felt: 1, initUs: 250_500 },
    { ...warm, endMs: 1050, runMs: 50, us: 50_250, billed: 51, mb: 80, status: 0 },
    { ...warm, endMs: 5000, runMs: 3000, us: 3_000_000, billed: 3000, mb: 60, status: 1 },
    { ...again, endMs: 20_010, runMs: 10, us: 10_000, billed: 10, mb: 61, status: 4, errorType: 'Runtime.ExitError' },
    // It used all of its memory.
    {
      ...again,
      endMs: 30_000,
      runMs: null,
      us: 20_000,
      billed: 20,
      mb: 128,
      status: 3,
      errorType: 'Runtime.ExitError',
    },
    {
      ...again,
      endMs: 40_030,
      runMs: 30,
      us: 30_000,
      billed: 30,
      mb: 62,
      status: 2,
      errorType: 'Runtime.UserCodeSyntaxError',
    },
    { ...warm, endMs: 300_000, runMs: 40, us: 40_000, billed: 40, mb: 63, status: 0 },
  ]);
});

const COUNTS = `n, with_start, timeouts, errors, ooms, exits, cold_on_demand, cold_provisioned, cold_snap_start, cold_suppressed,
  cold_managed_instance, user_felt, billed_ms, felt_init_us, failed_billed_ms, unplaced, unplaced_cold, max_memory_mb`;
const rollup = (table: string): readonly StoredRow[] =>
  store.rows(`SELECT bucket, ${COUNTS} FROM ${table} ORDER BY bucket`);

const FIRST = {
  bucket: T,
  n: 6,
  with_start: 5,
  timeouts: 1,
  errors: 1,
  ooms: 1,
  exits: 1,
  cold_on_demand: 1,
  cold_provisioned: 0,
  cold_snap_start: 0,
  cold_suppressed: 3,
  cold_managed_instance: 0,
  user_felt: 4,
  // 351 + 51 + 3000 + 10 + 20 + 30
  billed_ms: 3462,
  felt_init_us: 250_500,
  // 3000 + 10 + 20 + 30
  failed_billed_ms: 3060,
  unplaced: 0,
  unplaced_cold: 0,
  max_memory_mb: 128,
};
const SECOND = {
  ...Object.fromEntries(Object.keys(FIRST).map((name) => [name, 0])),
  bucket: T + 5 * MINUTE_MS,
  n: 1,
  with_start: 1,
  billed_ms: 40,
  max_memory_mb: 63,
};
const WHOLE = { ...FIRST, n: 7, with_start: 6, billed_ms: 3502 };

test('rollups of five minutes, an hour and a day hold the sums', () => {
  deliver(LINES);
  expect(rollup('rollup_5m')).toEqual([FIRST, SECOND]);
  expect(rollup('rollup_1h')).toEqual([WHOLE]);
  expect(rollup('rollup_1d')).toEqual([{ ...WHOLE, bucket: Date.UTC(2026, 10, 20) }]);
});

test('sums are the same line by line, backwards, and twice', () => {
  for (const line of LINES.toReversed()) deliver([line]);
  for (const line of LINES) expect(deliver([line])).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(rollup('rollup_5m')).toEqual([FIRST, SECOND]);
  expect(rollup('rollup_1d')).toEqual([{ ...WHOLE, bucket: Date.UTC(2026, 10, 20) }]);
});

test('sketches hold each Duration, and init and wait of the cold start, within 1 %', () => {
  deliver(LINES);
  const [row] = store.rows('SELECT duration, cold FROM rollup_1d');
  const duration = new Sketch();
  duration.mergeEncoded(row?.['duration'] as Uint8Array);
  expect(duration.count).toBe(7);
  // In order: 10, 20, 30, 40, 50.25, 100, 3000.
  const [least = 0, median = 0, greatest = 0] = duration.quantiles([0, 0.5, 1]);
  for (const [value, exact] of [
    [least, 10],
    [median, 40],
    [greatest, 3000],
  ] as const)
    expect(Math.abs((value ?? 0) / exact - 1)).toBeLessThanOrEqual(0.01);
  const bucket = new RollupBucket();
  bucket.mergeEncodedCold(row?.['cold'] as Uint8Array);
  expect([...bucket.cold.keys()]).toEqual(['on-demand', 'suppressed']);
  const { init, total } = bucket.coldOf('on-demand');
  expect([init.count, total.count]).toEqual([1, 1]);
  expect(Math.abs((init.quantiles([0.5])[0] ?? 0) / 250.5 - 1)).toBeLessThanOrEqual(0.01);
  // The caller waited for init and the handler.
  expect(Math.abs((total.quantiles([0.5])[0] ?? 0) / 350.5 - 1)).toBeLessThanOrEqual(0.01);
});

test('versions and memory sizes have series of their own', () => {
  const other = (n: number, endMs: number, version: string, mb: number): readonly LogLine[] => [
    [endMs - 10, `START RequestId: ${id(n)} Version: ${version}\n`],
    [
      endMs,
      `REPORT RequestId: ${id(n)}\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: ${mb} MB\tMax Memory Used: 50 MB\t\n`,
    ],
  ];
  store.deliver(GROUP, 'a', [...other(1, T + 20, '3', 128), ...other(2, T + 40, '3', 256)], NOW);
  store.deliver(GROUP, 'b', [...other(3, T + 60, '4', 128), ...other(4, T + 80, '4', 128)], NOW);
  expect(
    store.rows(
      'SELECT version, memory_mb, n FROM rollup_5m JOIN series ON series.id = series_id ORDER BY version, memory_mb',
    ),
  ).toEqual([
    { version: '3', memory_mb: 128, n: 1 },
    { version: '3', memory_mb: 256, n: 1 },
    { version: '4', memory_mb: 128, n: 2 },
  ]);
});

test('totals of the environment', () => {
  deliver(LINES);
  const [row] = store.rows(
    `SELECT log_stream, version, memory_mb, runtime_version, runtime_version_arn, init_start_ms, init_us, first_seen_ms,
     last_seen_ms, first_end_ms, last_end_ms, last_status, invocations, failures, max_memory_mb FROM environment`,
  );
  expect(row).toEqual({
    log_stream: STREAM,
    version: '3',
    memory_mb: 128,
    runtime_version: 'nodejs:22.v35',
    runtime_version_arn: 'arn:aws:lambda:us-east-1::runtime:abc',
    init_start_ms: T + 10,
    init_us: 250_500,
    first_seen_ms: T + 10,
    last_seen_ms: T + 5 * MINUTE_MS,
    first_end_ms: T + 400,
    last_end_ms: T + 5 * MINUTE_MS,
    last_status: 0,
    invocations: 7,
    failures: 4,
    max_memory_mb: 128,
  });
});

test('the function: when it was seen, and what its newest lines say', () => {
  deliver(LINES);
  const read = () =>
    store.rows(
      `SELECT name, account, region, labelled, first_seen_ms, last_seen_ms, latest_ms, memory_mb, version, runtime_ms,
       runtime_version FROM function`,
    );
  const seen = {
    name: 'f',
    account: '111122223333',
    region: 'us-east-1',
    labelled: 0,
    first_seen_ms: T + 10,
    last_seen_ms: T + 5 * MINUTE_MS,
    latest_ms: T + 5 * MINUTE_MS,
    memory_mb: 128,
    version: '3',
    runtime_ms: T + 10,
    runtime_version: 'nodejs:22.v35',
  };
  expect(read()).toEqual([seen]);
  // Older lines extend the period, and say nothing of what is newest.
  const older = T - DAY_MS;
  store.deliver(
    GROUP,
    'old',
    [
      [older, 'INIT_START Runtime Version: nodejs:20.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:old\n'],
      [older + 100, `START RequestId: ${id(90)} Version: 2\n`],
      [older + 200, report(90, 0, 100, 100, 50)[1].replace('Memory Size: 128', 'Memory Size: 1024')],
    ],
    NOW,
  );
  expect(read()).toEqual([{ ...seen, first_seen_ms: older }]);
});

test('lines without a log stream count as of an unknown environment', () => {
  const batch = delivery(GROUP, STREAM, LINES.slice(0, 5));
  store.apply({ ...batch, streams: batch.streams.map((stream) => ({ ...stream, logStream: '' })) }, NOW);
  expect(store.rows('SELECT n, cold_on_demand, unplaced, unplaced_cold FROM rollup_1h')).toEqual([
    { n: 2, cold_on_demand: 1, unplaced: 2, unplaced_cold: 1 },
  ]);
});

test('a START that comes later completes its row; one whose REPORT is missing waits', () => {
  deliver([report(1, T + 400, 100, 100, 70)]);
  expect(rollup('rollup_5m')).toMatchObject([{ n: 1, with_start: 0 }]);
  expect(deliver([start(1, T + 290)])).toMatchObject({ accepted: 1, duplicates: 0 });
  expect(rollup('rollup_5m')).toMatchObject([{ n: 1, with_start: 1, billed_ms: 100 }]);
  expect(store.rows('SELECT run_ms FROM invocation')).toEqual([{ run_ms: 110 }]);
  expect(deliver([start(2, T + 500)])).toMatchObject({ accepted: 1 });
  expect(deliver([start(2, T + 500)])).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(store.rows('SELECT request_id, start_ms, version, tenant FROM pending_start')).toEqual([
    { request_id: id(2), start_ms: T + 500, version: '3', tenant: null },
  ]);
  expect(deliver([report(2, T + 600, 90, 90, 60)])).toMatchObject({ accepted: 1 });
  expect(store.rows('SELECT request_id FROM pending_start')).toEqual([]);
  expect(rollup('rollup_5m')).toMatchObject([{ n: 2, with_start: 2, billed_ms: 190 }]);
});

describe('faults', () => {
  const timeout: LogLine = [T + 3100, `2026-11-20T12:00:03.100Z ${id(1)} Task timed out after 3.00 seconds\n`];
  const lines = [start(1, T + 100), report(1, T + 3101, 3000, 3000, 70)];

  test.each([
    ['before', [[timeout], lines]],
    ['after', [lines, [timeout]]],
    ['with', [[...lines, timeout]]],
  ] as const)('a timeout that comes %s its REPORT moves it among the failures', (_, deliveries) => {
    for (const one of deliveries) deliver(one);
    expect(rollup('rollup_5m')).toMatchObject([{ n: 1, timeouts: 1, billed_ms: 3000, failed_billed_ms: 3000 }]);
    expect(store.rows('SELECT at_ms, kind, request_id FROM fault')).toEqual([
      { at_ms: T + 3100, kind: 'timeout', request_id: id(1) },
    ]);
    expect(store.rows('SELECT failures, last_status, invocations FROM environment')).toEqual([
      { failures: 1, last_status: 1, invocations: 1 },
    ]);
    expect(deliver([timeout])).toMatchObject({ accepted: 0, duplicates: 1 });
  });
});

test('extensions, volumes by the hour, and lines of init', () => {
  deliver([
    [T + 10, 'INIT_REPORT Init Duration: 3000.50 ms\tPhase: init\tStatus: timeout\n'],
    [T + 20, 'EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n'],
    [T + 21, 'EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n'],
  ]);
  expect(store.rows('SELECT at_ms, kind, duration_us, phase, status, error_type FROM init_event')).toEqual([
    { at_ms: T + 10, kind: 'init-report', duration_us: 3_000_500, phase: 'init', status: 'timeout', error_type: null },
  ]);
  expect(store.rows('SELECT kind, name, state, at_ms FROM extension')).toEqual([
    { kind: 'extension', name: 'agent', state: 'Ready', at_ms: T + 20 },
  ]);
});

describe('statistics of ingest', () => {
  const counters = () =>
    Object.fromEntries(store.rows('SELECT name, n FROM counter').map(({ name, n }) => [name, n] as const));

  test('counters add up over deliveries, and zero leaves no row', () => {
    deliver([...LINES, [T + 401, 'an application prints\n']]);
    deliver(LINES.slice(0, 3));
    expect(counters()).toEqual({ accepted: 14, duplicates: 3, ignored: 1, 'ignored:application': 1, requests: 2 });
    store.apply(
      {
        ...EMPTY_BATCH,
        counts: { events: 0, ignored: 0, controlMessages: 2, convertedTimestamps: 3 },
        unknownKeys: [['Cpu', 4]],
      },
      NOW,
    );
    store.apply({ ...EMPTY_BATCH, unknownKeys: [['Cpu', 1]] }, NOW);
    expect(counters()).toMatchObject({ requests: 4, control_messages: 2, clamped_timestamps: 3 });
    expect(store.rows('SELECT key, n FROM unknown_field')).toEqual([{ key: 'Cpu', n: 5 }]);
  });

  test('what could not be read is kept once, with how often it came', () => {
    const letter = {
      reason: 'gzip-truncated',
      detail: 'ends early',
      logGroup: GROUP,
      payload: Buffer.from('abc'),
      n: 2,
    };
    const batch = { ...EMPTY_BATCH, deadLetters: [letter] };
    expect(store.apply(batch, NOW)).toEqual({ accepted: 0, duplicates: 0, ignored: 0, rejected: 2 });
    store.apply(batch, NOW + 5);
    store.apply({ ...batch, deadLetters: [{ ...letter, payload: Buffer.from('abd') }] }, NOW + 6);
    expect(
      store.rows('SELECT received_ms, source_kind, source_name, reason, detail, log_group, size, seen FROM reject'),
    ).toEqual(
      [
        [NOW + 5, 4],
        [NOW + 6, 2],
      ].map(([received_ms, seen]) => ({
        received_ms,
        source_kind: 'logs',
        source_name: 'test',
        reason: 'gzip-truncated',
        detail: 'ends early',
        log_group: GROUP,
        size: 3,
        seen,
      })),
    );
    expect(counters()).toMatchObject({ rejected: 6 });
  });

  test('sources: how much each sent and when, and how late deliveries were', () => {
    const firehose = { kind: 'firehose', name: 'stream' } as const;
    store.apply(delivery(GROUP, STREAM, LINES.slice(1, 3)), T + 1400, firehose);
    store.apply(EMPTY_BATCH, T + 9000, firehose);
    store.apply(delivery(GROUP, STREAM, LINES.slice(3, 5)), T + HOUR_MS, { kind: 'import', name: 'file' });
    const rows = store.rows('SELECT * FROM source ORDER BY kind');
    expect(rows.map(({ lag: _lag, ...row }) => row)).toEqual([
      {
        kind: 'firehose',
        name: 'stream',
        first_seen_ms: T + 1400,
        last_seen_ms: T + 9000,
        // An empty delivery shows that the source is alive, and brings no data.
        last_data_ms: T + 1400,
        requests: 2,
        events: 2,
        rejected: 0,
      },
      {
        kind: 'import',
        name: 'file',
        first_seen_ms: T + HOUR_MS,
        last_seen_ms: T + HOUR_MS,
        last_data_ms: T + HOUR_MS,
        requests: 1,
        events: 2,
        rejected: 0,
      },
    ]);
    const lags = rows.map(({ lag }) => {
      const sketch = new Sketch();
      sketch.mergeEncoded(lag as Uint8Array);
      return sketch;
    });
    // The invocation ended at T + 400. Files bring history: their age is no lag.
    expect(lags.map((sketch) => sketch.count)).toEqual([1, 0]);
    expect(Math.abs((lags[0]?.quantiles([0.5])[0] ?? 0) / 1000 - 1)).toBeLessThanOrEqual(0.01);
  });
});
