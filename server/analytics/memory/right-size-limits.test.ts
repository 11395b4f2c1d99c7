/** Limits on what is recommended: how slow, how long, how small, and what fails more often. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { cheapestOf, evidence } from '../../../test/support/size-evidence.ts';

// 100 ms of waiting and 50 ms of a full CPU, which 1,769 MB give: 272.8 ms at 512 MB, 186.4 ms at 1,024 MB. The smaller
// size takes 1.46 times as long and costs 0.73 times as much.
const TRUTH = { fixedMs: 100, cpuMs: 50, usedMb: 80 };
const NONE_MEETS = 'No observed or modelled size meets the memory floor and the maximum duration.';
const twoSizes = (changes: Parameters<typeof cheapestOf>[4], currentMb = 1024, usedMb = 90) => {
  const random = new Random(41);
  return cheapestOf(random, [evidence(random, TRUTH, 512), evidence(random, TRUTH, 1024)], currentMb, usedMb, changes);
};

test.each([
  [0.6, 512],
  [0.3, undefined],
])('a size that takes 1.46 times as long, of %d more allowed: %s MB', (maxSlower, memoryMb) => {
  expect(twoSizes({ maxSlower }).recommendation?.memoryMb).toBe(memoryMb);
});

test.each([
  [300, 512],
  [250, undefined],
])('of at most %d ms: %s MB', (maxDurationMs, memoryMb) => {
  const { recommendation, reasons } = twoSizes({ maxDurationMs });
  expect(recommendation?.memoryMb).toBe(memoryMb);
  expect(reasons).not.toContain(NONE_MEETS);
});

test('if no size is fast enough, that is the reason; if a larger one is, it is not', () => {
  expect(twoSizes({ maxDurationMs: 100 })).toMatchObject({
    finding: 'inconclusive',
    recommendation: null,
    reasons: [NONE_MEETS],
  });
  // The current size takes 272.8 ms, the larger one 186.4 ms.
  expect(twoSizes({ maxDurationMs: 250 }, 512).reasons).not.toContain(NONE_MEETS);
});

test('no size below the memory that is needed', () => {
  expect(twoSizes({}, 1024, 90).recommendation?.memoryMb).toBe(512);
  expect(twoSizes({}, 1024, 600).recommendation).toBeNull();
});

// Waits all the time: each half of the memory is half of the price.
const WAITING = { fixedMs: 200, cpuMs: 1, usedMb: 80 };

test('no size at which more fails, and none below it', () => {
  const sizes = (failures: number) => {
    const random = new Random(42);
    return cheapestOf(
      random,
      [evidence(random, WAITING, 256), evidence(random, WAITING, 512, { failures }), evidence(random, WAITING, 1024)],
      1024,
      90,
    );
  };
  expect(sizes(5).recommendation?.memoryMb).toBe(256);
  const failing = sizes(200);
  // A size between the observed ones may be.
  expect(failing.recommendation?.memoryMb ?? 1024).toBeGreaterThan(512);
  expect(failing.reasons.join(' ')).toMatch(/^512 MB is not recommended, because more invocations failed: .* against /);
});

test('a larger size at which more fails says nothing of smaller ones', () => {
  const random = new Random(43);
  const sizes = [
    evidence(random, WAITING, 256),
    evidence(random, WAITING, 512),
    evidence(random, WAITING, 1024, { failures: 200 }),
  ];
  expect(cheapestOf(random, sizes, 512, 90).recommendation?.memoryMb).toBe(256);
});

test.each([
  [5, 1024],
  [200, undefined],
])('the fastest size, of which %d invocations failed: %s MB', (failures, memoryMb) => {
  const random = new Random(44);
  const sizes = [evidence(random, TRUTH, 512), evidence(random, TRUTH, 1024, { failures })];
  expect(cheapestOf(random, sizes, 512, 90, { goal: 'fastest' }).recommendation?.memoryMb).toBe(memoryMb);
});
