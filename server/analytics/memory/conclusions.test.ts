/** What is concluded where a size presses, others cannot be compared, or no curve fits, in the sentences that users read. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { cheapestOf, evidence } from '../../../test/support/size-evidence.ts';
import type { MemoryUse } from './floor.ts';
import type { SizeEvidence } from './samples.ts';

/** Computes: half the memory takes twice as long, and costs the same. */
const CPU = { fixedMs: 0, cpuMs: 100, usedMb: 80 };
const WAITS = { fixedMs: 200, cpuMs: 1, usedMb: 80 };

describe('a size that is too small', () => {
  const use = { currentUsedMb: 100, outOfMemoryAtMb: [], runtime: 'nodejs22.x', leaking: false, maxUsedMb: 100 };
  const pressed = (currentMb: number, given: Partial<MemoryUse>) =>
    cheapestOf(new Random(81), [evidence(new Random(82), CPU, currentMb)], currentMb, 100, {
      use: { ...use, ...given, currentMb },
    });

  test('from 95 % of its memory on', () => {
    // 0.95 × 1,280 is 1,216.
    expect(pressed(1280, { currentUsedMb: 1216 })).toMatchObject({
      finding: 'under-provisioned',
      recommendation: { memoryMb: 1536, pSaving: null, monthlySavingUsd: null, latencyChange: null, costChange: null },
    });
    expect(pressed(1280, { currentUsedMb: 1216 }).reasons).toEqual([
      '1216 of 1280 MB were used: a larger size is required, whatever its cost.',
      'One size was observed: these are bounds, not a prediction. Running another size would give a clear answer.',
    ]);
    expect(pressed(1280, { currentUsedMb: 1215 }).finding).toBe('insufficient-data');
  });

  test('if it, or a larger one, ran out of memory', () => {
    expect(pressed(512, { outOfMemoryAtMb: [256, 512] }).reasons[0]).toBe(
      'Ran out of memory at 512 MB in the last 30 days: a larger size is required.',
    );
    expect(pressed(512, { outOfMemoryAtMb: [1024] }).recommendation?.memoryMb).toBe(1152);
    expect(pressed(512, { outOfMemoryAtMb: [256] }).finding).toBe('insufficient-data');
  });

  test('has the recommended size among the bounds, also above one CPU', () => {
    const candidatesOf = (given: Partial<MemoryUse>) => pressed(1536, given).candidates.map(({ memoryMb }) => memoryMb);
    const found = pressed(1536, { maxUsedMb: 1536, outOfMemoryAtMb: [1536] });
    expect(found.recommendation?.memoryMb).toBe(2048);
    expect(found.candidates.at(-1)).toMatchObject({ memoryMb: 2048, basis: 'bound' });
    expect(candidatesOf({})).not.toContain(2048);
  });

  test('keeps a larger size that is recommended anyway', () => {
    const random = new Random(83);
    const sizes = [evidence(random, CPU, 512), evidence(random, CPU, 1024)];
    const found = cheapestOf(random, sizes, 512, 500, { goal: 'fastest' });
    expect(found).toMatchObject({ finding: 'under-provisioned', recommendation: { memoryMb: 1024 } });
    expect(found.reasons[0]).toBe('500 of 512 MB were used: a larger size is required, whatever its cost.');
    // Twice as fast.
    expect(found.recommendation?.latencyChange?.value).toBeCloseTo(-0.5, 1);
    expect(found.reasons.length).toBeGreaterThan(1);
  });
});

describe('too little is known', () => {
  const missing = (change: Partial<SizeEvidence>, currentMb = 1024) =>
    cheapestOf(new Random(84), [{ ...evidence(new Random(85), CPU, 1024), ...change }], currentMb, 100).reasons;
  const four = evidence(new Random(85), CPU, 1024).environments.slice(0, 4);

  test('of the current size', () => {
    // Four environments of thirty invocations.
    expect(missing({ environments: four })).toEqual([
      '120 warm, successful invocations in 4 environments at 1024 MB: 50 in 5 are required.',
    ]);
    expect(missing({ environments: four, timeouts: { n: 15, billedMs: 15_000 } })).toEqual([
      '105 warm, successful invocations in 4 environments at 1024 MB: 50 in 5 are required.',
    ]);
    expect(missing({}, 2048)).toEqual([
      '0 warm, successful invocations in 0 environments at 2048 MB: 50 in 5 are required.',
    ]);
  });

  test('a size that nothing ran at is not listed', () => {
    const random = new Random(86);
    const none = { ...evidence(random, CPU, 512), environments: [] };
    const found = cheapestOf(random, [evidence(random, CPU, 1024), none], 1024, 90);
    expect(found.observed.map(({ memoryMb }) => memoryMb)).toEqual([1024]);
    expect(found.finding).toBe('insufficient-data');
  });

  test('sizes are listed in order', () => {
    const random = new Random(87);
    const sizes = [2048, 512, 1024].map((memoryMb) => evidence(random, CPU, memoryMb));
    expect(cheapestOf(random, sizes, 1024, 90).observed.map(({ memoryMb }) => memoryMb)).toEqual([512, 1024, 2048]);
  });
});

test('a size that could not be compared leaves open whether it is better', () => {
  const random = new Random(88);
  const sizes = [
    evidence(random, { ...CPU, usedMb: 300 }, 256),
    evidence(random, CPU, 512),
    evidence(random, CPU, 1024),
  ];
  const found = cheapestOf(random, sizes, 1024, 90);
  expect(found).toMatchObject({ finding: 'inconclusive', recommendation: null });
  expect(found.reasons).toContain('Sizes that differ in more than memory are left out.');
  expect(found.reasons.at(-1)).toBe(
    'No compared size is better for "cheapest", but not every observed size could be compared.',
  );
  expect(cheapestOf(random, sizes.slice(1), 1024, 90).reasons).toEqual(['No compared size is better for "cheapest".']);
});

test('a curve that does not predict its own sizes is not used', () => {
  const random = new Random(89);
  // 400, 390, 200 and 190 ms: each is possible, and no smooth curve has both steps.
  const sizes = (
    [
      [256, 2],
      [512, 1.95],
      [1024, 1],
      [2048, 0.95],
    ] as const
  ).map(([memoryMb, slower]) => evidence(random, { ...WAITS, cpuMs: 0 }, memoryMb, { slower }));
  const found = cheapestOf(random, sizes, 1024, 90);
  expect(found.model).toBeNull();
  const misfit = found.reasons.find((one) => one.startsWith('No model'));
  expect(misfit).toMatch(
    /^No model: its leave-one-out error is (2[1-9]|[3-9]\d) %\. Only observed sizes are compared\.$/,
  );
  expect(found.candidates.map(({ memoryMb }) => memoryMb)).toEqual([256, 512, 1024, 2048]);
});

test('a size between two others that fails more often rules out the smaller one as well', () => {
  const random = new Random(90);
  const sizes = [
    evidence(random, WAITS, 256),
    evidence(random, WAITS, 512, { failures: 205 }),
    evidence(random, WAITS, 1024),
  ];
  const found = cheapestOf(random, sizes, 1024, 90);
  // 205 and 5 of 780.
  expect(found.reasons).toContain('512 MB is not recommended, because more invocations failed: 26 % against 0.64 %.');
  expect(found.recommendation?.memoryMb ?? 1024).toBeGreaterThan(512);
  // A larger size that fails more often rules out itself alone.
  const larger = [
    evidence(random, CPU, 512),
    evidence(random, CPU, 1024, { failures: 205 }),
    evidence(random, CPU, 1536),
  ];
  expect(cheapestOf(random, larger, 512, 90, { goal: 'fastest' }).recommendation?.memoryMb).toBe(1536);
});

test('sizes beyond the largest observed one are bounds, and are not recommended', () => {
  const random = new Random(91);
  const sizes = [256, 512, 1024].map((memoryMb) => evidence(random, CPU, memoryMb));
  const found = cheapestOf(random, sizes, 256, 90, { goal: 'fastest' });
  expect(found.recommendation?.memoryMb).toBe(1024);
  const beyond = found.candidates.filter(({ memoryMb }) => memoryMb > 1024);
  expect(beyond.length).toBeGreaterThan(2);
  expect(beyond.every(({ basis }) => basis === 'bound')).toBe(true);
});

test('calls that were traced at every size are taken as those at the current one', () => {
  const random = new Random(92);
  const mixed = { fixedMs: 100, cpuMs: 50, usedMb: 80 };
  const traced = (n: number) =>
    cheapestOf(
      random,
      [512, 1024, 2048].map((memoryMb) =>
        evidence(random, mixed, memoryMb, {
          remote: { n: memoryMb === 512 ? n : 20, meanMs: memoryMb === 1024 ? 40 : 60 },
        }),
      ),
      1024,
      90,
    ).model?.remoteMs;
  expect(traced(20)).toBeCloseTo(40, 9);
  expect(traced(19)).toBeNull();
});
