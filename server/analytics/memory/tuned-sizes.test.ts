/** Which Power Tuning runs are used, and what is said of them. Production takes 100 ms at 1,024 MB and 150 ms at 512 MB. */
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { worded } from '../../../test/support/worded.ts';
import type { CodeUpdate } from './code.ts';
import type { ComparedSize } from './comparable.ts';
import type { SizeEvidence } from './samples.ts';
import type { TuningEvidence } from './tuning-runs.ts';
import { tunedSizes } from './tuning-runs.ts';

const AT = Date.UTC(2026, 10, 2, 12);
const CURRENT = {
  memoryMb: 1024,
  environments: [{ durationsMs: Array.from({ length: 100 }, () => 100) }],
} as unknown as SizeEvidence;
const COMPARED = [
  { size: { memoryMb: 512 }, logRatio: Math.log(1.5), resamples: [Math.log(1.5), Math.log(1.5)] },
] as unknown as readonly ComparedSize[];

function run(id: string, times: Readonly<Record<number, number>>, over: Partial<TuningEvidence> = {}): TuningEvidence {
  const points = Object.entries(times).map(([memoryMb, durationMs]) => ({
    memoryMb: Number(memoryMb),
    durationMs,
    costUsd: null,
  }));
  return { id, atMs: AT, invocations: 50, coldStarts: false, points, ...over };
}
const tuned = (
  runs: readonly TuningEvidence[],
  compared: readonly ComparedSize[] = [],
  updates: readonly CodeUpdate[] = [],
) => worded(tunedSizes(CURRENT, compared, runs, updates, () => 0.5));
const exclusionOf = (...given: Parameters<typeof tuned>) => [...tuned(...given).exclusions.values()].at(-1);

describe('a run is left out', () => {
  test('that did not test the current size, is a repetition, or consists of cold starts', () => {
    expect(exclusionOf([run('a', { 512: 150 })])).toBe('It did not test the current size, 1024 MB.');
    const points = { 1024: 100, 2048: 60.1 };
    // Single precision, as the visualization has it.
    expect(exclusionOf([run('a', points), run('b', { ...points, 2048: Math.fround(60.1) })])).toBe(
      'It is the same run as another one.',
    );
    expect(exclusionOf([run('a', points), run('b', { ...points, 2048: 60.2 })])).toBeNull();
    const inits = 'Most of its invocations were cold starts, so that its durations contain inits.';
    expect(exclusionOf([run('a', points, { coldStarts: true })])).toBe(inits);
    expect(exclusionOf([run('a', points, { coldStarts: null })])).toBeNull();
  });

  test('after which the code was updated', () => {
    const updated = (updates: readonly CodeUpdate[], atMs: number | null = AT) =>
      exclusionOf([run('a', { 1024: 100, 2048: 60 }, { atMs })], [], updates);
    const update = (days: number, kind: CodeUpdate['kind'], codeSha256: string | null = null): CodeUpdate => ({
      atMs: AT + days * DAY_MS,
      kind,
      codeSha256,
    });
    const sentence = 'The code was updated after it, on 2026-11-04.';
    expect(updated([update(2, 'code')])).toBe(sentence);
    expect(updated([update(2, 'create')])).toBe(sentence);
    expect(updated([update(2, 'code'), update(3, 'code')])).toBe(sentence);
    expect(updated([update(0, 'code'), update(-1, 'code')])).toBeNull();
    expect(updated([update(2, 'configuration'), update(2, 'unknown')])).toBeNull();
    expect(updated([update(2, 'code')], null)).toBeNull();
    // The same hash as that of the latest update before it.
    expect(updated([update(-2, 'code', 'a'), update(-1, 'code', 'b'), update(2, 'code', 'b')])).toBeNull();
    expect(updated([update(-2, 'code', 'b'), update(-1, 'code', 'a'), update(2, 'code', 'b')])).toBe(sentence);
    expect(updated([update(-1, 'code', 'a'), update(2, 'unknown', 'b')])).toBe(sentence);
  });

  test.each([
    [91, null],
    [109.9, null],
    [90.9, '90.9 ms'],
    [110.1, '110 ms'],
  ])('whose payload is not that of production: %d ms', (currentMs, said) => {
    // 100 ms, a tenth less or more: 90.91 to 110 ms.
    expect(exclusionOf([run('a', { 1024: currentMs, 2048: 60 })])).toBe(
      said === null
        ? null
        : `Its payload is not that of production: ${said} at 1024 MB, where nine of ten production invocations take 100 ms to 100 ms.`,
    );
  });

  test.each([
    [1.64, null],
    [1.37, null],
    [1.66, '1.66'],
    [1.36, '1.36'],
  ])('that production contradicts: %d times as long at 512 MB', (ratio, said) => {
    // 1.5, a tenth less or more: 1.364 to 1.65.
    expect(exclusionOf([run('a', { 512: 100 * ratio, 1024: 100 })], COMPARED)).toBe(
      said === null
        ? null
        : `Production contradicts it: 512 MB took ${said} times as long as 1024 MB in the run, and 1.50 times as long in production.`,
    );
    expect(exclusionOf([run('a', { 256: 100 * ratio, 1024: 100 })], COMPARED)).toBeNull();
  });
});

describe('tested sizes', () => {
  test('are those that production did not run, in order, at the mean ratio of the runs', () => {
    const runs = [run('a', { 2048: 80, 1024: 100, 512: 150, 256: 200 }), run('b', { 2048: 60, 1024: 100 })];
    const { sizes } = tuned(runs, COMPARED);
    expect(sizes.map(({ memoryMb, runs: n, resamples }) => [memoryMb, n, resamples])).toEqual([
      [256, 1, null],
      [2048, 2, null],
    ]);
    expect(Math.exp(sizes[0]?.logRatio ?? 0)).toBeCloseTo(2, 9);
    // The geometric mean of 0.8 and 0.6.
    expect(Math.exp(sizes[1]?.logRatio ?? 0)).toBeCloseTo(Math.sqrt(0.48), 9);
  });

  test('of three runs have the spread of their mean, and that of hosts and payloads', () => {
    const ratio = Math.exp(0.09);
    const runs = [70 / ratio, 70, 70 * ratio].map((ms, at) => run(String(at), { 1024: 100, 2048: ms }));
    const [found] = tuned(runs).sizes;
    expect(found?.resamples).toHaveLength(1000);
    // Deviations of −0.09, 0 and 0.09: √(2 × 0.0081 / 2 / 3) = 0.05196, times t of two degrees over 1.96, 2.19523; with 0.05: 0.12454.
    // Box and Muller with 0.5 twice: −1.17741.
    expect(found?.resamples?.[0]).toBeCloseTo(Math.log(0.7) - 1.17741 * 0.12454, 4);
    expect(found?.logRatio).toBeCloseTo(Math.log(0.7), 9);
  });

  test('that memory alone does not explain are left out; those just beyond are moved to the limit', () => {
    // Twice the memory halves the duration at best, with a tenth of tolerance: 0.4545.
    const impossible = tuned([run('a', { 1024: 100, 2048: 45 })]);
    expect(impossible.sizes).toEqual([]);
    expect(impossible.notes).toEqual([
      '2048 MB took 0.45 times as long as 1024 MB in Power Tuning, which memory alone does not explain: left out.',
    ]);
    const [near] = tuned([run('a', { 1024: 100, 2048: 46 })]).sizes;
    expect(Math.exp(near?.logRatio ?? 0)).toBeCloseTo(0.5, 9);
    expect(tuned([run('a', { 1024: 100, 2048: 111 })]).sizes).toEqual([]);
    expect(tuned([run('a', { 1024: 100, 2048: 109 })]).sizes[0]?.logRatio).toBe(0);
  });
});

describe('what the sizes rest on', () => {
  const times = { 1024: 100, 2048: 70, 4096: 60 };
  const note = (...over: readonly Partial<TuningEvidence>[]) =>
    tuned(over.map((one, at) => run(String(at), { ...times, 4096: 60 + at }, one))).notes;
  const SPREAD = ' It states no spread, so the certainty is not known: 3 runs would show it.';

  test('one run, and several', () => {
    expect(note({})).toEqual([
      `2048, 4096 MB: from one Power Tuning run on 2026-11-02 with its own payload and 50 invocations at each size, not from production.${SPREAD}`,
    ]);
    expect(note({}, { atMs: AT + 1000, invocations: 20 })).toEqual([
      `2048, 4096 MB: from 2 Power Tuning runs on 2026-11-02 with its own payload and 20 invocations at each size, not from production.${SPREAD}`,
    ]);
    expect(note({ atMs: AT + 3 * DAY_MS }, { invocations: 1 }, {})).toEqual([
      '2048, 4096 MB: from 3 Power Tuning runs from 2026-11-02 to 2026-11-05 with its own payload and 1 invocation at each size, not from production.',
    ]);
  });

  test('what is not known of one of them', () => {
    expect(note({ atMs: null }, {})[0]).toContain(
      '2 Power Tuning runs at a time that is not known with its own payload',
    );
    expect(note({ invocations: null }, {})[0]).toContain('and an unknown number of invocations at each size');
    expect(note({ coldStarts: null }, {})[0]).toContain(
      'not from production. It is not known whether its invocations ran at once, which would add inits.',
    );
  });

  test('no run says nothing', () => {
    expect(tuned([])).toEqual({ sizes: [], exclusions: new Map(), notes: [] });
    expect(tuned([run('a', { 512: 100 })]).notes).toEqual([]);
  });
});
