/** Values by block of time. Sums were worked out by hand. */
import { expect, test } from 'vitest';
import { ZERO_BIN } from '../../analytics/sketch/sketch.ts';
import { RollupBucket } from './bucket.ts';
import { DistributionBuilder } from './distribution.ts';

const invocation = {
  ...{ environmentId: 1, runMs: 9, durationUs: 0, billedMs: 9, maxMemoryMb: 90, status: 0 },
  ...{ cold: null, userFelt: null, initUs: null, restoreUs: null, hiddenInitUs: null },
};

test('blocks that pass through one bucket are summed, and keep their own values', () => {
  const bucket = new RollupBucket();
  const building = new DistributionBuilder();
  bucket.add({ ...invocation, cold: 0, userFelt: 1, initUs: 0, hiddenInitUs: 1000 }, 1);
  bucket.add(invocation, 1);
  building.add(0, bucket);
  bucket.clear();
  bucket.add(invocation, 1);
  building.add(10, bucket);
  const found = building.result([], { fromMs: 0, toMs: 20, widthMs: 10 }, 10);
  // A value of 1 ms is in bin 0, which ends at 1.
  expect(found).toMatchObject({
    counts: { n: 3, billed_ms: 27, user_felt: 1 },
    durationMs: [[0, 3]],
    initMs: [[1, 1]],
  });
  expect(found.blocks).toMatchObject([
    {
      fromMs: 0,
      counts: { n: 2, billed_ms: 18, user_felt: 1 },
      ...{ durationMs: { bins: [ZERO_BIN], counts: [2] }, initMs: { bins: [0], counts: [1] } },
    },
    {
      fromMs: 10,
      counts: { n: 1, billed_ms: 9, user_felt: 0 },
      ...{ durationMs: { bins: [ZERO_BIN], counts: [1] }, initMs: { bins: [], counts: [] } },
    },
  ]);
  bucket.clear();
  expect(bucket.maxMemoryMb).toBe(null);
});
