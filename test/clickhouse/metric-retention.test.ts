/** Hours take the place of points and lines of metrics on ClickHouse as on SQLite: with the same answers, whenever a step is interrupted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { connect } from '../../server/storage/clickhouse/connection.ts';
import { retainMetrics } from '../../server/storage/clickhouse/metric-retention.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import type { MetricPointsQuery } from '../../server/storage/ports.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { batchOfRecords } from '../support/fleet-documents.ts';
import { line, orders, point } from '../support/metric-records.ts';
import { moved } from '../support/moves.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const DAY = Date.UTC(2026, 10, 2);
const AT = DAY + 10 * HOUR_MS;
const PLACE = { account: '111122223333', region: 'us-east-1' };
const KEPT = { THERMOCLINE_METRIC_RETENTION_DAYS: '2' };
const OTHER = { dimensions: [['FunctionName', 'orders']] } as const;

/** Two days that expire. The sums by hand are in {@link EXPECTED}. */
const OLD: readonly TelemetryRecord[] = [
  // 0 + 1 + … + 8.
  ...Array.from({ length: 9 }, (_, n) => point({ startMs: AT + n * MINUTE_MS, count: 2, sum: n, max: n })),
  // The pulled hour covers more than its two minutes: 50.
  point({ startMs: AT + 2 * HOUR_MS, sum: 7 }),
  point({ startMs: AT + 2 * HOUR_MS + MINUTE_MS, sum: 7 }),
  point({ startMs: AT + 2 * HOUR_MS, periodMs: HOUR_MS, source: 'pull', count: 5, sum: 50, min: null, max: 20 }),
  // The last minute of the day, and the first of the next.
  point({ startMs: DAY + DAY_MS - MINUTE_MS, sum: 300, max: 300 }),
  point({ startMs: DAY + DAY_MS, sum: 1000, max: 1000 }),
  point({ ...OTHER, startMs: AT, sum: 4, max: 4 }),
  point({ startMs: AT, namespace: 'Shop', dimensions: [], sum: 11 }),
  ...Array.from({ length: 10 }, (_, n) => line(n, { atMs: AT + n * MINUTE_MS, metrics: [orders([[n + 1, 2]])] })),
  line(20, { atMs: DAY + DAY_MS - 1, metrics: [orders([[100, 1]])] }),
  line(21, { atMs: DAY + DAY_MS, metrics: [orders([[200, 1]])] }),
];
const RECENT: readonly TelemetryRecord[] = [
  point({ startMs: AT + 4 * DAY_MS, sum: 6, max: 6 }),
  line(30, { atMs: AT + 4 * DAY_MS, metrics: [orders([[5, 1]])] }),
];
const EXPECTED = {
  throttles: { count: 9 * 2 + 5 + 3 + 3, sum: 36 + 50 + 300 + 1000, min: null, max: 1000 },
  // 2 (1 + … + 10) + 100 + 200.
  orders: { count: 22, sum: 410, min: 1, max: 200 },
};

const WHOLE: MetricPointsQuery = {
  fromMs: DAY,
  toMs: DAY + 2 * DAY_MS,
  namespace: 'AWS/Lambda',
  names: ['Throttles'],
  owners: [],
  dimensions: [],
  groupBy: ['function'],
  widthMs: null,
  quantiles: [],
  limit: 10,
};
const QUERIES: readonly MetricPointsQuery[] = [
  WHOLE,
  { ...WHOLE, widthMs: 5 * MINUTE_MS },
  { ...WHOLE, fromMs: AT, toMs: AT + 3 * HOUR_MS, widthMs: HOUR_MS },
  { ...WHOLE, toMs: DAY + 5 * DAY_MS, widthMs: DAY_MS },
  { ...WHOLE, fromMs: AT + 4 * DAY_MS, toMs: AT + 4 * DAY_MS + HOUR_MS, widthMs: 5 * MINUTE_MS },
  { ...WHOLE, namespace: 'Shop', names: ['Throttles', 'Orders'], groupBy: [], quantiles: [0.5, 0.9], widthMs: HOUR_MS },
];

const answers = async ({ store }: TestProduct) => {
  const points = [];
  for (const query of QUERIES) points.push(await store.read.metricPoints(query));
  const { series } = await store.read.metricSeries({ limit: 100 });
  return { points, series: series.map(({ identity, ...one }) => ({ ...one, name: identity?.name ?? null })) };
};
const write = ({ store }: TestProduct, records: readonly TelemetryRecord[]) =>
  store.write(batchOfRecords(records, PLACE), { kind: 'firehose', name: 'metrics' });
const widthOf = async ({ store }: TestProduct) =>
  (await store.read.metricPoints({ ...WHOLE, widthMs: 1 })).range.widthMs;

/** Fills the product, and lets two days expire on SQLite. */
async function fill(product: TestProduct, clock: { ms: number }): Promise<void> {
  clock.ms = AT + HOUR_MS;
  await write(product, OLD);
  clock.ms = AT + 4 * DAY_MS + HOUR_MS;
  await write(product, RECENT);
}

const clock = { ms: AT };
const now = () => clock.ms;
let engine: TestClickHouse;
let sqlite: TestProduct;
let clickhouse: TestProduct;
beforeAll(async () => {
  engine = await startClickHouse();
  sqlite = await startProduct({ now, environment: KEPT });
  clickhouse = await startProduct({ now, environment: { ...engine.settings, ...KEPT } });
  await fill(clickhouse, clock);
  await fill(sqlite, clock);
});
afterAll(async () => {
  await sqlite.close();
  await clickhouse.close();
  await engine.close();
  removeFolder(sqlite.folder);
  removeFolder(clickhouse.folder);
});

/** A round of the server, some minutes after the one before. */
async function round(): Promise<void> {
  clock.ms += 6 * MINUTE_MS;
  await clickhouse.store.attribution.classifyPending();
}

const rowsOf = async () => {
  const before = `< ${DAY + 2 * DAY_MS}`;
  const [row] = await engine.rows<Record<string, string | number>>(
    `SELECT (SELECT count() FROM metric_point WHERE start_ms ${before}) AS points, (SELECT count() FROM metric_value WHERE at_ms ${before}) AS
       lines, (SELECT count() FROM metric_hour FINAL) AS hours, (SELECT count() FROM metric_point) AS all`,
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, n]) => [name, Number(n)]));
};

test('answers are those of SQLite at each step, and the sums are those of the points', async () => {
  await expect.poll(() => widthOf(sqlite)).toBe(HOUR_MS);
  expect(await widthOf(clickhouse)).toBe(5 * MINUTE_MS);
  const expected = await answers(sqlite);
  const [whole, , , , , own] = expected.points;
  expect(whole?.metrics[0]?.groups[0]?.total).toMatchObject(EXPECTED.throttles);
  expect(own?.metrics[1]?.groups[0]?.total).toMatchObject(EXPECTED.orders);
  await round();
  expect(await widthOf(clickhouse)).toBe(HOUR_MS);
  expect(await answers(clickhouse)).toEqual(expected);
  expect(await rowsOf()).toMatchObject({ points: 16, lines: 12, hours: 0 });
  await round();
  // Throttles of checkout: 10, 12, 23 and 0 o'clock; of orders 10; of Shop 10; Orders 10, 23 and 0.
  expect(await rowsOf()).toMatchObject({ points: 16, lines: 12, hours: 9 });
  expect(await answers(clickhouse)).toEqual(expected);
  await round();
  expect(await rowsOf()).toEqual({ points: 0, lines: 0, hours: 9, all: 1 });
  expect(await answers(clickhouse)).toEqual(expected);
  await round();
  expect(await rowsOf()).toEqual({ points: 0, lines: 0, hours: 9, all: 1 });
});

test('what comes late to such a day is refused with the reason, as on SQLite; other days take it', async () => {
  const before = await answers(sqlite);
  const late = [
    point({ startMs: AT + 30 * MINUTE_MS, sum: 5 }),
    line(3, { atMs: AT + 3 * MINUTE_MS, metrics: [orders([[4, 2]])] }),
    line(77, { atMs: AT + DAY_MS, metrics: [orders([[4, 2]])] }),
  ];
  const outcome = await write(clickhouse, late);
  expect(outcome).toMatchObject({ accepted: 0, ignored: 3, ignoredReasons: { 'day-expired': 3 }, expired: 3 });
  expect(await write(sqlite, late)).toEqual(outcome);
  expect(await answers(clickhouse)).toEqual(before);
  const kept = [
    point({ startMs: AT + 2 * DAY_MS, sum: 40, max: 40 }),
    point({ ...OTHER, startMs: AT + DAY_MS, sum: 80 }),
  ];
  for (const product of [sqlite, clickhouse])
    expect(await write(product, kept)).toMatchObject({ ignored: 0, accepted: 2 });
  const after = await answers(sqlite);
  expect(after).not.toEqual(before);
  expect(await answers(clickhouse)).toEqual(after);
});

test('a function that is deleted leaves no hours, and its days take points again', async () => {
  for (const { store } of [sqlite, clickhouse]) {
    const [one] = await store.read.resolveFunction({ ...PLACE, name: 'checkout' });
    await store.deleteTelemetry({ functionIds: [one?.functionId ?? 0] });
  }
  const [row] = await engine.rows<{ n: string }>(
    `SELECT count() AS n FROM metric_hour WHERE (function_id, series_id) IN (SELECT function_id, series_id FROM metric_series WHERE name = 'Orders')`,
  );
  expect(Number(row?.n)).toBe(0);
  const again = [point({ startMs: AT, sum: 9, max: 9 })];
  for (const product of [sqlite, clickhouse]) expect(await write(product, again)).toMatchObject({ ignored: 0 });
  expect((await clickhouse.store.read.metricPoints(WHOLE)).metrics).toEqual(
    (await sqlite.store.read.metricPoints(WHOLE)).metrics,
  );
});

/** Kills the engine before or after one of its statements. */
class KilledClient extends ClickHouseQueryClient {
  readonly #kill: () => Promise<void>;
  readonly #isAfter: boolean;
  #left: number;

  constructor(kill: () => Promise<void>, engineOf: TestClickHouse, left: number, isAfter: boolean) {
    super(connect(engineOf.options), engineOf.options);
    this.#kill = kill;
    this.#left = left;
    this.#isAfter = isAfter;
  }

  override run(...given: Parameters<ClickHouseQueryClient['run']>): Promise<void> {
    return this.#step(() => super.run(...given));
  }

  override insert(...given: Parameters<ClickHouseQueryClient['insert']>): Promise<void> {
    return this.#step(() => super.insert(...given));
  }

  async #step(work: () => Promise<void>): Promise<void> {
    const isLast = this.#left === 0;
    this.#left -= 1;
    if (!isLast || this.#isAfter) await work();
    if (!isLast) return;
    await this.#kill();
    throw new Error('killed');
  }
}

describe('interrupted', () => {
  const time = { ms: AT };
  let other: TestClickHouse;
  let product: TestProduct;
  beforeAll(async () => {
    other = await startClickHouse();
    product = await startProduct({ now: () => time.ms, environment: { ...other.settings, ...KEPT } });
    await fill(product, time);
  });
  afterAll(async () => {
    await product.close();
    await other.close();
    removeFolder(product.folder);
  });

  test('at any statement, by a kill of ClickHouse, it comes to the same', async () => {
    const totals = async () => {
      const whole = await product.store.read.metricPoints(WHOLE);
      const own = await product.store.read.metricPoints({ ...WHOLE, namespace: 'Shop', names: ['Orders'] });
      return [whole, own].map(
        ({ metrics }) => metrics[0]?.groups.find(({ group }) => group[0]?.endsWith('checkout') ?? false)?.total,
      );
    };
    let kills = 0;
    for (let rounds = 0; rounds < 3; rounds += 1) {
      time.ms += 6 * MINUTE_MS;
      for (let left = 0, isDone = false; !isDone; left += 1) {
        const client = new KilledClient(() => other.restart(), other, left, left % 2 === 0);
        const options = { cluster: { cluster: null }, nowMs: time.ms, keptMs: 2 * DAY_MS };
        isDone = await retainMetrics(client, options).then(
          () => true,
          () => false,
        );
        await client.raw.close();
        if (!isDone) kills += 1;
        expect(await totals()).toMatchObject([EXPECTED.throttles, EXPECTED.orders]);
      }
    }
    expect(kills).toBeGreaterThan(8);
    const [row] = await other.rows<{ n: string }>(
      `SELECT count() AS n FROM metric_point WHERE start_ms < ${DAY + 2 * DAY_MS}`,
    );
    expect(Number(row?.n)).toBe(0);
  }, 600_000);
});

test('a move brings the hours of days that have expired, and that they take no more', async () => {
  const time = { ms: AT };
  const source = await startProduct({ now: () => time.ms, environment: KEPT });
  await fill(source, time);
  await expect.poll(() => widthOf(source)).toBe(HOUR_MS);
  const expected = await answers(source);
  const other = await startClickHouse();
  for (const _ of [1, 2]) await moved(source.folder, other, () => time.ms);
  const target = await startProduct({ now: () => time.ms, environment: { ...other.settings, ...KEPT } });
  expect(await answers(target)).toEqual(expected);
  const late = [line(3, { atMs: AT + 3 * MINUTE_MS, metrics: [orders([[4, 2]])] })];
  expect(await write(target, late)).toMatchObject({ accepted: 0, expired: 1 });
  const client = new ClickHouseQueryClient(other.client, other.options);
  // The move noted the days by ClickHouse's clock.
  const [clockOfEngine] = await other.rows<{ ms: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS ms');
  for (const minutes of [6, 12]) {
    const nowMs = Number(clockOfEngine?.ms) + minutes * MINUTE_MS;
    await retainMetrics(client, { cluster: { cluster: null }, nowMs, keptMs: 4000 * DAY_MS });
    expect(await answers(target)).toEqual(expected);
  }
  const [row] = await other.rows<{ n: string }>(
    `SELECT count() AS n FROM metric_value WHERE at_ms < ${DAY + 2 * DAY_MS}`,
  );
  expect(Number(row?.n)).toBe(0);
  // What is moved once more takes the place of the hours.
  await moved(source.folder, other, () => time.ms);
  expect(await answers(target)).toEqual(expected);
  await target.close();
  await source.close();
  await other.close();
  removeFolder(target.folder);
  removeFolder(source.folder);
});
