/** Windows and steps, fitted to inspections whose shares follow them exactly. Likelihoods are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Inspections } from './families.ts';
import { fitSteps, fitWindow, likeliestStepsOutside, likeliestWindow, logLikelihoodOf } from './families.ts';

/** `each` inspections at each of the minutes, of which the share that `survival` says is alive. */
function looks(minutes: readonly number[], each: number, survival: (minutes: number) => number): Inspections[] {
  return minutes.map((at) => {
    const alive = each * survival(at);
    return { ms: at * MINUTE_MS, alive, terminated: each - alive };
  });
}
const halves = Array.from({ length: 40 }, (_, at) => (at + 1) / 2);

/** Log-likelihood of `n` inspections that follow the share exactly. */
const entropy = (n: number, share: number): number => n * (share * Math.log(share) + (1 - share) * Math.log(1 - share));

test('the log-likelihood counts what was found alive and terminated; no outcome is impossible', () => {
  const inspections = [
    { ms: 10, alive: 3, terminated: 1 },
    { ms: 20, alive: 0, terminated: 2 },
  ];
  // 3 ln 0.75 + ln 0.25 + 2 ln 0.5.
  const found = logLikelihoodOf(inspections, (ms) => (ms === 10 ? 0.75 : 0.5));
  expect(found).toBeCloseTo(-0.863 - 1.3863 - 1.3863, 3);
  // A millionth is left of the other outcome: ln 1e-6 = -13.8155.
  expect(logLikelihoodOf([{ ms: 1, alive: 0, terminated: 1 }], () => 1)).toBeCloseTo(-13.8155, 3);
  expect(logLikelihoodOf([{ ms: 1, alive: 2, terminated: 0 }], () => 0)).toBeCloseTo(-27.631, 3);
});

describe('steps', () => {
  const stepped = (everyMinutes: number, left: number) => (minutes: number) =>
    left ** Math.floor(minutes / everyMinutes);

  test('the period and the share that is left at each are found again', () => {
    const fit = fitSteps(looks(halves, 100, stepped(6, 0.4)), 1);
    expect(fit).toMatchObject({ family: 'steps', parameters: 2, complexity: 3 });
    const at = (minutes: number) => fit.survival(minutes * MINUTE_MS);
    expect([at(0), at(5.5)]).toEqual([1, 1]);
    for (const [minutes, share] of [
      [6, 0.4],
      [11.5, 0.4],
      [12, 0.16],
      [18.5, 0.064],
    ] as const)
      expect(at(minutes)).toBeCloseTo(share, 3);
    // Nothing ends before 6 min; then 12 inspections follow 0.4, 12 follow 0.16, and 5 follow 0.064.
    const expected = entropy(1200, 0.4) + entropy(1200, 0.16) + entropy(500, 0.064);
    expect(fit.logLikelihood).toBeCloseTo(expected, 1);
  });

  test('the period is the median of its posterior distribution, not the likeliest one', () => {
    // One inspection each at 5, 6 and 7 min found an environment alive; a fifth has ended by 8 min. A period that counts k of them as
    // after a step is 0.8ᵏ as likely. Weights of periods up to 5, 6, 7 and 8 min: 0.512 ln(5/4) = 0.1142, 0.64 ln(6/5) = 0.1167,
    // 0.8 ln(7/6) = 0.1233, ln(8/7) = 0.1335. Half of their sum is 0.1052 of the third beyond the second: 6 (7/6)^0.1052 = 6.1 min.
    const one = (minutes: number) => ({ ms: minutes * MINUTE_MS, alive: 1, terminated: 0 });
    const inspections = [...looks([4], 100, () => 1), ...[5, 6, 7].map(one), ...looks([8], 1000, () => 0.8)];
    const fit = fitSteps(inspections, 1);
    expect(fit.survival(6.08 * MINUTE_MS)).toBe(1);
    expect(fit.survival(6.12 * MINUTE_MS)).toBeCloseTo(0.8, 3);
    // Where two inspections are worth one, roots of the likelihoods count: 0.1597, 0.1458, 0.1379, 0.1335; 5 (6/5)^0.883 = 5.87 min.
    const half = fitSteps(inspections, 2);
    expect(half.survival(5.85 * MINUTE_MS)).toBe(1);
    expect(half.survival(5.89 * MINUTE_MS)).toBeCloseTo(0.8, 3);
    expect(half.logLikelihood).toBe(fit.logLikelihood);
  });

  test('a single inspected time is the period, within 1 %', () => {
    const fit = fitSteps(
      looks([6], 10, () => 0.4),
      1,
    );
    expect(fit.survival(5.93 * MINUTE_MS)).toBe(1);
    expect(fit.survival(6 * MINUTE_MS)).toBeCloseTo(0.4, 3);
  });

  test('a fortieth of the longest time is too short for a period', () => {
    const fit = fitSteps(
      looks(
        Array.from({ length: 40 }, (_, at) => at + 1),
        100,
        stepped(1, 0.9),
      ),
      1,
    );
    expect(fit.survival(MINUTE_MS)).toBe(1);
    expect(fit.survival(2 * MINUTE_MS)).toBeLessThan(1);
  });

  test('outside of a range of the median', () => {
    const best = (left: number, low: number, high: number) => {
      const inspections = looks(halves, 100, stepped(6, left));
      const outside = likeliestStepsOutside(inspections, { low: low * MINUTE_MS, high: high * MINUTE_MS });
      return outside - fitSteps(inspections, 1).logLikelihood;
    };
    // Less than half is left at 6 min. A period between 5.83 and 6 min would look the same: three of a shorter one end before the
    // inspection at 17.5 min, of which 0.064 in place of 0.16 would be left: 100 (0.16 ln 2.5 + 0.84 ln 0.897) = 5.6 less.
    expect(best(0.4, 5.75, 6)).toBeLessThan(-5);
    expect(best(0.4, 5.9, 6)).toBeCloseTo(0, 6);
    expect(best(0.4, 5.75, 5.9)).toBeCloseTo(0, 6);
    // 0.8⁴ = 0.41 is the first below a half: at 24 min, or after 23.33.
    expect(best(0.8, 23, 24)).toBeLessThan(-1);
    expect(best(0.8, 23.6, 24)).toBeCloseTo(0, 6);
    expect(best(0.8, 23, 23.6)).toBeCloseTo(0, 6);
    expect(best(0.4, 0, Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('windows', () => {
  const logistic = (minutes: number): number => 1 / (1 + (minutes / 10) ** 7);
  const evicted = (minutes: number): number => logistic(minutes) * Math.exp(-minutes / 8);

  test.each([
    ['a window', logistic, false, 2],
    ['a window with evictions', evicted, true, 3],
  ] as const)('%s is found again', (_, survival, isEvicted, parameters) => {
    const inspections = [{ ms: 0, alive: 5, terminated: 0 }, ...looks(halves, 100, survival)];
    const fit = fitWindow(inspections, isEvicted);
    expect(fit).toMatchObject({ family: 'window', parameters, complexity: parameters });
    for (const minutes of [2, 5, 9, 10, 11, 15])
      expect(fit.survival(minutes * MINUTE_MS)).toBeCloseTo(survival(minutes), 2);
    // As likely as the truth, which shares that follow it exactly are at their likeliest.
    const truth = halves.reduce((sum, minutes) => sum + entropy(100, survival(minutes)), 0);
    expect(Math.abs(fit.logLikelihood - truth)).toBeLessThan(0.01);
    expect(logLikelihoodOf(inspections, fit.survival)).toBeCloseTo(fit.logLikelihood, 9);
  });

  test('a fixed window is as good as none that is wider', () => {
    const fit = fitWindow(
      looks(halves, 100, (minutes) => (minutes < 6 ? 1 : 0)),
      false,
    );
    expect(fit.logLikelihood).toBeGreaterThan(-1);
    expect(fit.survival(5.5 * MINUTE_MS)).toBeGreaterThan(0.99);
    expect(fit.survival(6 * MINUTE_MS)).toBeLessThan(0.01);
  });

  test.each([
    [logistic, false],
    [evicted, true],
  ] as const)('of a given median, the best is the fit at its own median and worse elsewhere', (survival, isEvicted) => {
    const inspections = looks(halves, 100, survival);
    const fit = fitWindow(inspections, isEvicted);
    let [low, high] = [MINUTE_MS, 20 * MINUTE_MS];
    while (high - low > 0.01) {
      const middle = (low + high) / 2;
      if (fit.survival(middle) > 0.5) low = middle;
      else high = middle;
    }
    const at = (factor: number) => likeliestWindow(inspections, isEvicted, low * factor) - fit.logLikelihood;
    expect(Math.abs(at(1))).toBeLessThan(0.01);
    expect(at(1.1)).toBeLessThan(-3);
    expect(at(0.9)).toBeLessThan(-3);
    expect(at(1.3)).toBeLessThan(at(1.1));
    expect(at(0.7)).toBeLessThan(at(0.9));
    // Without evictions, a window with the same median is no likelier.
    expect(likeliestWindow(inspections, false, low)).toBeLessThan(fit.logLikelihood + 0.01);
  });
});
