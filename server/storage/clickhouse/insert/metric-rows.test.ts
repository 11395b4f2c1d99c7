/** Rows of metrics for ClickHouse: one for each point and line, within the limits of series that are stored there. */
import { expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { TelemetryRecord } from '../../../../ingest/records/telemetry-record.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { line, orders, point } from '../../../../test/support/metric-records.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import type { Rows } from './fact-table.ts';
import { MetricRows } from './metric-rows.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const LIMITS = { seriesOfOne: 2, series: 4 };

/** A server that holds these series, and counts how often it is asked. */
function serverWith(...series: readonly { readonly functionId: number; readonly seriesId: number }[]) {
  const server = {
    asked: 0,
    all: async () => {
      server.asked += 1;
      return series.map((one) => ({ ...one, namespace: 'Shop' }));
    },
  };
  return server;
}

const rowsOf = (server: ReturnType<typeof serverWith>, limits = LIMITS) =>
  new MetricRows(server as unknown as ClickHouseQueryClient, limits);

const batchOf = (...records: readonly TelemetryRecord[]) => {
  const entry = { account: '111122223333', region: 'us-east-1', logGroup: '/feed', atMs: null, digest: '' };
  return { ...EMPTY_BATCH, records: records.map((record) => ({ ...entry, record })) };
};

/** Values of a column of a table. */
const valuesOf = (tables: readonly Rows[], table: string, column: string) =>
  tables
    .filter((one) => one.table === table)
    .flatMap(({ columns, rows }) => rows.map((row) => row[columns.indexOf(column)]));

const userLine = (n: number) => line(n, { atMs: AT, metrics: [orders([[n, 2]], [[['user', `u${n}`]]])] });

test('a point once for a batch, of which the last counts, and a row for each set of dimensions of a line', async () => {
  const { facts, drops } = await rowsOf(serverWith(), { ...LIMITS, seriesOfOne: 3 }).of(
    batchOf(
      point({ sum: 1 }),
      point({ sum: 2 }),
      line(1, { atMs: AT, metrics: [orders([[3, 2]], [[], [['a', 'b']]])] }),
    ),
    AT,
    null,
  );
  expect(valuesOf(facts, 'metric_point', 'sum')).toEqual([2]);
  expect(valuesOf(facts, 'metric_value', 'sum')).toEqual([6, 6]);
  expect(valuesOf(facts, 'metric_value', 'count')).toEqual([2, 2]);
  expect(valuesOf(facts, 'metric_series', 'dimensions')).toEqual([
    '[["FunctionName","checkout"]]',
    '[]',
    '[["a","b"]]',
  ]);
  expect(drops).toEqual([]);
});

test('series beyond the limit are counted; those that are known go on', async () => {
  const server = serverWith();
  const rows = rowsOf(server);
  const first = await rows.of(batchOf(userLine(1), userLine(2), userLine(3)), AT, null);
  expect(valuesOf(first.facts, 'metric_value', 'sum')).toEqual([2, 4]);
  expect(valuesOf(first.drops, 'metric_drop', 'reason')).toEqual(['series-of-function']);
  const next = await rows.of(batchOf(userLine(2), userLine(4)), AT + MINUTE_MS, null);
  expect(valuesOf(next.facts, 'metric_value', 'sum')).toEqual([4]);
  expect(server.asked).toBe(1);
  await rows.of(batchOf(userLine(1)), AT + HOUR_MS, null);
  expect(server.asked).toBe(2);
});

test('series that other processes stored count', async () => {
  const others = [1, 2, 3, 4].map((seriesId) => ({ functionId: 7, seriesId }));
  const { facts, drops } = await rowsOf(serverWith(...others)).of(batchOf(userLine(1)), AT, null);
  expect(valuesOf(facts, 'metric_value', 'sum')).toEqual([]);
  expect(valuesOf(drops, 'metric_drop', 'reason')).toEqual(['series-in-all']);
});

test('a batch without metrics asks nothing', async () => {
  const server = serverWith();
  expect(await rowsOf(server).of(EMPTY_BATCH, AT, null)).toEqual({ facts: [], drops: [] });
  expect(server.asked).toBe(0);
});

test('an import marks the rows of functions, which an undo deletes, and no others', async () => {
  const { facts } = await rowsOf(serverWith()).of(batchOf(point(), point({ dimensions: [] })), AT, 5);
  const points = facts.filter(({ table }) => table === 'metric_point');
  expect(points.map(({ columns, rows }) => [columns.includes('import_id'), rows.length])).toEqual([
    [true, 1],
    [false, 1],
  ]);
});

test('of two batches of one millisecond the second has the greater version, whatever the clock does', async () => {
  const rows = rowsOf(serverWith());
  const versions: unknown[] = [];
  for (const nowMs of [AT, AT, AT, AT + 1, AT + HOUR_MS, AT]) {
    const { facts } = await rows.of(batchOf(point()), nowMs, null);
    versions.push(...valuesOf(facts, 'metric_point', 'stored_ms').map((ms) => Number(ms) - AT));
  }
  expect(versions).toEqual([0, 1, 2, 3, HOUR_MS, 0]);
});
