/** Results from summed rollup buckets. Sums were worked out by hand. */
import { expect, test } from 'vitest';
import { RollupBucket } from './bucket.ts';
import { distributionOf } from './results.ts';

const invocation = {
  ...{ environmentId: 1, runMs: 9, durationUs: 0, billedMs: 9, maxMemoryMb: 90, status: 0 },
  ...{ cold: null, userFelt: null, initUs: null, restoreUs: null, hiddenInitUs: null },
};

test('blocks that pass through one bucket are summed, and keep their own values', () => {
  const bucket = new RollupBucket();
  function* blocks() {
    bucket.add({ ...invocation, cold: 0, userFelt: 1, initUs: 0, hiddenInitUs: 1000 }, 1);
    bucket.add(invocation, 1);
    yield [0, bucket] as const;
    bucket.clear();
    bucket.add(invocation, 1);
    yield [10, bucket] as const;
  }
  const found = distributionOf([], blocks(), { fromMs: 0, toMs: 20, widthMs: 10 }, 10);
  // A value of 1 ms is in the bin up to 1.
  expect(found).toMatchObject({
    counts: { n: 3, billed_ms: 27, user_felt: 1 },
    durationMs: [[0, 3]],
    initMs: [[1, 1]],
  });
  expect(found.blocks).toMatchObject([
    { fromMs: 0, counts: { n: 2, billed_ms: 18, user_felt: 1 }, durationMs: [[0, 2]], initMs: [[1, 1]] },
    { fromMs: 10, counts: { n: 1, billed_ms: 9, user_felt: 0 }, durationMs: [[0, 1]], initMs: [] },
  ]);
  bucket.clear();
  expect(bucket.maxMemoryMb).toBe(null);
});
