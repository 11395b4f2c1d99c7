/** Burn rates of error budgets. */
import { describe, expect, test } from 'vitest';
import { BURN_RATES, burnRate, multiWindowBurnRate } from './burn-rate.ts';

describe('burn rates', () => {
  test('99.9 % and 1.44 % of errors are 14.4', () => {
    expect(burnRate({ errors: 144, n: 10_000 }, 0.999)).toBeCloseTo(14.4, 9);
    expect(burnRate({ errors: 0, n: 0 }, 0.999)).toBeNull();
    expect(multiWindowBurnRate({ errors: 144, n: 10_000 }, { errors: 0, n: 800 }, 0.999)).toBe(0);
    // Not known in one window, whatever the other says.
    expect(multiWindowBurnRate({ errors: 144, n: 10_000 }, { errors: 0, n: 0 }, 0.999)).toBeNull();
    expect(multiWindowBurnRate({ errors: 0, n: 0 }, { errors: 144, n: 10_000 }, 0.999)).toBeNull();
    expect(BURN_RATES.map(({ longMs, shortMs }) => longMs / shortMs)).toEqual([12, 12, 12]);
  });

  test.each([
    [1, 0.864],
    [0.1, 8.64],
    [0.0144, 60],
  ])('an outage of %d is detected after %d minutes of the hour', (share, minutes) => {
    // One request per second; the long window fills with failures.
    const rate = (elapsed: number): number => {
      const errors = share * elapsed * 60;
      const short = Math.min(elapsed, 5);
      return multiWindowBurnRate({ errors, n: 3600 }, { errors: share * short * 60, n: 300 }, 0.999) ?? 0;
    };
    expect(rate(minutes * 0.95)).toBeLessThan(14.4);
    expect(rate(minutes * 1.02)).toBeGreaterThanOrEqual(14.4 - 1e-9);
  });
});
