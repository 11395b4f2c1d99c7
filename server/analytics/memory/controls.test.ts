/** Sizes of two weeks between which everything changed: the change of functions that did not change is subtracted. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { WEEK_MS } from '../../../ingest/records/time.ts';
import { ask, control, evidence, weekOf } from '../../../test/support/size-evidence.ts';
import { compareDurations } from './comparison.ts';
import { withControls } from './controls.ts';
import type { SizeEvidence } from './samples.ts';

describe('difference in differences', () => {
  test('a control that changed by itself does not move the median', () => {
    const random = new Random(62);
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 120)] as const;
    const paired = compareDurations(sides[0], sides[1], () => random.next(), 50);
    if (paired === null) throw new Error('not compared');
    const controls = [1.2, 1.2, 1.2, 1.2, 9].map((change) => control(random, 50, change));
    const { comparison, change } = withControls(paired, sides, controls, () => random.next());
    expect(change).toBeCloseTo(0.2, 1);
    expect(Math.abs(comparison.logRatio)).toBeLessThan(0.05);
  });

  test.each([
    ['two functions', 2, 100, 0],
    ['functions with few invocations an hour', 8, 9, 0],
    ['three functions', 3, 10, 3],
  ])('%s', (_, count, n, controls) => {
    const random = new Random(63);
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 120)] as const;
    const paired = compareDurations(sides[0], sides[1], () => random.next(), 50);
    if (paired === null) throw new Error('not compared');
    const all = Array.from({ length: count }, () => control(random, 50, 1.2, n));
    const found = withControls(paired, sides, all, () => random.next());
    expect(found.controls).toBe(controls);
    if (controls === 0) expect(found.comparison).toBe(paired);
  });

  test('a function that has data of one of the times only is no control', () => {
    const random = new Random(64);
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 120)] as const;
    const paired = compareDurations(sides[0], sides[1], () => random.next(), 50);
    if (paired === null) throw new Error('not compared');
    const half = { hours: control(random, 50, 1.2).hours.slice(0, 178) };
    expect(withControls(paired, sides, [half, half, half], () => random.next()).controls).toBe(0);
  });
});

describe('recommendations', () => {
  const later = (size: SizeEvidence): SizeEvidence => ({
    ...size,
    environments: size.environments.map((one) => ({
      ...one,
      firstMs: one.firstMs + WEEK_MS,
      hours: one.hours.map((hour) => ({ ...hour, startMs: hour.startMs + WEEK_MS })),
    })),
  });

  test('a slow week of a smaller size hides its saving without controls, and does not with them', () => {
    const random = new Random(65);
    // Waits: half the memory costs half. In the week of 512 MB everything took 1.9 times as long.
    const truth = { fixedMs: 200, cpuMs: 1, usedMb: 80 };
    const sizes = [evidence(random, truth, 1024), later(evidence(random, truth, 512, { slower: 1.9 }))];
    const controls = Array.from({ length: 6 }, () => control(random, 50, 1.9));
    const objective = { maxSlower: 0.1 };
    const without = ask(random, sizes, 1024, 90, objective);
    expect(without.recommendation).toBeNull();
    expect(without.reasons.join(' ')).toMatch(/there are no controls/);
    const found = ask(random, sizes, 1024, 90, { ...objective, controls });
    expect(found.recommendation?.memoryMb).toBe(512);
    expect(found.recommendation?.latencyChange?.value).toBeLessThan(0.1);
    expect(found.reasons.join(' ')).toMatch(
      /6 functions that did not change were (8[5-9]|9[0-5]) % slower at the times of 512 MB/,
    );
  });

  test('a fast week of a smaller size is no saving', () => {
    const random = new Random(66);
    // Computes: half the memory takes twice as long, and costs the same. In the week of 512 MB everything took 0.7 times as long.
    const truth = { fixedMs: 0, cpuMs: 100, usedMb: 80 };
    const sizes = [evidence(random, truth, 1024), later(evidence(random, truth, 512, { slower: 0.7 }))];
    expect(ask(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(512);
    const controls = Array.from({ length: 6 }, () => control(random, 50, 0.7));
    expect(ask(random, sizes, 1024, 90, { controls }).recommendation).toBeNull();
  });
});
