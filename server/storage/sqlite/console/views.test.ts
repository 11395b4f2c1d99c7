/** What each view says of rows that were written by hand (docs/sql.md). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestIdBytes, traceBytes } from '../../../../ingest/batch/request-id.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { migrate } from '../migrate.ts';
import { Sandbox } from './sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-views-'));
const path = join(folder, 'telemetry.db');
/** 20 November 2026, 00:00 UTC, and 10:00. */
const MIDNIGHT = Date.UTC(2026, 10, 20);
const AT = Date.UTC(2026, 10, 20, 10);
const REQUEST = '0f0e0d0c-0b0a-4908-8706-050403020100';
const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
let sandbox: Sandbox;

function fill(db: Database.Database): void {
  db.exec(`
    INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms, architecture, moved, runtime, memory_mb, version,
        runtime_version, package_type, vpc)
      VALUES (1, '111122223333', 'eu-west-1', 'checkout', 1, ${MIDNIGHT}, ${AT}, 'x86_64', 0, 'nodejs22.x', 512, '7', 'nodejs:22.v1', 'Zip', 1);
    INSERT INTO series (id, function_id, version, memory_mb, architecture) VALUES (1, 1, '7', 512, NULL), (2, 1, '8', 2048, 'arm64');
    INSERT INTO error_day VALUES (1, ${MIDNIGHT / DAY_MS});
    INSERT INTO error_group VALUES (1, 'f1', 'handler', 'TypeError', 'x is <n>', 'index.js:3'), (1, 'f2', 'init', NULL, '', '');
    INSERT INTO error_hour VALUES (1, ${AT}, 'f1', '7', 5, 4, 0, ${AT + 1}, ${AT + 9}), (1, ${AT}, 'f2', '', 1, 1, 2, ${AT}, ${AT}),
      (1, ${AT}, 'f3', '', 1, 1, 0, ${AT}, ${AT});
    INSERT INTO metric_series VALUES (1, 1, x'01', 'cloudwatch', '111122223333', 'eu-west-1', 'AWS/Lambda', 'Throttles', 'Count', '[["FunctionName","checkout"]]', 0, 0),
      (2, 0, x'02', 'emf', '', '', 'Shop', 'orders', NULL, '[]', 0, 0);
    INSERT INTO metric_1h VALUES (1, ${AT}, 1, 3, 12, 1, 9, NULL), (2, ${AT}, 0, 2, 0.5, NULL, NULL, NULL);
    INSERT INTO deploy VALUES (1, ${AT}, 'cloudtrail', 'UpdateFunctionCode', 'abc'), (1, ${AT + 1}, 'inventory', NULL, NULL);
  `);
  const sketch = new Sketch();
  sketch.add(40);
  const rollup = (table: string, bucket: number, series: number, values: readonly (number | null)[]): void => {
    db.prepare(
      `INSERT INTO ${table} (function_id, bucket, series_id, n, with_start, timeouts, errors, ooms, exits, cold_on_demand, cold_provisioned,
        cold_snap_start, cold_suppressed, cold_managed_instance, user_felt, billed_ms, felt_init_us, failed_billed_ms, max_memory_mb, duration, cold)
       VALUES (1, ?, ?, ${values.map(() => '?').join(', ')}, ?, x'')`,
    ).run(bucket, series, ...values, Buffer.from(sketch.encode()));
  };
  // n, with START; 1 + 2 + 4 + 8 failures; 1 + 2 + 4 + 8 + 16 cold starts; felt, billed, init, failed and memory.
  const values = [1_000_000, 9, 1, 2, 4, 8, 1, 2, 4, 8, 16, 5, 2_000_000, 750_500, 4000, 99];
  rollup('rollup_1d', MIDNIGHT, 1, values);
  rollup('rollup_1d', MIDNIGHT + DAY_MS, 2, [10, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 0, 0, null]);
  rollup('rollup_5m', AT, 1, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 0, 0, 60]);
  db.prepare(`INSERT INTO cold_start (function_id, slot_ms, end_ms, request_id, environment_id, series_id, at_ms, kind, user_felt, cause, init_us,
    init_billed, billed_init_us, duration_us, failed, platform_ms, loop, evidence) VALUES (1, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, 1, ?, 5500, ?, ?, 0, '{}')`).run(
    AT,
    AT + 9,
    requestIdBytes(REQUEST),
    5,
    AT,
    0,
    1,
    2,
    250_250,
    250_000,
    1,
    -3,
  );
  db.prepare(
    `INSERT INTO trace_segment (trace_id, id, parent_id, function_id, name, origin, start_ns, end_ns, request_id, http_status, outcome, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '{}')`,
  ).run(
    ...[traceBytes(TRACE), 's1', 'p1', 1, 'checkout', 'AWS::Lambda::Function', BigInt(AT) * 1_000_000n + 999_999n],
    ...[BigInt(AT) * 1_000_000n + 3_499_999n, requestIdBytes(REQUEST), 502, 'fault'],
  );
}

beforeAll(() => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  migrate(db, path, join(import.meta.dirname, '../../../../migrations/sqlite/telemetry'));
  fill(db);
  db.close();
  sandbox = new Sandbox(path, { plans: [], tier: 1, logTier: 1 });
});
afterAll(() => {
  sandbox.close();
  rmSync(folder, { recursive: true });
});

/** Rows as objects. */
function rows(sql: string): Record<string, unknown>[] {
  const statement = sandbox.prepare(sql);
  const names = statement.columns().map(({ name }) => name);
  return statement
    .all()
    .map((row) =>
      Object.fromEntries(row.map((value, at) => [names[at], typeof value === 'bigint' ? Number(value) : value])),
    );
}
const FUNCTION = { function_id: 1, function: 'checkout', account: '111122223333', region: 'eu-west-1' };

test('functions', () => {
  expect(rows('SELECT * FROM functions')).toEqual([
    {
      ...FUNCTION,
      ...{ name_inferred: 1, first_seen_ms: MIDNIGHT, first_seen_at: '2026-11-20T00:00:00.000Z', last_seen_ms: AT },
      ...{ last_seen_at: '2026-11-20T10:00:00.000Z', memory_mb: 512, version: '7', architecture: 'x86_64' },
      ...{ runtime: 'nodejs22.x', runtime_version: 'nodejs:22.v1', package_type: 'Zip', vpc: 1 },
    },
  ]);
});

test('daily: sums of kinds, errors known by the day, and the cost', () => {
  const [first, second] = rows('SELECT * FROM daily ORDER BY bucket_ms');
  expect(first).toMatchObject({
    ...FUNCTION,
    ...{
      bucket_ms: MIDNIGHT,
      bucket_at: '2026-11-20T00:00:00.000Z',
      version: '7',
      memory_mb: 512,
      architecture: 'x86_64',
    },
    ...{
      invocations: 1_000_000,
      errors: 15,
      errors_known: 1,
      timeouts: 1,
      handler_errors: 2,
      out_of_memory: 4,
      exits: 8,
    },
    ...{ cold_starts: 31, cold_starts_on_demand: 1, cold_starts_provisioned: 2, cold_starts_snap_start: 4 },
    ...{
      cold_starts_suppressed: 8,
      cold_starts_managed_instance: 16,
      user_felt_cold_starts: 5,
      user_felt_init_ms: 750.5,
    },
    ...{ billed_ms: 2_000_000, failed_billed_ms: 4000, max_memory_used_mb: 99 },
  });
  for (const name of ['duration_p50_ms', 'duration_p95_ms', 'duration_p99_ms'])
    expect(Math.abs(Number(first?.[name]) - 40)).toBeLessThanOrEqual(0.4);
  // 2,000 s of half a GB on x86 at $0.0000166667, and a million requests at $0.20.
  expect(first?.['cost_usd']).toBeCloseTo(1000 * 0.0000166667 + 0.2, 8);
  // The second of 2 GB on arm64, and ten requests.
  expect(second).toMatchObject({ architecture: 'arm64', errors: 0, errors_known: 0, max_memory_used_mb: null });
  expect(second?.['cost_usd']).toBeCloseTo(2 * 0.0000133334 + 10 * 0.0000002, 10);
});

test('five_minutes has the same columns, of its own buckets', () => {
  const [row, ...more] = rows('SELECT bucket_at, invocations, cost_usd, max_memory_used_mb FROM five_minutes');
  expect([row?.['bucket_at'], row?.['invocations'], row?.['max_memory_used_mb'], more]).toEqual([
    ...['2026-11-20T10:00:00.000Z', 1, 60, []],
  ]);
  expect(row?.['cost_usd']).toBeCloseTo(0.5 * 0.0000166667 + 0.0000002, 10);
  expect(rows('SELECT * FROM hourly')).toEqual([]);
});

test('costs: GB-seconds, and the part of failed invocations', () => {
  const [row, second] = rows('SELECT * FROM costs ORDER BY day');
  expect(row).toMatchObject({ ...FUNCTION, day: '2026-11-20', version: '7', architecture: 'x86_64', gb_seconds: 1000 });
  expect(row?.['cost_usd']).toBeCloseTo(0.2166667, 8);
  // 15 failed requests of 4 s in all.
  expect(row?.['wasted_usd']).toBeCloseTo(2 * 0.0000166667 + 15 * 0.0000002, 10);
  expect(second).toMatchObject({ day: '2026-11-21', invocations: 10, gb_seconds: 2, wasted_usd: 0 });
});

test('errors: templates, and what a group without a description has', () => {
  const [one, two, three] = rows('SELECT * FROM errors ORDER BY fingerprint');
  expect(one).toEqual({
    ...{
      ...FUNCTION,
      bucket_ms: AT,
      bucket_at: '2026-11-20T10:00:00.000Z',
      fingerprint: 'f1',
      version: '7',
      kind: 'handler',
    },
    ...{
      error_type: 'TypeError',
      message: 'x is <n>',
      frame: 'index.js:3',
      attempts: 5,
      requests: 4,
      init_failures: 0,
    },
    ...{ first_ms: AT + 1, last_ms: AT + 9 },
  });
  expect(two).toMatchObject({
    version: null,
    kind: 'init',
    error_type: null,
    message: null,
    frame: null,
    init_failures: 2,
  });
  expect(three).toMatchObject({ fingerprint: 'f3', kind: null, message: null, attempts: 1 });
});

test('metrics, of a function and of none', () => {
  expect(rows('SELECT * FROM metrics ORDER BY name')).toEqual([
    {
      ...{ bucket_ms: AT, bucket_at: '2026-11-20T10:00:00.000Z', source: 'cloudwatch', namespace: 'AWS/Lambda' },
      ...{ name: 'Throttles', unit: 'Count', dimensions: '[["FunctionName","checkout"]]', function: 'checkout' },
      ...{ account: '111122223333', region: 'eu-west-1', count: 3, sum: 12, min: 1, max: 9 },
    },
    expect.objectContaining({
      source: 'emf',
      name: 'orders',
      unit: null,
      function: null,
      count: 2,
      sum: 0.5,
      min: null,
    }),
  ]);
});

test('a segment of a trace, whose times are nanoseconds', () => {
  expect(rows('SELECT * FROM traces')).toEqual([
    {
      ...{ trace_id: TRACE, segment_id: 's1', parent_id: 'p1', name: 'checkout', origin: 'AWS::Lambda::Function' },
      ...{
        function: 'checkout',
        started_ms: AT,
        duration_ms: 2.5,
        request_id: REQUEST,
        http_status: 502,
        outcome: 'fault',
      },
    },
  ]);
});

test('a cold start with its cause', () => {
  expect(rows('SELECT * FROM cold_starts')).toEqual([
    {
      ...{ ...FUNCTION, ended_ms: AT + 9, ended_at: '2026-11-20T10:00:00.009Z', requested_ms: AT, request_id: REQUEST },
      ...{ version: '7', memory_mb: 512, architecture: 'x86_64', kind: 'on-demand', user_felt: 1, cause: 'deploy' },
      ...{ init_ms: 250.25, billed_init_ms: 250, duration_ms: 5.5, platform_ms: -3, failed: 1 },
    },
  ]);
});

test('deploys, with what their source states', () => {
  expect(rows('SELECT * FROM deploys ORDER BY at_ms')).toEqual([
    {
      ...{ ...FUNCTION, at_ms: AT, at: '2026-11-20T10:00:00.000Z', source: 'cloudtrail' },
      ...{ event: 'UpdateFunctionCode', code_sha256: 'abc' },
    },
    { ...FUNCTION, at_ms: AT + 1, at: '2026-11-20T10:00:00.001Z', source: 'inventory', event: null, code_sha256: null },
  ]);
});
