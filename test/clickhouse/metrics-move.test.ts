/** Metrics answer the same after they have moved from SQLite, also those whose points and lines retention has deleted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { MetricPointsQuery } from '../../server/storage/ports.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { batchOfRecords } from '../support/fleet-documents.ts';
import { line, orders, point } from '../support/metric-records.ts';
import { moved } from '../support/moves.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const PLACE = { account: '111122223333', region: 'us-east-1' };
const now = () => AT + HOUR_MS;

/** More lines of one time than are moved at once. */
const MANY = Array.from({ length: 5001 }, (_, n) =>
  line(1000 + n, { atMs: AT + 30 * MINUTE_MS, metrics: [{ ...orders([[1, 1]]), name: 'Many' }] }),
);

let engine: TestClickHouse;
let sqlite: TestProduct;
let clickhouse: TestProduct;
beforeAll(async () => {
  engine = await startClickHouse();
  sqlite = await startProduct({ now });
  const records = Array.from({ length: 9 }, (_, n) => [
    point({ startMs: AT + n * MINUTE_MS, count: 2, sum: n, max: n }),
    point({ startMs: AT + n * MINUTE_MS, namespace: 'Shop', dimensions: [], sum: n }),
    line(n, { atMs: AT + n * MINUTE_MS, metrics: [orders([[n, 2]])] }),
  ]).flat();
  await sqlite.store.write(batchOfRecords([...records, ...MANY], PLACE), { kind: 'firehose', name: 'metrics' });
  await moved(sqlite.folder, engine, now);
  clickhouse = await startProduct({ now, environment: engine.settings });
});
afterAll(async () => {
  await sqlite.close();
  await clickhouse.close();
  await engine.close();
  removeFolder(sqlite.folder);
  removeFolder(clickhouse.folder);
});

const QUERY: MetricPointsQuery = {
  fromMs: AT,
  toMs: AT + HOUR_MS,
  namespace: 'AWS/Lambda',
  names: ['Throttles', 'Orders'],
  owners: [],
  dimensions: [],
  groupBy: ['function'],
  widthMs: 300_000,
  quantiles: [],
  limit: 10,
};

const answers = async ({ store }: TestProduct) => {
  const points = await store.read.metricPoints(QUERY);
  const own = await store.read.metricPoints({ ...QUERY, namespace: 'Shop', quantiles: [0.5, 0.9] });
  const { series } = await store.read.metricSeries({ limit: 100 });
  return { points, own, series: series.map(({ identity, ...one }) => ({ ...one, name: identity?.name ?? null })) };
};

test('answers are equal, and stay so when the same is moved again', async () => {
  const before = await answers(sqlite);
  // 0 + 1 + … + 8, and twice that.
  expect(before.points.metrics[0]?.groups[0]?.total).toMatchObject({ count: 18, sum: 36, max: 8 });
  expect(before.own.metrics.map(({ groups }) => groups[0]?.total.sum)).toEqual([36, 72]);
  expect(await answers(clickhouse)).toEqual(before);
  await moved(sqlite.folder, engine, now);
  expect(await answers(clickhouse)).toEqual(before);
});

test('a point that was replaced since is moved again', async () => {
  const newer = batchOfRecords([point({ startMs: AT, count: 2, sum: 5, max: 5 })], PLACE);
  for (const { store } of [sqlite, clickhouse]) await store.write(newer, { kind: 'firehose', name: 'metrics' });
  await moved(sqlite.folder, engine, now);
  expect(await answers(clickhouse)).toEqual(await answers(sqlite));
  const later = { ...QUERY, fromMs: AT + DAY_MS, toMs: AT + DAY_MS + HOUR_MS };
  expect((await clickhouse.store.read.metricPoints(later)).metrics[0]?.groups).toEqual([]);
});

test('a line that was moved adds nothing when it is delivered again; a new one counts', async () => {
  const before = await answers(clickhouse);
  const write = (...records: Parameters<typeof batchOfRecords>[0]) =>
    clickhouse.store.write(batchOfRecords(records, PLACE), { kind: 'firehose', name: 'metrics' });
  await write(
    ...Array.from({ length: 9 }, (_, n) => line(n, { atMs: AT + n * MINUTE_MS, metrics: [orders([[n, 2]])] })),
  );
  expect((await answers(clickhouse)).own).toEqual(before.own);
  await write(line(9, { atMs: AT + 9 * MINUTE_MS, metrics: [orders([[9, 2]])] }));
  // Twice 0 + 1 + … + 9.
  expect((await answers(clickhouse)).own.metrics[1]?.groups[0]?.total.sum).toBe(90);
  await write(...MANY);
  const many = await clickhouse.store.read.metricPoints({ ...QUERY, namespace: 'Shop', names: ['Many'] });
  expect(many.metrics[0]?.groups[0]?.total.sum).toBe(5001);
  // A line of the same time and another identity, and the same identity at another time, are other lines.
  await write(
    line(77, { atMs: AT, metrics: [orders([[1, 1]])] }),
    line(0, { atMs: AT + 1, metrics: [orders([[1, 1]])] }),
  );
  expect((await answers(clickhouse)).own.metrics[1]?.groups[0]?.total.sum).toBe(92);
});
