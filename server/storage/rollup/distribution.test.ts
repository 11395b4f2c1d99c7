/** Values by block of time. Sums were worked out by hand. */
import { expect, test } from 'vitest';
import { binsIn } from '../../analytics/sketch/columns.ts';
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
    { atMs: 0, n: 2, errors: 0, coldStarts: 1, billedMs: 18 },
    { atMs: 10, n: 1, errors: 0, coldStarts: 0, billedMs: 9 },
  ]);
  expect(found.blocks.map(({ durationMs }) => binsIn(durationMs))).toEqual([[[ZERO_BIN, 2]], [[ZERO_BIN, 1]]]);
  expect(found.blocks.map(({ initMs }) => binsIn(initMs))).toEqual([[[0, 1]], []]);
  bucket.clear();
  expect(bucket.maxMemoryMb).toBe(null);
});

test('encoded sketches are those of their block, wherever they are in the bytes', () => {
  const [bucket, other] = [new RollupBucket(), new RollupBucket()];
  bucket.add({ ...invocation, status: 1, cold: 0, userFelt: 1, initUs: 1000 }, 1);
  other.add({ ...invocation, durationUs: 1000 }, 1);
  const [durations, inits] = [bucket.duration.encode(), bucket.coldOf('on-demand').init.encode()];
  const bytes = Uint8Array.of(9, ...durations, ...inits, 9);
  const middle = 1 + durations.length;
  const building = new DistributionBuilder();
  building.addEncoded(0, bucket.counts, bytes, [1, middle], [middle, bytes.length - 1]);
  building.add(10, other);
  const found = building.result([], { fromMs: 0, toMs: 20, widthMs: 10 }, 10);
  expect(found.blocks).toMatchObject([
    { atMs: 0, n: 1, errors: 1, coldStarts: 1, billedMs: 9 },
    { atMs: 10, n: 1, errors: 0, coldStarts: 0, billedMs: 9 },
  ]);
  // 0 and 1 ms, which is the end of bin 0.
  expect(found).toMatchObject({
    durationMs: [
      [0, 1],
      [1, 1],
    ],
    initMs: [[1, 1]],
  });
  expect(found.blocks.map(({ durationMs }) => binsIn(durationMs))).toEqual([[[ZERO_BIN, 1]], [[0, 1]]]);
  expect(found.blocks.map(({ initMs }) => binsIn(initMs))).toEqual([[[0, 1]], []]);
});
