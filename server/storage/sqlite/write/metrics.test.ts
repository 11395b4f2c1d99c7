/** Points and printed values are counted once, in whatever order they come, and within the limits of series. */
import { beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import type { TelemetryRecord } from '../../../../ingest/records/telemetry-record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { line, orders, point } from '../../../../test/support/metric-records.ts';
import { REPEATED, STORED, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { BatchWriter } from './batch-writer.ts';
import { deletionSteps } from './deletion.ts';
import { ImportJournal } from './import-journal.ts';
import { undoSteps } from './import-undo.ts';
import { Retention } from './retention.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const NOW = AT + HOUR_MS;

const store = useTelemetryWriter('test');

const buckets = (table: string) =>
  store.rows(`SELECT bucket, count, sum, min, max FROM ${table} ORDER BY series_id, bucket`);
const series = () =>
  store.rows('SELECT source, namespace, name, unit, dimensions, first_ms, last_ms FROM metric_series ORDER BY id');
const drops = () => store.rows('SELECT source, namespace, name, reason, n FROM metric_drop ORDER BY namespace, name');

describe('points of CloudWatch', () => {
  test('each field', () => {
    expect(store.store([point({ percentiles: [[99, 1]] })], NOW)).toEqual(STORED);
    const id = store.functionId('checkout');
    expect(store.rows('SELECT * FROM metric_series')).toMatchObject([
      {
        function_id: id,
        source: 'cloudwatch',
        account: '111122223333',
        region: 'us-east-1',
        namespace: 'AWS/Lambda',
        name: 'Throttles',
        unit: 'Count',
        dimensions: '[["FunctionName","checkout"]]',
        first_ms: AT,
        last_ms: AT,
      },
    ]);
    expect(store.rows('SELECT * FROM metric_point')).toMatchObject([
      {
        function_id: id,
        start_ms: AT,
        period_ms: MINUTE_MS,
        origin: 'stream',
        count: 3,
        sum: 2,
        min: 0,
        max: 1,
        percentiles: '[[99,1]]',
      },
    ]);
  });

  test('sums of five minutes, hours and days', () => {
    store.store(
      [point(), point({ startMs: AT + MINUTE_MS, count: 1, sum: 5, min: 5, max: 5 }), point({ startMs: AT + HOUR_MS })],
      NOW,
    );
    expect(buckets('metric_5m')).toEqual([
      { bucket: AT, count: 4, sum: 7, min: 0, max: 5 },
      { bucket: AT + HOUR_MS, count: 3, sum: 2, min: 0, max: 1 },
    ]);
    expect(buckets('metric_1h')).toEqual(buckets('metric_5m'));
    expect(buckets('metric_1d')).toEqual([
      { bucket: Math.floor(AT / DAY_MS) * DAY_MS, count: 7, sum: 9, min: 0, max: 5 },
    ]);
  });

  test('the newest of a repeated point replaces the others; the same again is a duplicate', () => {
    store.store([point()], NOW);
    expect(store.store([point()], NOW)).toEqual(REPEATED);
    expect(store.store([point({ source: 'pull', count: 2, sum: 1, min: 1, max: 1 })], NOW)).toEqual(STORED);
    for (const table of ['metric_5m', 'metric_1h', 'metric_1d'])
      expect(buckets(table)).toMatchObject([{ count: 2, sum: 1, min: 1, max: 1 }]);
    expect(series()).toHaveLength(1);
  });

  test('a pull, which states no unit, is of the same series', () => {
    store.store([point({ source: 'pull', unit: null })], NOW);
    expect(series()).toMatchObject([{ unit: null }]);
    store.store([point({ startMs: AT + MINUTE_MS })], NOW);
    expect(series()).toMatchObject([{ unit: 'Count', first_ms: AT, last_ms: AT + MINUTE_MS }]);
  });

  test('other namespaces have a series for each unit', () => {
    const own = { namespace: 'Shop', name: 'Latency' };
    store.store([point({ ...own, unit: 'Seconds' }), point({ ...own, unit: 'Milliseconds' })], NOW);
    expect(series().map(({ unit }) => unit)).toEqual(['Seconds', 'Milliseconds']);
    expect(store.rows('SELECT function_id FROM metric_series')).toEqual([{ function_id: 0 }, { function_id: 0 }]);
  });

  test('minutes and an hour over the same time are counted once', () => {
    const minutes = Array.from({ length: 59 }, (_, n) =>
      point({ startMs: AT + n * MINUTE_MS, count: 1, sum: 1, max: 1 }),
    );
    store.store([...minutes, point({ source: 'pull', periodMs: HOUR_MS, count: 60, sum: 60, max: 1 })], NOW);
    expect(buckets('metric_1h')).toEqual([{ bucket: AT, count: 60, sum: 60, min: 0, max: 1 }]);
    store.store([point({ startMs: AT + 59 * MINUTE_MS, count: 1, sum: 2, max: 2 })], NOW);
    expect(buckets('metric_1h')).toEqual([{ bucket: AT, count: 60, sum: 61, min: 0, max: 2 }]);
  });

  test('an unknown least value stays unknown, unless the point has no values', () => {
    store.store([point(), point({ startMs: AT + MINUTE_MS, min: null, count: 1, sum: 9, max: 9 })], NOW);
    expect(buckets('metric_5m')).toEqual([{ bucket: AT, count: 4, sum: 11, min: null, max: 9 }]);
    store.store([point({ startMs: AT + MINUTE_MS, min: null, max: null, count: 0, sum: 0 })], NOW);
    expect(buckets('metric_5m')).toEqual([{ bucket: AT, count: 3, sum: 2, min: 0, max: 1 }]);
  });

  test('what is no number, and periods of more than an hour, are counted as dropped', () => {
    const hostile = [{ sum: Number.NaN }, { max: Number.POSITIVE_INFINITY }, { count: -1 }, { periodMs: 0 }];
    for (const one of hostile) store.store([point(one)], NOW);
    store.store([point({ periodMs: DAY_MS })], NOW);
    expect(buckets('metric_5m')).toEqual([]);
    const named = { source: 'cloudwatch', namespace: 'AWS/Lambda', name: 'Throttles' };
    expect(drops()).toEqual([
      { ...named, reason: 'not-a-number', n: 4 },
      { ...named, reason: 'period-too-long', n: 1 },
    ]);
  });
});

describe('lines of the embedded metric format', () => {
  test('each value once, in a series for each set of dimensions', () => {
    const sets = [[['service', 'shop']], []] as const;
    const given = line(1, {
      metrics: [
        orders(
          [
            [2, 1],
            [4, 3],
          ],
          sets,
        ),
      ],
    });
    expect(store.store([given], NOW)).toEqual(STORED);
    expect(store.store([given], NOW)).toEqual(REPEATED);
    expect(series().map(({ dimensions }) => dimensions)).toEqual(['[["service","shop"]]', '[]']);
    for (const table of ['metric_5m', 'metric_1h', 'metric_1d'])
      expect(buckets(table)).toMatchObject([
        { count: 4, sum: 14, min: 2, max: 4 },
        { count: 4, sum: 14, min: 2, max: 4 },
      ]);
    const [row] = store.rows('SELECT sketch FROM metric_1d');
    const sketch = Sketch.decode(row?.['sketch'] as Uint8Array);
    expect(sketch.count).toBe(4);
    expect(sketch.quantile(0.25)).toBeCloseTo(2, 1);
    expect(sketch.quantile(0.5)).toBeCloseTo(4, 1);
  });

  test('lines of several batches add up', () => {
    store.store([line(1)], NOW);
    store.store([line(2, { atMs: AT + 6 * MINUTE_MS, metrics: [orders([[-3, 1]])] })], NOW);
    expect(buckets('metric_5m')).toEqual([
      { bucket: AT, count: 1, sum: 1, min: 1, max: 1 },
      { bucket: AT + 5 * MINUTE_MS, count: 1, sum: -3, min: -3, max: -3 },
    ]);
    expect(buckets('metric_1h')).toEqual([{ bucket: AT, count: 2, sum: -2, min: -3, max: 1 }]);
  });

  test('values that cannot be added are counted as dropped', () => {
    store.store(
      [
        line(1, {
          metrics: [
            orders([
              [1, 1],
              [Number.NaN, 1],
              [1e308, 100],
              [1, 0.5],
            ]),
          ],
        }),
      ],
      NOW,
    );
    expect(buckets('metric_5m')).toMatchObject([{ count: 1, sum: 1 }]);
    expect(drops()).toMatchObject([{ reason: 'not-a-number', n: 1 }]);
  });

  test('a dimension with the id of the request makes no series', () => {
    const requestId = 'd661f7cf-9208-46b9-85b0-213b04a91065';
    store.store([line(1, { requestId, metrics: [orders([[1, 1]], [[['request', requestId]], []])] })], NOW);
    expect(series()).toMatchObject([{ dimensions: '[]' }]);
    expect(drops()).toEqual([{ source: 'emf', namespace: 'Shop', name: 'Orders', reason: 'request-id', n: 1 }]);
  });
});

test('order and repetition change nothing', () => {
  const records: TelemetryRecord[] = Array.from({ length: 40 }, (_, n) => [
    point({ startMs: AT + n * MINUTE_MS, count: n, sum: 0.1 * n, max: n }),
    line(n, { atMs: AT + n * MINUTE_MS, metrics: [orders([[n, 1]])] }),
  ]).flat();
  const tables = () => ['metric_5m', 'metric_1h', 'metric_1d'].map(buckets);
  store.store(records, NOW);
  const once = tables();
  store.store(records.toReversed(), NOW);
  expect(tables()).toEqual(once);
  store.clear();
  for (const record of [...records.filter((_, n) => n % 3 === 0), ...records.toReversed()]) store.store([record], NOW);
  const byBucket = (rows: readonly (readonly object[])[]) =>
    rows.map((table) => table.map((row) => JSON.stringify(row)).toSorted());
  expect(byBucket(tables())).toEqual(byBucket(once));
});

describe('limits of series', () => {
  let writer: BatchWriter;
  beforeEach(() => {
    writer = new BatchWriter(store.db, 1000, { seriesOfOne: 2, series: 4 });
  });
  const write = (...records: readonly TelemetryRecord[]) => {
    const entry = { account: '111122223333', region: 'us-east-1', logGroup: '/feed', atMs: null, digest: '' };
    const outcome = writer.apply(
      { ...EMPTY_BATCH, records: records.map((record) => ({ ...entry, record })) },
      { kind: 'logs', name: 'test' },
      NOW,
    );
    writer.flush(NOW);
    return outcome;
  };
  const userLine = (n: number, given = {}) =>
    line(n, { metrics: [orders([[1, 1]], [[['user', String(n)]]])], ...given });

  test('of one function: what is not stored is counted, and known series go on', () => {
    write(userLine(1), userLine(2), userLine(3), userLine(4));
    expect(series()).toHaveLength(2);
    expect(drops()).toEqual([{ source: 'emf', namespace: 'Shop', name: 'Orders', reason: 'series-of-function', n: 2 }]);
    // After a restart too.
    writer = new BatchWriter(store.db, 1000, { seriesOfOne: 2, series: 4 });
    write(userLine(5), userLine(1, { identity: 'f'.repeat(32) }));
    expect(drops()).toMatchObject([{ n: 3 }]);
    expect(buckets('metric_1d').map(({ count }) => count)).toEqual([2, 1]);
  });

  test('of one namespace without a function, and in all', () => {
    const unnamed = { functionName: null };
    write(userLine(1, unnamed), userLine(2, unnamed), userLine(3, unnamed), userLine(4), userLine(5));
    expect(drops()).toMatchObject([{ reason: 'series-of-namespace', n: 1 }]);
    write(point());
    expect(drops()).toMatchObject([{ reason: 'series-in-all', namespace: 'AWS/Lambda', n: 1 }, { n: 1 }]);
  });

  test('versions do not crowd out the metrics of the whole function', () => {
    const version = (n: number) =>
      point({
        dimensions: [
          ['FunctionName', 'checkout'],
          ['Resource', `checkout:${n}`],
        ],
      });
    write(version(1), version(2), version(3), point());
    expect(series().map(({ dimensions }) => dimensions)).toEqual([
      '[["FunctionName","checkout"],["Resource","checkout:1"]]',
      '[["FunctionName","checkout"],["Resource","checkout:2"]]',
      '[["FunctionName","checkout"]]',
    ]);
  });

  test('names of any length are cut in the list of what is not stored, which has an end', () => {
    const long = 'x'.repeat(10_000);
    write(line(1, { metrics: [{ ...orders([[1, 1]]), name: long }] }));
    expect(drops()).toMatchObject([{ name: 'x'.repeat(255), reason: 'text-too-long', n: 1 }]);
    write(
      line(2, {
        metrics: Array.from({ length: 1100 }, (_, n) => ({ ...orders([[1, 1]]), name: `m${n}`, unit: long })),
      }),
    );
    expect(drops()).toHaveLength(1001);
    expect(drops()[0]).toEqual({ source: 'emf', namespace: '', name: '', reason: 'text-too-long', n: 101 });
  });
});

test('after a rollback nothing is left in memory', () => {
  const failed = () =>
    store.db.transaction(() => {
      const entry = { account: '', region: '', logGroup: '', atMs: null, digest: '' };
      const records = [point(), line(1)].map((record) => ({ ...entry, record }));
      store.writer.apply({ ...EMPTY_BATCH, records }, { kind: 'logs', name: 'test' }, NOW);
      throw new Error('full');
    })();
  expect(failed).toThrow('full');
  store.writer.reset();
  store.store([point({ name: 'Errors' })], NOW);
  expect(series()).toMatchObject([{ name: 'Errors' }]);
  expect(buckets('metric_5m')).toHaveLength(1);
});

describe('retention', () => {
  const POLICY = { rawMs: DAY_MS, detailMs: 35 * DAY_MS, historyMs: 400 * DAY_MS, quarantineMs: DAY_MS };
  const DAY = Math.floor(AT / DAY_MS) * DAY_MS;
  const settle = (retention: Retention, nowMs: number) => {
    while (retention.step(nowMs));
    store.writer.forget();
  };

  test('deletes points, identities and sums of five minutes first, then the rest', () => {
    store.store([point(), line(1), point({ startMs: AT + DAY_MS })], NOW);
    const retention = new Retention(store.db, POLICY, undefined, undefined, 15 * DAY_MS);
    settle(retention, DAY + 16 * DAY_MS - 1);
    expect(store.rows('SELECT start_ms FROM metric_point')).toHaveLength(2);
    settle(retention, DAY + 16 * DAY_MS + 600_000);
    expect(store.rows('SELECT start_ms FROM metric_point')).toEqual([{ start_ms: AT + DAY_MS }]);
    expect(store.rows('SELECT * FROM metric_event')).toEqual([]);
    expect(buckets('metric_5m')).toMatchObject([{ bucket: AT + DAY_MS }]);
    expect(buckets('metric_1h')).toHaveLength(3);
    // What could be counted twice is not counted.
    const late = store.store([line(1), point({ sum: 9 })], DAY + 17 * DAY_MS);
    expect(late).toMatchObject({ accepted: 0, duplicates: 0, ignored: 2, expired: 2 });
    expect(buckets('metric_1h')).toHaveLength(3);
    settle(retention, DAY + 401 * DAY_MS + 1_200_000);
    expect(buckets('metric_1h')).toMatchObject([{ bucket: AT + DAY_MS }]);
    expect(buckets('metric_1d')).toHaveLength(1);
    expect(series()).toMatchObject([{ name: 'Throttles' }]);
    settle(retention, DAY + 402 * DAY_MS + 1_800_000);
    expect(series()).toEqual([]);
  });

  test('deletes many rows in slices', () => {
    const points = Array.from({ length: 1440 }, (_, n) => point({ startMs: DAY + n * MINUTE_MS }));
    const names = ['Throttles', 'Errors', 'Invocations', 'Duration'];
    for (const name of names)
      store.store(
        points.map((one) => ({ ...one, name })),
        NOW,
      );
    const retention = new Retention(store.db, POLICY, undefined, undefined, 15 * DAY_MS);
    retention.step(DAY + 17 * DAY_MS);
    expect(store.rows('SELECT count(*) AS n FROM metric_point')).toEqual([{ n: 5760 - 4000 }]);
    settle(retention, DAY + 17 * DAY_MS);
    expect(store.rows('SELECT count(*) AS n FROM metric_point')).toEqual([{ n: 0 }]);
    expect(buckets('metric_1h')).toHaveLength(4 * 24);
  });
});

test('an account is deleted with its metrics of no function', () => {
  const unnamed = { dimensions: [] };
  store.store([point(), point(unnamed), point({ ...unnamed, account: '999988887777' })], NOW);
  const caches = { merged: () => undefined, forget: () => store.writer.forget() };
  for (const _ of deletionSteps(store.db, { account: '111122223333' }, caches));
  expect(store.rows('SELECT account FROM metric_series')).toEqual([{ account: '999988887777' }]);
  for (const table of ['metric_point', 'metric_5m', 'metric_1h', 'metric_1d'])
    expect(store.rows(`SELECT * FROM ${table}`)).toHaveLength(1);
});

test('an undone import takes its metrics along, and nothing that came another way', () => {
  const journal = new ImportJournal(store.db);
  const entry = { account: '111122223333', region: 'us-east-1', logGroup: '/feed', atMs: null, digest: '' };
  const deliver = (source: BatchSource, ...records: readonly TelemetryRecord[]) => {
    const batch = { ...EMPTY_BATCH, records: records.map((record) => ({ ...entry, record })) };
    const isConcerned = journal.concerns(batch, source);
    if (isConcerned) journal.before(batch, source, NOW);
    const outcome = store.apply(batch, NOW, source);
    if (isConcerned) journal.after(batch, source, outcome, NOW);
  };
  const logs: BatchSource = { kind: 'logs', name: 'test' };
  const tables = () =>
    ['metric_5m', 'metric_1h', 'metric_1d']
      .map(buckets)
      .concat([store.rows('SELECT name FROM metric_series ORDER BY name')]);
  deliver(logs, point(), line(1));
  deliver({ kind: 'import', name: 'a.json', importId: 'i' }, point({ sum: 9 }), line(2), point({ name: 'Errors' }));
  expect(buckets('metric_1d')).toMatchObject([{ sum: 9 }, { sum: 2 }, { sum: 2 }]);
  // The point comes again by a stream: it is not the import's alone.
  deliver(logs, point({ sum: 4 }), line(3));
  const steps = undoSteps(store.db, store.writer, journal, 'i', NOW);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  expect(step.value).toBe('undone');
  const undone = tables();
  store.clear();
  store.store([point(), line(1), point({ sum: 4 }), line(3)], NOW);
  expect(undone).toEqual(tables());
});
