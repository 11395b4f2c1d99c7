import { expect, test } from 'vitest';
import { parseSavingsPlans } from './savings-plans.ts';

test('plans with and without days, in any order', () => {
  expect(parseSavingsPlans([])).toEqual([]);
  expect(parseSavingsPlans(['12'])).toEqual([
    { share: 0.12, fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY },
  ]);
  expect(parseSavingsPlans(['17@2027-01-01', '12.5@2026-01-01/2027-01-01'])).toEqual([
    { share: 0.125, fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2027, 0, 1) },
    { share: 0.17, fromMs: Date.UTC(2027, 0, 1), toMs: Number.POSITIVE_INFINITY },
  ]);
});

test.each([
  ['12%', /"12%": expected a percentage/],
  ['-12', /expected a percentage/],
  ['100', /expected a percentage/],
  ['twelve', /expected a percentage/],
  ['12@yesterday', /expected a percentage/],
  ['12@2026-02-30', /2026-02-30 is not a day/],
  ['12@2027-01-01/2026-01-01', /second day must be after the first/],
  ['12@2026-01-01/2026-01-01', /second day must be after the first/],
])('%s is refused by name', (entry, message) => {
  expect(() => parseSavingsPlans([entry])).toThrow(message);
});

test('plans at the same time are refused', () => {
  expect(() => parseSavingsPlans(['12', '17@2027-01-01'])).toThrow(/at the same time/);
});
