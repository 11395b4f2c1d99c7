/** When inspections say where the median is, and when they leave a shorter or longer one possible. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Fit, Inspections } from './families.ts';
import { fitWindow } from './families.ts';
import { isKnownWithin, misfit, shapeOf, timeOfShare, withSteps } from './typical.ts';

/** Inspections every 30 s up to 20 min, `each` times, of which the share that `survival` says is found alive. */
function looks(each: number, survival: (minutes: number) => number): readonly Inspections[] {
  return Array.from({ length: 40 }, (_, at) => {
    const alive = Math.round(each * survival((at + 1) / 2));
    return { ms: ((at + 1) * MINUTE_MS) / 2, alive, terminated: each - alive };
  });
}

/** The fitted median in minutes, and whether one 10 % shorter or longer is ruled out. */
function medianOf(inspections: readonly Inspections[]): readonly [number, boolean] {
  const fit = shapeOf(inspections, 1);
  const medianMs = fit === null ? null : timeOfShare(fit, 0.5, 20 * MINUTE_MS);
  if (fit === null || medianMs === null) throw new Error('expected a fit with a median');
  return [medianMs / MINUTE_MS, isKnownWithin(inspections, { fit, medianMs, designEffect: 1, by: 1.1 })];
}

/** Log-logistic with its middle at ten minutes: half are left there, whatever the exponent. */
const logistic = (minutes: number): number => 1 / (1 + (minutes / 10) ** 7);

test('many inspections of a window rule out a median 10 % off', () => {
  const [median, isSharp] = medianOf(looks(100, logistic));
  expect(median).toBeGreaterThan(9.5);
  expect(median).toBeLessThan(10.5);
  expect(isSharp).toBe(true);
});

test('the same inspections do not if a hundred of them are worth one', () => {
  const inspections = looks(100, logistic);
  const fit = shapeOf(inspections, 100);
  const medianMs = fit === null ? null : timeOfShare(fit, 0.5, 20 * MINUTE_MS);
  if (fit === null || medianMs === null) throw new Error('expected a fit with a median');
  expect(isKnownWithin(inspections, { fit, medianMs, designEffect: 100, by: 1.1 })).toBe(false);
  expect(isKnownWithin(inspections, { fit, medianMs, designEffect: 1, by: 1.1 })).toBe(true);
});

test('three inspections at each time, of a wide window, do not', () => {
  // Information about ln(median) is β² Σ n p (1 - p) = 9 · 3 · 5.8, by the shares at each half minute: the standard error is 0.08.
  const [, isSharp] = medianOf(looks(3, (minutes) => 1 / (1 + (minutes / 10) ** 3)));
  expect(isSharp).toBe(false);
});

test('six at each time rule out steps, but not a window 10 % off', () => {
  // As above with twice the information: the standard error is 0.057, and ln 1.1 is 1.7 of it.
  const [, isSharp] = medianOf(looks(6, (minutes) => 1 / (1 + (minutes / 10) ** 3)));
  expect(isSharp).toBe(false);
});

test('steps and a window that fit alike leave the median open', () => {
  // Inspected only at 3, 7 and 14 min: whether 40 % are left from a step at 6 min on or fall there slowly is not visible.
  const inspections = [
    { ms: 3 * MINUTE_MS, alive: 60, terminated: 0 },
    { ms: 7 * MINUTE_MS, alive: 12, terminated: 18 },
    { ms: 14 * MINUTE_MS, alive: 5, terminated: 25 },
  ];
  const [, isSharp] = medianOf(inspections);
  expect(isSharp).toBe(false);
});

test('an inspection at every half minute shows a step', () => {
  const [median, isSharp] = medianOf(looks(100, (minutes) => 0.4 ** Math.floor(minutes / 6)));
  expect(median).toBeGreaterThan(5.4);
  expect(median).toBeLessThan(6.6);
  expect(isSharp).toBe(true);
});

test('an interval contains steps that the inspections do not rule out', () => {
  // All are alive at 5 min, and 40 of 100 at 7 min. A step before 6 min counts the environments that were alive then as after it. With
  // two of them its log-likelihood is 42 ln(42/102) + 60 ln(60/102) = -69.10, and -67.30 without: 1.80 less, and 1.92 is the limit.
  // With three it is -69.99, 2.69 less.
  const found = (alive: number, designEffect: number, logLikelihood = -67.3) => {
    const inspections = [
      { ms: 5 * MINUTE_MS, alive: 100, terminated: 0 },
      { ms: 6 * MINUTE_MS, alive, terminated: 0 },
      { ms: 7 * MINUTE_MS, alive: 40, terminated: 60 },
    ];
    const smooth = { low: 6.5 * MINUTE_MS, high: 6.6 * MINUTE_MS };
    const { low, high } = withSteps(smooth, inspections, { logLikelihood }, designEffect);
    return [low / MINUTE_MS, high / MINUTE_MS];
  };
  expect(found(2, 1)).toEqual([5, 7]);
  expect(found(3, 1)).toEqual([6, 7]);
  expect(found(3, 2)).toEqual([5, 7]);
  // Another shape is much likelier.
  expect(found(2, 1, -60)).toEqual([6.5, 6.6]);
});

/** A fit with this survival, whatever its likelihood. */
const surviving = (survival: (ms: number) => number): Fit => ({
  family: 'window',
  logLikelihood: 0,
  parameters: 2,
  complexity: 2,
  survival,
});

test('the misfit sums squared differences of tenths of the inspections, in units of their variance', () => {
  // 80 inspections in groups of at least eight: two times of four. A group expects 4 terminated with a variance of
  // 8 · ½ · ½ = 2, and has 2: (2 - 4)² / 2 = 2, ten times.
  const even = Array.from({ length: 20 }, (_, at) => ({ ms: at + 1, alive: 3, terminated: 1 }));
  expect(
    misfit(
      even,
      surviving(() => 0.5),
    ),
  ).toBeCloseTo(20, 9);
  // As much as three quarters surviving expects.
  expect(
    misfit(
      even,
      surviving(() => 0.75),
    ),
  ).toBeCloseTo(0, 9);
  // With 90 % surviving, 0.8 are expected with a variance of 8 · 0.1 · 0.9 = 0.72: 1.2² / 0.72 = 2, ten times.
  expect(
    misfit(
      even,
      surviving(() => 0.9),
    ),
  ).toBeCloseTo(20, 9);
});

test('what is left over at the end is a group of its own; a sure outcome has the rounding of one observation', () => {
  const even = Array.from({ length: 10 }, (_, at) => ({ ms: at + 1, alive: 5, terminated: 5 }));
  // Of 101, groups have at least 10.1: pairs without any difference, and the last one: (1 - ½)² / 0.5.
  const last = { ms: 11, alive: 0, terminated: 1 };
  expect(
    misfit(
      [...even, last],
      surviving(() => 0.5),
    ),
  ).toBeCloseTo(0.5, 9);
  // Nothing can be terminated, and one was: 1² / 0.5.
  expect(
    misfit(
      [{ ms: 1, alive: 9, terminated: 1 }],
      surviving(() => 1),
    ),
  ).toBeCloseTo(2, 9);
});

test('the time of a share is found to the millisecond, and unknown beyond the longest', () => {
  const steadily = surviving((ms) => 1 - ms / 1000);
  expect(timeOfShare(steadily, 0.5, 1000)).toBe(500);
  expect(timeOfShare(steadily, 0.1, 1000)).toBeCloseTo(100, 9);
  expect(timeOfShare(steadily, 0.5, 500)).toBeCloseTo(500, 9);
  expect(timeOfShare(steadily, 0.5, 499)).toBeNull();
});

test('each shape is found where inspections follow it', () => {
  const evicted = (minutes: number): number => logistic(minutes) * Math.exp(-minutes / 8);
  expect(shapeOf(looks(1000, logistic), 1)).toMatchObject({ family: 'window', parameters: 2 });
  expect(shapeOf(looks(1000, evicted), 1)).toMatchObject({ family: 'window', parameters: 3 });
  expect(
    shapeOf(
      looks(1000, (minutes) => 0.4 ** Math.floor(minutes / 6)),
      1,
    ),
  ).toMatchObject({ family: 'steps' });
});

test('a third parameter must raise the likelihood by more than half the logarithm of the inspections', () => {
  // Schwarz's criterion: -2 ln L + k ln n, of n = 40 · 100.
  const gained = (perMinute: number): readonly [number, number | undefined, number | undefined] => {
    const inspections = looks(100, (minutes) => logistic(minutes) * Math.exp(-minutes * perMinute));
    const [two, three] = [fitWindow(inspections, false), fitWindow(inspections, true)];
    const gain = 2 * (three.logLikelihood - two.logLikelihood);
    return [gain, shapeOf(inspections, 1)?.parameters, shapeOf(inspections, 4)?.parameters];
  };
  const enough = Math.log(4000);
  const [little, forLittle] = gained(0.0015);
  expect(little).toBeGreaterThan(2);
  expect(little).toBeLessThan(enough);
  expect(forLittle).toBe(2);
  // Where each inspection counts as a quarter, so does the gain: ln(1000) is what it must exceed.
  const [more, forMore, asQuarters] = gained(0.002);
  expect(more).toBeGreaterThan(enough);
  expect(more / 4).toBeLessThan(Math.log(1000));
  expect([forMore, asQuarters]).toEqual([3, 2]);
});

test('data that no shape describes has none, unless inspections count for little', () => {
  // All are left after 5 min, a fifth until 10 min, and nine tenths after that.
  const impossible = looks(20, (minutes) => (minutes < 5 ? 1 : minutes < 10 ? 0.2 : 0.9));
  expect(shapeOf(impossible, 1)).toBeNull();
  expect(shapeOf(impossible, 1000)).not.toBeNull();
});
