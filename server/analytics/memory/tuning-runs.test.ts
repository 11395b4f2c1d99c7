/**
 * Imported Power Tuning runs beside production evidence. The run is the one published in issue 265 of Power Tuning; expected ratios
 * are computed by hand from its figures.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { cheapestOf, evidence, MONDAY_MS, PRICES } from '../../../test/support/size-evidence.ts';
import type { Worded } from '../../../test/support/worded.ts';
import type { RightSize } from './right-size.ts';
import { meanBilledMs } from './samples.ts';
import type { TuningEvidence } from './tuning-runs.ts';

const DURATIONS: readonly (readonly [number, number])[] = [
  [128, 443.8995],
  [256, 198.403],
  [512, 88.5135],
  [1024, 66.2415],
  [1536, 58.8623],
  [2048, 54.9593],
];

function run(
  changes: Partial<TuningEvidence> & { readonly times?: readonly (readonly [number, number])[] } = {},
): TuningEvidence {
  const { times = DURATIONS, ...rest } = changes;
  const points = times.map(([memoryMb, durationMs]) => ({ memoryMb, durationMs, costUsd: null }));
  return { id: 'a', atMs: MONDAY_MS, invocations: 50, coldStarts: false, points, ...rest };
}

/** Varies the durations of the published run by the given shares, size by size. */
function repeated(id: string, shares: readonly number[]): TuningEvidence {
  return run({ id, times: DURATIONS.map(([memoryMb, ms], at) => [memoryMb, ms * (1 + (shares[at] ?? 0))]) });
}

/** About 88 ms at 512 MB and 55 ms at 2048 MB, as in the run. */
const TRUTH = { fixedMs: 45, cpuMs: 12.6, usedMb: 80 };

const NOTHING = /^None of the sizes that Power Tuning tested promises a material gain within the limits\.$/;

const basisOf = (found: Worded<RightSize>, memoryMb: number) =>
  found.candidates.find((one) => one.memoryMb === memoryMb);

describe('one size in production', () => {
  test('a run adds tested sizes with an unknown spread, and recommends nothing', () => {
    const random = new Random(1);
    const current = evidence(random, TRUTH, 2048);
    const found = cheapestOf(random, [current], 2048, 84, { tuning: [run()] });
    expect(found).toMatchObject({
      finding: 'inconclusive',
      recommendation: null,
      tuning: [{ id: 'a', exclusion: null }],
    });
    const tested = basisOf(found, 512);
    expect(tested).toMatchObject({ basis: 'tested', interval: null });
    // 88.5135 / 54.9593 = 1.61053 times the mean of production.
    const mean = meanBilledMs(current.environments);
    expect((tested?.durationMs ?? 0) / mean).toBeCloseTo(1.61053, 4);
    const text = found.reasons.join(' ');
    expect(text).toMatch(
      /512, 1024, 1536 MB: from one Power Tuning run on 2026-11-02 with its own payload and 50 invoc/,
    );
    expect(text).toMatch(/states no spread/);
    // A quarter of the size for 1.61 times as long: 0.4026 of the compute; with requests 0.2 of about 2.1 dollars.
    const experiment = 'Power Tuning results without a known spread are not conclusive: they show which size to try.';
    expect(found.reasons.at(-1)).toBe(experiment);
    expect(found.reasons).not.toContainEqual(expect.stringMatching(NOTHING));
    // Every smaller size was slower.
    const fast = cheapestOf(random, [current], 2048, 84, { tuning: [run()], maxSlower: 0 });
    expect(fast.reasons.slice(-2)).toEqual([expect.stringMatching(NOTHING), experiment]);
    expect(text).toMatch(/In Power Tuning 512 MB was 61(\.\d)? % slower than 2,?048 MB and 5\d(\.\d)? % cheaper/);
  });

  test('sizes that differ by more than their memory explains are left out', () => {
    const random = new Random(2);
    const found = cheapestOf(random, [evidence(random, TRUTH, 512)], 512, 84, { tuning: [run()] });
    // 443.8995 / 88.5135 = 5.02 with a quarter of the memory, 198.403 / 88.5135 = 2.24 with half.
    expect(found.candidates.map(({ memoryMb }) => memoryMb)).toEqual([512, 1024, 1536, 2048]);
    expect(found.reasons.join(' ')).toMatch(/128 MB took 5\.02 times as long as 512 MB in Power Tuning/);
    expect(found.reasons.join(' ')).toMatch(/256 MB took 2\.24 times/);
  });

  test('three runs show their spread: the interval holds it, and a saving beyond it is recommended', () => {
    const random = new Random(3);
    const tuning = [
      repeated('a', [0, 0, 0.02, -0.02]),
      repeated('b', [0, 0, -0.02, 0.02]),
      repeated('c', [0, 0, 0, 0]),
    ];
    const found = cheapestOf(random, [evidence(random, TRUTH, 2048)], 2048, 84, { tuning });
    const tested = basisOf(found, 512);
    expect(tested?.interval).not.toBeNull();
    // Never narrower than 1.96 × 5 % of the compute on either side: hosts and payloads differ.
    const { low = 0, high = 0 } = tested?.interval ?? {};
    expect((high - low) / (tested?.costPerMillionUsd ?? 0)).toBeGreaterThan(0.13);
    expect(found).toMatchObject({ finding: 'over-provisioned' });
    expect(found.recommendation?.pSaving).toBeGreaterThan(0.99);
    expect(found.recommendation?.memoryMb).toBeLessThan(2048);
    expect(found.reasons.join(' ')).toMatch(/from 3 Power Tuning runs on/);
  });

  test('limits hold for tested sizes: slower than allowed, below the floor', () => {
    const random = new Random(4);
    const tuning = [repeated('a', [0, 0, 0.01]), repeated('b', [0, 0, -0.01]), repeated('c', [])];
    const slow = cheapestOf(random, [evidence(random, TRUTH, 2048)], 2048, 84, { tuning, maxSlower: 0.05 });
    expect(slow.recommendation).toBeNull();
    const full = cheapestOf(random, [evidence(random, TRUTH, 2048)], 2048, 1200, { tuning });
    expect(full.recommendation?.memoryMb ?? 2048).toBeGreaterThan(1024);
  });
});

test('a tested size fails as often as the current one, as far as is known', () => {
  const random = new Random(12);
  const tuning = [repeated('a', [0, 0, 0.01]), repeated('b', [0, 0, -0.01]), repeated('c', [])];
  const found = cheapestOf(random, [evidence(random, TRUTH, 2048, { failures: 234 })], 2048, 84, { tuning });
  const [its, now] = [basisOf(found, found.recommendation?.memoryMb ?? 0), basisOf(found, 2048)];
  const change = (its?.costPerMillionUsd ?? 0) / (now?.costPerMillionUsd ?? 1) - 1;
  expect(change).toBeLessThan(-0.3);
  expect(found.recommendation?.costChange?.value).toBeCloseTo(change, 6);
});

describe('runs that are left out, with the reason', () => {
  const updates = [{ atMs: MONDAY_MS + 1, kind: 'code', codeSha256: null }] as const;
  test.each([
    ['cold starts', run({ coldStarts: true }), /cold starts/],
    [
      'another size',
      run({
        times: [
          [256, 90],
          [1024, 60],
        ],
      }),
      /did not test the current size, 512 MB/,
    ],
    [
      'another payload',
      run({
        times: [
          [512, 9],
          [1024, 6],
        ],
      }),
      /payload is not that of production: 9 ms at 512 MB/,
    ],
  ])('%s', (_, tuned, words) => {
    const random = new Random(5);
    const current = evidence(random, TRUTH, 512);
    const found = cheapestOf(random, [current], 512, 84, { tuning: [tuned] });
    expect(found.tuning[0]?.exclusion).toMatch(words);
    const { tuning: _tuning, ...without } = cheapestOf(new Random(9), [current], 512, 84);
    expect(found).toMatchObject(without);
  });

  test('new code after the run; not an update of the configuration, nor the same code again', () => {
    const random = new Random(6);
    const current = evidence(random, TRUTH, 512);
    const exclusionWith = (code: Parameters<typeof cheapestOf>[4]) =>
      cheapestOf(random, [current], 512, 84, { tuning: [run()], ...code }).tuning[0]?.exclusion;
    expect(exclusionWith({ code: { updates, versionCodes: {} } })).toMatch(/code was updated after it, on 2026-11-02/);
    const configured = [{ atMs: MONDAY_MS + 1, kind: 'configuration', codeSha256: 'b' }] as const;
    expect(exclusionWith({ code: { updates: configured, versionCodes: {} } })).toBeNull();
    const same = [-1, 1].map((at) => ({ atMs: MONDAY_MS + at, kind: 'unknown', codeSha256: 'b' }) as const);
    expect(exclusionWith({ code: { updates: same, versionCodes: {} } })).toBeNull();
    const other = same.map((update, at) => ({ ...update, codeSha256: `hash ${at}` }));
    expect(exclusionWith({ code: { updates: other, versionCodes: {} } })).toMatch(/code was updated/);
  });

  test('the same run in two forms counts once', () => {
    const random = new Random(7);
    const single = run({ id: 'b', times: DURATIONS.map(([memoryMb, ms]) => [memoryMb, Math.fround(ms)]) });
    const found = cheapestOf(random, [evidence(random, TRUTH, 2048)], 2048, 84, {
      tuning: [run(), single, { ...single, id: 'c' }],
    });
    expect(found.tuning.map(({ exclusion }) => exclusion)).toEqual([
      null,
      'It is the same run as another one.',
      'It is the same run as another one.',
    ]);
    expect(basisOf(found, 512)?.interval).toBeNull();
  });
});

describe('beside sizes that production compared', () => {
  /** The function waits: half the memory is as fast, and costs half. */
  const waits = { fixedMs: 200, cpuMs: 1, usedMb: 80 };

  test('a run that production contradicts changes nothing', () => {
    const sizes = [evidence(new Random(8), waits, 512), evidence(new Random(9), waits, 1024)];
    const without = cheapestOf(new Random(10), sizes, 1024, 84);
    // The run says that 512 MB takes twice as long, which is possible, and that 256 MB is as fast as 1024 MB.
    const tuned = run({
      times: [
        [256, 201],
        [512, 402],
        [1024, 201],
      ],
    });
    const found = cheapestOf(new Random(10), sizes, 1024, 84, { tuning: [tuned, { ...tuned, id: 'b' }] });
    expect(without.recommendation?.memoryMb).toBe(512);
    expect(found.tuning[0]?.exclusion).toMatch(
      /Production contradicts it: 512 MB took 2\.00 times as long as 1024 MB in the run, and (1\.0|0\.9)\d times as long/,
    );
    const { tuning: _tuning, ...rest } = found;
    const { tuning: _none, ...same } = without;
    expect(rest).toEqual(same);
  });

  test('sizes that production compared keep its figures', () => {
    const sizes = [evidence(new Random(8), waits, 512), evidence(new Random(9), waits, 1024)];
    const tuned = run({
      times: [
        [512, 201],
        [1024, 201],
        [2048, 200.5],
      ],
    });
    const found = cheapestOf(new Random(10), sizes, 1024, 84, { tuning: [tuned] });
    expect(found.tuning).toEqual([{ id: 'a', exclusion: null }]);
    expect(basisOf(found, 512)?.basis).toBe('observed');
    expect(basisOf(found, 2048)).toMatchObject({ basis: 'tested', interval: null });
    expect(found.recommendation?.memoryMb).toBe(512);
  });

  test('nothing is called optimized while a run promises a saving', () => {
    const bound = { fixedMs: 1, cpuMs: 100, usedMb: 80 };
    const sizes = [evidence(new Random(8), bound, 512), evidence(new Random(9), bound, 1769)];
    const now = durationIn(sizes[1]);
    const alone = cheapestOf(new Random(11), sizes, 1769, 84, { maxSlower: 0.1 });
    expect(alone.finding).toBe('optimized');
    const tuned = run({
      times: [
        [1024, now * 1.05],
        [1769, now],
      ],
    });
    const found = cheapestOf(new Random(11), sizes, 1769, 84, { maxSlower: 0.1, tuning: [tuned] });
    expect(found).toMatchObject({ finding: 'inconclusive', recommendation: null });
    expect(found.reasons.join(' ')).toMatch(
      /In Power Tuning 1024 MB was 5(?:\.0)? % slower than 1769 MB and 3\d(\.\d)? % cheaper/,
    );
  });
});

test('without runs nothing depends on them', () => {
  expect(PRICES.perRequest).toBe(2e-7);
  const sizes = [evidence(new Random(8), TRUTH, 512), evidence(new Random(9), TRUTH, 1024)];
  expect(cheapestOf(new Random(3), sizes, 512, 84).tuning).toEqual([]);
});

function durationIn(size: Parameters<typeof cheapestOf>[1][number] | undefined): number {
  return size === undefined ? Number.NaN : meanBilledMs(size.environments);
}
