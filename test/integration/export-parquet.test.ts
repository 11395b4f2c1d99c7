/** Parquet files of `thermocline export parquet`, read by DuckDB: what they hold is what the API exports. */
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillStore } from '../../bench/fill-store.ts';
import { requirePeer } from '../../bench/peer-packages.ts';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import type { ExportRequest } from '../../server/cli/export/export-parquet.ts';
import { exportParquet } from '../../server/cli/export/export-parquet.ts';
import { folderTarget } from '../../server/cli/export/export-target.ts';
import { runCommand } from '../support/command.ts';
import { batchOf } from '../support/fleet-streams.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';

interface DuckDb {
  runAndReadAll(sql: string): Promise<{ getRowsJS(): unknown[][] }>;
}

/** DuckDB is installed on first use, beside the packages of the product; null where that is not possible. */
async function duckDb(): Promise<DuckDb | null> {
  try {
    const { DuckDBInstance } = requirePeer(join(import.meta.dirname, '../..'), '@duckdb/node-api@1.5.6-r.1') as {
      DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<DuckDb> }> };
    };
    return await (await DuckDBInstance.create(':memory:')).connect();
  } catch {
    return null;
  }
}

const duck = await duckDb();
const rows = async (sql: string): Promise<unknown[][]> => (await duck?.runAndReadAll(sql))?.getRowsJS() ?? [];

/** A Monday, 00:00 UTC; the three days before it have invocations. */
const NOW = Date.UTC(2026, 10, 23);
const FROM = NOW - 10 * DAY_MS;
const HOSTILE = `o'brien "é" 日本 ; DROP`;
const folder = memoryFolder();
const data = join(folder, 'data');
let product: TestProduct;
let clock = NOW + HOUR_MS;

const exported = (name: string, change: Partial<ExportRequest> = {}) => {
  const target = folderTarget(join(folder, name));
  return exportParquet({
    request: product.fetch,
    target,
    fromMs: FROM,
    toMs: clock,
    version: 'test',
    signal: new AbortController().signal,
    onStart: () => undefined,
    onRow: () => undefined,
    ...change,
  }).finally(() => target.close());
};
const filesOf = (name: string): string[] =>
  readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.parquet'))
    .toSorted();
const source = (name: string, dataset: string): string =>
  `read_parquet('${join(folder, name, dataset)}/*/*.parquet', hive_partitioning = true)`;

async function write(requestId: string, endMs: number, name = HOSTILE): Promise<void> {
  const report = renderReport({
    requestId,
    durationMs: 5.25,
    billedDurationMs: 6,
    memorySizeMb: 128,
    maxMemoryUsedMb: 60,
    initDurationMs: null,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: 'timeout',
    errorType: null,
    trace: null,
  });
  const events = [
    { timestampMs: endMs - 5, message: renderStart(requestId, '$LATEST'), id: '' },
    { timestampMs: endMs, message: report, id: '' },
  ];
  const identity = {
    account: '123456789012',
    region: 'eu-west-1',
    logGroup: `/aws/lambda/${name}`,
    logStream: `2026/11/20/[$LATEST]nul\u0000stream`,
  };
  await product.store.write(batchOf([{ identity, events }]), { kind: 'logs', name: 'test' });
}

beforeAll(async () => {
  const folders = {
    migrations: new URL('../../migrations/sqlite', import.meta.url).pathname,
    workers: new URL('../../dist/workers/', import.meta.url),
  };
  await fillStore(data, { size: 10_000, functions: 5, days: 3, toMs: NOW }, folders);
  product = await startProduct({ folder: data, now: () => clock });
  await write('00000000-0000-4000-8000-00000000000a', NOW - HOUR_MS);
  await exported('out');
});
afterAll(async () => {
  await product.close();
  removeFolder(folder);
});

test('a folder of each day, and a manifest beside the data', () => {
  const days = ['2026-11-20', '2026-11-21', '2026-11-22'];
  const names = days.map((day) => `day=${day}/part-0.parquet`);
  expect(filesOf('out')).toEqual([
    ...names.map((name) => join('invocations', name)),
    ...names.map((name) => join('rollups', name)),
  ]);
  const manifest = JSON.parse(readFileSync(join(folder, 'out/_thermocline/manifest.json'), 'utf8'));
  expect(Object.keys(manifest.days)).toEqual(days);
});

test.skipIf(duck === null)('DuckDB reads types, nulls and sums that equal the export of the API', async () => {
  const text = await (await product.fetch(`/api/v1/export/invocations?from=${FROM}&to=${clock}&format=ndjson`)).text();
  const api = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number | string | null>);
  const sum = (name: string): number => api.reduce((total, row) => total + Number(row[name] ?? 0), 0);
  const count = (name: string): number => api.filter((row) => row[name] !== null).length;
  expect(api).toHaveLength(10_001);
  const [found] = await rows(
    `SELECT count(*)::INT, sum(duration_ms), sum(billed_ms), sum(cost_usd), count(init_ms)::INT, count(cause)::INT,
      count(DISTINCT day)::INT, epoch_ms(max(ended_at))::DOUBLE FROM ${source('out', 'invocations')}`,
  );
  expect(found).toEqual([
    10_001,
    expect.closeTo(sum('durationMs'), 3),
    sum('billedDurationMs'),
    expect.closeTo(sum('costUsd'), 9),
    count('initDurationMs'),
    count('cause'),
    3,
    Math.max(...api.map((row) => Date.parse(String(row['endedAt'])))),
  ]);
  const types = await rows(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source('out', 'invocations')})`,
  );
  expect(Object.fromEntries(types as [string, string][])).toMatchObject({
    ended_at: 'TIMESTAMP WITH TIME ZONE',
    function: 'VARCHAR',
    attempt: 'BIGINT',
    duration_ms: 'DOUBLE',
    user_felt: 'BOOLEAN',
    cost_usd: 'DOUBLE',
    day: 'DATE',
  });
});

test.skipIf(duck === null)('rollups add up to the invocations, by day and function', async () => {
  const byDay = (dataset: string, n: string, failed: string): Promise<unknown[][]> =>
    rows(`SELECT day::VARCHAR, function, sum(${n})::INT, sum(${failed})::INT, round(sum(cost_usd), 9), sum(billed_ms)
      FROM ${source('out', dataset)} GROUP BY ALL ORDER BY ALL`);
  const rollups = await byDay('rollups', 'invocations', 'errors');
  expect(rollups.length).toBeGreaterThanOrEqual(15);
  expect(rollups).toEqual(await byDay('invocations', '1', "(status <> 'success')::INT"));
});

test.skipIf(duck === null)('hostile names survive', async () => {
  expect(
    await rows(`SELECT function, log_stream, status, date_diff('millisecond', started_at, ended_at)::INT
      FROM ${source('out', 'invocations')} WHERE request_id = '00000000-0000-4000-8000-00000000000a'`),
  ).toEqual([[HOSTILE, '2026/11/20/[$LATEST]nul\u0000stream', 'timeout', 5]]);
});

test('a second run writes only what is not settled, and a late event its day', async () => {
  cpSync(join(folder, 'out'), join(folder, 'again'), { recursive: true, preserveTimestamps: true });
  // 22 November ended an hour ago: causes of its cold starts may still change.
  expect(await exported('again')).toMatchObject({ written: ['2026-11-22'], unchanged: 2 });
  clock = NOW + 7 * HOUR_MS;
  expect(await exported('again')).toMatchObject({ written: ['2026-11-22'], unchanged: 2 });
  expect(await exported('again')).toMatchObject({ written: [], unchanged: 3, rows: 0 });
  const untouched = statSync(join(folder, 'again/invocations/day=2026-11-21/part-0.parquet')).mtimeMs;
  await write('00000000-0000-4000-8000-00000000000b', NOW - 2 * DAY_MS - HOUR_MS, 'late');
  expect(await exported('again')).toMatchObject({ written: ['2026-11-20'], unchanged: 2 });
  expect(statSync(join(folder, 'again/invocations/day=2026-11-21/part-0.parquet')).mtimeMs).toBe(untouched);
});

test('an interrupted run leaves complete files alone, and the next one goes on', async () => {
  const stopping = new AbortController();
  let n = 0;
  const onRow = (): void => {
    n += 1;
    if (n === 4500) stopping.abort();
  };
  await expect(exported('cut', { signal: stopping.signal, onRow })).rejects.toThrow();
  const complete = filesOf('cut').filter((path) => path.includes('day='));
  const days = Object.keys(JSON.parse(readFileSync(join(folder, 'cut/_thermocline/manifest.json'), 'utf8')).days);
  expect(days.length).toBeGreaterThan(0);
  expect(days.length).toBeLessThan(3);
  expect(complete.length).toBeGreaterThanOrEqual(2 * days.length);
  const rest = await exported('cut');
  expect(rest.written).toHaveLength(3 - days.length);
  expect(filesOf('cut')).toHaveLength(6);
  expect(existsSync(join(folder, 'cut/_thermocline/part.parquet'))).toBe(false);
});

test('files of invocations that are stored no longer are kept', async () => {
  const before = statSync(join(folder, 'out/invocations/day=2026-11-20/part-0.parquet'));
  await product.store.deleteTelemetry({ functionIds: [1] });
  const found = await exported('out');
  expect(found.kept).toContain('2026-11-20');
  expect(statSync(join(folder, 'out/invocations/day=2026-11-20/part-0.parquet')).mtimeMs).toBe(before.mtimeMs);
});

test('the command on the folder of a server that is stopped', async () => {
  await product.close();
  const { code, stdout } = await runCommand(data, [
    'export',
    'parquet',
    '--to',
    join(folder, 'cli'),
    '--since',
    '2026-11-01',
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Wrote 3 days \(2026-11-20 to 2026-11-22\), /);
  const refused = await runCommand(data, ['export', 'parquet', '--to', 's3://Bucket/prefix']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--to: expected a folder or an address') });
  const nowhere = await runCommand(data, ['export', 'parquet', '--to', '/proc/nowhere/deep']);
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be (ENOENT)') });
});
