/** Forecasts worked out by hand. Student's t for 95 % with 2 degrees of freedom is 4.3027, with 3 it is 3.1824. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { normalDraw } from '../statistics/normal.ts';
import { costForecast, FEWEST_FORECAST_DAYS } from './forecast.ts';

const days = (n: number, usd: (at: number) => number): number[] => Array.from({ length: n }, (_, at) => usd(at));

test('fewer than three weeks say nothing about how weeks differ', () => {
  expect(FEWEST_FORECAST_DAYS).toBe(21);
  expect(
    costForecast(
      days(20, () => 1),
      5,
    ),
  ).toBeNull();
});

test('equal days give their sum without a spread', () => {
  expect(
    costForecast(
      days(21, () => 2),
      3.5,
    ),
  ).toEqual({ value: 7, low: 7, high: 7, weeks: 3 });
});

test('each day costs the mean of its weekday, the rest of today first', () => {
  // Weekdays cost 0, 1, …, 6: half of slot 0, then slots 1 and 2.
  expect(
    costForecast(
      days(28, (at) => at % 7),
      2.5,
    )?.value,
  ).toBeCloseTo(0.5 * 0 + 1 + 2, 12);
  // Whole days begin with slot 0; eight of them are a week and slot 0 again.
  expect(
    costForecast(
      days(28, (at) => at % 7),
      8,
    )?.value,
  ).toBeCloseTo(21, 12);
});

test('the interval comes from how much weeks differ', () => {
  // Weeks of 7, 14 and 21: mean 14, variance 49. A week ahead: 4.3027 · √(49 · 4/3) = 34.78, and no cost is below 0.
  const one = costForecast(
    days(21, (at) => 1 + Math.floor(at / 7)),
    7,
  );
  expect(one?.value).toBeCloseTo(14, 12);
  expect(one?.low).toBe(0);
  expect(one?.high).toBeCloseTo(14 + 34.78, 1);
  // Two days ahead, independent days differ most: √(2/7) of it.
  const two = costForecast(
    days(21, (at) => 1 + Math.floor(at / 7)),
    2,
  );
  expect(two?.high).toBeCloseTo(4 + 34.78 * Math.sqrt(2 / 7), 1);
  // Two weeks ahead, weeks that go together: twice.
  expect(
    costForecast(
      days(21, (at) => 1 + Math.floor(at / 7)),
      14,
    )?.high,
  ).toBeCloseTo(28 + 2 * 34.78, 1);
});

test('at most eight weeks are used', () => {
  // 100 old days at 50, then 56 at 1.
  expect(costForecast([...days(100, () => 50), ...days(56, () => 1)], 7)).toEqual({
    value: 7,
    low: 7,
    high: 7,
    weeks: 8,
  });
});

test.each([0, 0.5, 0.8])(
  'of days that follow each other with a correlation of %f, the interval holds 95 %%',
  (alike) => {
    const random = new Random(11);
    const runs = 1500;
    let held = 0;
    for (let run = 0; run < runs; run += 1) {
      let state = normalDraw(() => random.next());
      const daily = days(56 + 12, (at) => {
        state = alike * state + Math.sqrt(1 - alike ** 2) * normalDraw(() => random.next());
        return 100 + (at % 7) * 5 + 10 * state;
      });
      const truth = daily.slice(56).reduce((sum, usd) => sum + usd, 0);
      const found = costForecast(daily.slice(0, 56), 12);
      if (found !== null && found.low <= truth && truth <= found.high) held += 1;
    }
    expect(held / runs).toBeGreaterThan(0.94);
  },
);
