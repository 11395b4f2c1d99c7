/** Limits on what is recommended: how slow, how long, how small, and what fails more often. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import { cheapestOf, evidence, MONDAY_MS } from '../../../test/support/size-evidence.ts';

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

test('a size that takes exactly as long as is allowed', () => {
  const { candidates } = twoSizes({});
  const maxDurationMs = candidates.find(({ memoryMb }) => memoryMb === 512)?.durationMs ?? 0;
  expect(maxDurationMs).toBeGreaterThan(250);
  expect(twoSizes({ maxDurationMs }).recommendation?.memoryMb).toBe(512);
});

test('a saving that is possible and not certain is stated, and not recommended', () => {
  // Hours of 60 ms and of 140 ms, by turns, and the other way round at the other size: half the price, if they are alike.
  const uneven = (random: Random, memoryMb: number) => {
    const size = evidence(random, TRUTH, memoryMb);
    const environments = size.environments.slice(0, 6).map((one, at) => {
      const [startMs, ms] = [
        MONDAY_MS + at * HOUR_MS + memoryMb * WEEK_MS,
        (at % 2 === 0) === (memoryMb === 512) ? 60 : 140,
      ];
      return { ...one, firstMs: startMs, hours: [{ startMs, n: 30, billedMs: 30 * ms }] };
    });
    return { ...size, environments };
  };
  const found = (goal: 'cheapest' | 'fastest') => {
    const random = new Random(45);
    return cheapestOf(random, [uneven(random, 512), uneven(random, 1024)], 1024, 90, { goal });
  };
  const [cheapest, fastest] = [found('cheapest'), found('fastest')];
  expect(cheapest).toMatchObject({ finding: 'inconclusive', recommendation: null });
  expect(cheapest.reasons.at(-1)).toMatch(
    /^512 MB may save up to \d\d(\.\d)? %, but it is not certain that it saves\.$/,
  );
  expect(fastest).toMatchObject({ finding: 'optimized', recommendation: null });
  expect(fastest.reasons.at(-1)).toBe('No compared size is better for "fastest".');
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
  const { finding, recommendation } = cheapestOf(random, sizes, 512, 90, { goal: 'fastest' });
  expect(recommendation?.memoryMb).toBe(memoryMb);
  expect(finding).toBe(memoryMb === undefined ? 'optimized' : 'under-provisioned');
});
