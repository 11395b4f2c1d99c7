/** The cost model against figures calculated by hand. */
import { expect, test } from 'vitest';
import { planOf } from './cost.ts';

const MEASURED = {
  ingesterUs: 14,
  classifyUs: 30,
  engineIngestUs: 10,
  engineClassifyUs: 40,
  bytes: 30,
  lineBytes: 80,
};

test('a billion invocations a day match the figures calculated by hand', () => {
  const plan = planOf(1e9, MEASURED);
  // 3 × 10⁹ / 86,400 s.
  expect(plan.peakPerSecond).toBeCloseTo(34_722, 0);
  expect(plan.ingesterCores).toBeCloseTo(0.486, 3);
  expect(plan.attributionCores).toBeCloseTo(1.042, 3);
  expect(plan.engineCores).toBeCloseTo(1.736, 3);
  // 35 days of 30 GB and 7 days of 80 GB.
  expect(plan.rowsGb).toBe(1050);
  expect(plan.linesGb).toBe(560);
  // 30 × 345 GB at $0.50.
  expect(plan.cloudWatch).toBeCloseTo(5175, 6);
  // 2.4 TB, or 153.6 TB if each invocation fills a separate record.
  expect(plan.firehose[0]).toBeCloseTo(69.6, 6);
  expect(plan.firehose[1]).toBeCloseTo(4454.4, 6);
  expect(plan).toMatchObject({ ingesters: 1, attributionWorkers: 3, shards: 1 });
  expect(plan.onClickHouse).toMatchObject({ of: 'attribution worker' });
  expect(plan.onSqlite).toMatchObject({ of: 'size of the one database file' });
  expect(plan.onSqlite.share).toBeGreaterThan(10);
});

test('every figure grows with the load and stays at one or more', () => {
  const [few, many] = [planOf(1e6, MEASURED), planOf(1e10, MEASURED)];
  expect(few).toMatchObject({ ingesters: 1, attributionWorkers: 1, shards: 1 });
  expect(few.onSqlite.share).toBeLessThan(0.1);
  for (const name of [
    'ingesterCores',
    'attributionCores',
    'engineCores',
    'rowsGb',
    'linesGb',
    'sqliteGb',
    'cloudWatch',
  ] as const)
    expect(many[name] / few[name]).toBeCloseTo(1e4, 3);
  // 16.1 TB on disks of 2 TB.
  expect(many.shards).toBe(9);
});

test('wide rows need shards for disk space, expensive rows need shards for CPU', () => {
  expect(planOf(1e9, { ...MEASURED, bytes: 200 }).onClickHouse.of).toBe("a shard's disk");
  const dear = planOf(1e9, { ...MEASURED, classifyUs: 1, engineClassifyUs: 400 });
  expect(dear.onClickHouse.of).toBe("a shard's CPU");
  expect(dear.shards).toBe(4);
});
