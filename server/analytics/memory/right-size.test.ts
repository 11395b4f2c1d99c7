/** Right-sizing on simulated functions with a known curve, and on published curves with one size held out. */
import { describe, expect, test } from 'vitest';
import { intervalCoverage } from '../../../bench/accuracy/published-data.ts';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { published } from '../../../test/support/published-data.ts';
import { cheapestOf, durationAt, evidence, MONDAY_MS, PRICES } from '../../../test/support/size-evidence.ts';
import type { Worded } from '../../../test/support/worded.ts';
import { costPerMillion } from './candidates.ts';
import type { RightSize } from './right-size.ts';
import type { SizeEvidence } from './samples.ts';
import { meanBilledMs } from './samples.ts';

describe('simulated functions', () => {
  test('every kind of confounding gives no recommendation and is named', () => {
    const random = new Random(22);
    const truth = { fixedMs: 20, cpuMs: 60, usedMb: 80 };
    const now = evidence(random, truth, 1024);
    const cases: readonly (readonly [SizeEvidence, RegExp])[] = [
      [evidence(random, truth, 512, { versions: ['8'] }), /No version ran at both sizes/],
      [evidence(random, { ...truth, usedMb: 200 }, 512), /load differs/],
      [
        evidence(random, truth, 512, {
          environments: evidence(random, truth, 512).environments.map((one) => ({
            ...one,
            hours: one.hours.map((hour) => ({ ...hour, startMs: MONDAY_MS + 3 * HOUR_MS })),
          })),
        }),
        /different hours of the day/,
      ],
    ];
    for (const [other, words] of cases) {
      const found = cheapestOf(random, [other, now], 1024, 90);
      expect(found.finding).toBe('inconclusive');
      expect(found).toMatchObject({ recommendation: null, candidates: [] });
      expect(found.reasons.join(' ')).toMatch(/^Confounded/);
      expect(found.reasons.join(' ')).toMatch(words);
    }
    expect(cheapestOf(random, [evidence(random, truth, 512), now], 1024, 90).finding).not.toBe('inconclusive');
  });

  test('one size: valid bounds and no recommendation', () => {
    const random = new Random(23);
    const truth = { fixedMs: 30, cpuMs: 90, usedMb: 80 };
    const found = cheapestOf(random, [evidence(random, truth, 1024)], 1024, 90);
    expect(found).toMatchObject({ finding: 'insufficient-data', model: null, recommendation: null });
    expect(found.reasons[0]).toMatch(/bounds, not a prediction/);
    expect(found.candidates.length).toBeGreaterThan(5);
    // Worst case: the time grows with the inverse CPU share below the size, and is as long as before above it.
    const at = (size: number) => found.candidates.find(({ memoryMb }) => memoryMb === size)?.durationMs ?? Number.NaN;
    expect(at(512) / at(1536)).toBeCloseTo(2, 6);
    for (const { memoryMb, interval, basis, costPerMillionUsd } of found.candidates) {
      expect(costPerMillionUsd).toBe(interval?.high);
      expect(basis).toBe('bound');
      expect(memoryMb).toBeGreaterThan(128);
      const cost = costPerMillion(memoryMb, durationAt(truth, memoryMb) + 0.5, PRICES);
      expect((interval?.low ?? Number.NaN) * 0.97).toBeLessThanOrEqual(cost);
      expect((interval?.high ?? Number.NaN) * 1.03).toBeGreaterThanOrEqual(cost);
    }
  });

  test('one size: bounds contain what failures cost', () => {
    const plain = evidence(new Random(29), { fixedMs: 30, cpuMs: 90, usedMb: 80 }, 1024, { failures: 0 });
    // A tenth of the attempts fails, and is billed as long as others.
    const attempts = plain.attempts.map((hour) => ({
      ...hour,
      failures: 7.8,
      failedBilledMs: 7.8 * meanBilledMs(plain.environments),
    }));
    const costs = (size: SizeEvidence) =>
      cheapestOf(new Random(29), [size], 1024, 90).candidates.map((one) => one.costPerMillionUsd);
    const [without, failing] = [costs(plain), costs({ ...plain, failures: 78, attempts })];
    expect(failing).toHaveLength(without.length);
    for (const [at, cost] of without.entries()) expect(failing[at]).toBeCloseTo(cost / 0.9, 9);
  });

  test('one environment over some hours: the interval of its cost comes from the hours, which are alike', () => {
    const random = new Random(24);
    const hours = [0, 1, 2, 3, 4].map((at) => ({ startMs: MONDAY_MS + at * HOUR_MS, n: 10, billedMs: 1000 }));
    const usual = evidence(random, { fixedMs: 30, cpuMs: 90, usedMb: 80 }, 1024, { failures: 0 });
    const environments = usual.environments.slice(0, 1).map((one) => ({ ...one, hours }));
    const [observed] = cheapestOf(random, [{ ...usual, environments }], 1024, 90).observed;
    // 0.1 s at 1 GB and a request: 1.66667 + 0.2 dollars a million.
    expect(observed?.interval?.low).toBeCloseTo(1.86667, 5);
    expect(observed?.interval?.high).toBeCloseTo(1.86667, 5);
    expect(observed?.intervalReason).toBeNull();
    const ofHours = (some: typeof hours) =>
      cheapestOf(
        random,
        [{ ...usual, environments: usual.environments.slice(0, 1).map((one) => ({ ...one, hours: some })) }],
        1024,
        90,
      ).observed[0];
    expect(ofHours(hours.slice(0, 3))).toMatchObject({
      interval: null,
      intervalReason: '1 environment in 3 hours: 4 hours are required to know how much they differ.',
    });
    expect(ofHours(hours.map((hour) => ({ ...hour, billedMs: 0 })))).toMatchObject({
      interval: null,
      intervalReason: 'Nothing was billed at this size.',
    });
  });

  test('two sizes: a verdict with the savings', () => {
    const random = new Random(24);
    // The function waits instead of computing: half the memory halves the price.
    const truth = { fixedMs: 200, cpuMs: 1, usedMb: 80 };
    const found = cheapestOf(random, [evidence(random, truth, 512), evidence(random, truth, 1024)], 1024, 90);
    expect(found.model).toBeNull();
    expect(found.finding).toBe('over-provisioned');
    expect(found.recommendation).toMatchObject({ memoryMb: 512, strategy: 'cheapest' });
    expect(found.recommendation?.pSaving).toBeGreaterThan(0.99);
    const saved = costPerMillion(1024, 201.7, PRICES) - costPerMillion(512, 203.5, PRICES);
    expect(found.recommendation?.monthlySavingUsd?.low).toBeLessThan(saved);
    expect(found.recommendation?.monthlySavingUsd?.high).toBeGreaterThan(saved);
    // The same function, but without savings.
    const cpu = { fixedMs: 0, cpuMs: 100, usedMb: 80 };
    expect(cheapestOf(random, [evidence(random, cpu, 512), evidence(random, cpu, 1024)], 1024, 90).finding).toBe(
      'optimized',
    );
  });

  test.each([
    ['twice', [1024, 1536, 2048], false],
    ['four times', [512, 1024, 2048], true],
    ['four times, of two sizes', [512, 2048], false],
  ])('a curve over sizes of which the largest is %s the smallest', (_, sizes, hasModel) => {
    const random = new Random(26);
    const truth = { fixedMs: 100, cpuMs: 50, usedMb: 80 };
    const { model } = cheapestOf(
      random,
      sizes.map((memoryMb) => evidence(random, truth, memoryMb)),
      1024,
      90,
    );
    expect(model !== null).toBe(hasModel);
  });

  test('the cost of a size includes billed inits', () => {
    expect(costPerMillion(1024, 100, { ...PRICES, billedInitMs: 7 })).toBeCloseTo(
      costPerMillion(1024, 107, PRICES),
      12,
    );
    expect(costPerMillion(2048, 100, { ...PRICES, billedInitMs: 7 })).toBeCloseTo(
      costPerMillion(2048, 107, PRICES),
      12,
    );
  });

  test('too few invocations and nearly full memory are reported', () => {
    const random = new Random(25);
    const truth = { fixedMs: 30, cpuMs: 90, usedMb: 80 };
    const few = evidence(random, truth, 1024, { environments: evidence(random, truth, 1024).environments.slice(0, 4) });
    expect(cheapestOf(random, [few], 1024, 90).reasons[0]).toMatch(
      /^120 warm, successful invocations in 4 environments/,
    );
    expect(cheapestOf(random, [evidence(random, truth, 128)], 128, 125)).toMatchObject({
      finding: 'under-provisioned',
    });
  });
});

describe('what must not be recommended', () => {
  const truth = { fixedMs: 200, cpuMs: 1, usedMb: 80 };
  const versioned = (size: SizeEvidence, version: string): SizeEvidence => ({
    ...size,
    versions: [version],
    environments: size.environments.map((environment) => ({ ...environment, version })),
  });

  test('versions with the same CodeSha256 are compared; with different ones they are refused', () => {
    const random = new Random(31);
    const sizes = [versioned(evidence(random, truth, 512), '1'), versioned(evidence(random, truth, 1024), '2')];
    const same = { code: { updates: [], versionCodes: { '1': 'a', '2': 'a' } } };
    expect(cheapestOf(random, sizes, 1024, 90, same).recommendation?.memoryMb).toBe(512);
    const other = { code: { updates: [], versionCodes: { '1': 'a', '2': 'b' } } };
    const refused = cheapestOf(random, sizes, 1024, 90, other);
    expect(refused.recommendation).toBeNull();
    expect(refused.reasons.join(' ')).toMatch(/code changed together with the size/);
  });

  test('without hashes, versions of one size give the spread between versions, which the interval contains', () => {
    const random = new Random(32);
    const several = (memoryMb: number, from: number): SizeEvidence => {
      const size = evidence(random, truth, memoryMb);
      const environments = size.environments.map((one, at) => ({ ...one, version: String(from + (at % 4)) }));
      return { ...size, versions: ['1', '2', '3', '4'].map((one) => String(Number(one) + from - 1)), environments };
    };
    const found = cheapestOf(random, [several(512, 1), several(1024, 5)], 1024, 90);
    const plain = cheapestOf(random, [evidence(random, truth, 512), evidence(random, truth, 1024)], 1024, 90);
    const width = ({ recommendation }: Worded<RightSize>): number =>
      (recommendation?.latencyChange?.high ?? 0) - (recommendation?.latencyChange?.low ?? 0);
    expect(found.reasons.join(' ')).toMatch(/spread between versions/);
    expect(width(found)).toBeGreaterThan(width(plain));
  });

  test('a size that was updated together with its code', () => {
    const random = new Random(33);
    const latest = (size: SizeEvidence, week: number): SizeEvidence => ({
      ...versioned(size, '$LATEST'),
      environments: size.environments.map((environment) => ({
        ...environment,
        version: '$LATEST',
        firstMs: environment.firstMs + week * 168 * HOUR_MS,
        hours: environment.hours.map((hour) => ({ ...hour, startMs: hour.startMs + week * 168 * HOUR_MS })),
      })),
    });
    const sizes = [latest(evidence(random, truth, 512), 0), latest(evidence(random, truth, 1024), 1)];
    const updated = (kind: 'code' | 'configuration', codeSha256: string | null) => ({
      code: {
        updates: [
          { atMs: MONDAY_MS - HOUR_MS, kind: 'code' as const, codeSha256: 'a' },
          { atMs: MONDAY_MS + 168 * HOUR_MS, kind, codeSha256 },
        ],
        versionCodes: {},
      },
    });
    for (const changed of [updated('code', 'b'), updated('code', null)]) {
      expect(cheapestOf(random, sizes, 1024, 90, changed)).toMatchObject({
        finding: 'inconclusive',
        recommendation: null,
      });
    }
    expect(cheapestOf(random, sizes, 1024, 90, updated('configuration', null)).recommendation?.memoryMb).toBe(512);
    expect(cheapestOf(random, sizes, 1024, 90, updated('code', 'a')).recommendation?.memoryMb).toBe(512);
  });

  test.each([20, 60, 200])('a size at which %i more invocations fail', (failures) => {
    const random = new Random(34);
    const sizes = [evidence(random, truth, 512, { failures: 5 + failures }), evidence(random, truth, 1024)];
    const found = cheapestOf(random, sizes, 1024, 90);
    expect(found.recommendation).toBeNull();
    expect(found.reasons.join(' ')).toMatch(/512 MB is not recommended, because more invocations failed/);
  });

  test('a size that is physically impossible', () => {
    const random = new Random(35);
    for (const slower of [0.6, 3]) {
      const found = cheapestOf(
        random,
        [evidence(random, truth, 512, { slower }), evidence(random, truth, 1024)],
        1024,
        90,
      );
      expect(found).toMatchObject({ finding: 'inconclusive', recommendation: null });
      expect(found.reasons.join(' ')).toMatch(/something else changed/);
    }
  });

  test('a cheaper size that is more than 10 % slower, by default', () => {
    const random = new Random(36);
    const mixed = { fixedMs: 120, cpuMs: 40, usedMb: 80 };
    const sizes = [256, 512, 1024].map((memoryMb) => evidence(random, mixed, memoryMb));
    expect(cheapestOf(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(256);
    expect(cheapestOf(random, sizes, 1024, 90, { maxSlower: 0.1 }).recommendation).toBeNull();
  });

  test('a size at which the function ran out of memory is raised, and never kept', () => {
    const random = new Random(37);
    const use = {
      maxUsedMb: 120,
      currentUsedMb: 120,
      outOfMemoryAtMb: [512],
      runtime: 'nodejs22.x',
      leaking: false,
      currentMb: 512,
    };
    const one = [evidence(random, truth, 512)];
    const both = [...one, evidence(random, truth, 1024)];
    for (const sizes of [[], one, both]) {
      for (const leaking of [false, true]) {
        const found = cheapestOf(random, sizes, 512, 120, { use: { ...use, leaking } });
        expect(found.finding).toBe('under-provisioned');
        expect(found.recommendation?.memoryMb).toBe(640);
      }
    }
    const largest = { ...use, currentMb: 10_240, outOfMemoryAtMb: [10_240] };
    const found = cheapestOf(random, [evidence(random, truth, 10_240)], 10_240, 120, { use: largest });
    expect(found).toMatchObject({ finding: 'under-provisioned', recommendation: null });
    expect(found.reasons.join(' ')).toMatch(/10240 MB is the largest size/);
  });

  test('a managed heap that grows with the size is no other load', () => {
    const random = new Random(38);
    const sizes = [512, 1024].map((memoryMb) => evidence(random, { ...truth, usedMb: memoryMb * 0.4 }, memoryMb));
    const use = { maxUsedMb: 210, currentUsedMb: 413, outOfMemoryAtMb: [], leaking: false, currentMb: 1024 };
    for (const runtime of ['java21', 'dotnet8']) {
      expect(cheapestOf(random, sizes, 1024, 210, { use: { ...use, runtime } }).recommendation?.memoryMb).toBe(512);
    }
    for (const runtime of ['nodejs22.x', null]) {
      expect(cheapestOf(random, sizes, 1024, 210, { use: { ...use, runtime } }).reasons.join(' ')).toMatch(
        /load differs/,
      );
    }
  });
});

describe('published curves', () => {
  test('the 90 % interval of a curve covers at least 90 % of held-out sizes', () => {
    const { covered, shown } = intervalCoverage(published.curves());
    expect(shown).toBeGreaterThan(60);
    expect(covered / shown).toBeGreaterThanOrEqual(0.9);
  });
});
