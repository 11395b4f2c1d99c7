/** Prices of AWS's price list; amounts worked out by hand. */
import { expect, test } from 'vitest';
import { breakEvenHourUsd, durableOperationsUsd, managedCost, streamedUsd } from './special-kinds.ts';

test('a million durable operations cost 8 dollars, a streamed terabyte 8 dollars', () => {
  expect(durableOperationsUsd(1_000_000)).toBeCloseTo(8, 9);
  expect(streamedUsd(1e12)).toBeCloseTo(8, 9);
});

test('three instances of 0.10 dollars for 100 hours and 5 million requests', () => {
  const cost = managedCost({ instances: 3, instanceHourUsd: 0.1, hours: 100, requests: 5_000_000 });
  // 3 × 0.10 × 100 = 30; 15 % of it 4.50; 5 × 0.20 = 1.
  expect(cost.ec2Usd).toBeCloseTo(30, 9);
  expect(cost.managementFeeUsd).toBeCloseTo(4.5, 9);
  expect(cost.requestsUsd).toBeCloseTo(1, 9);
  expect(cost.totalUsd).toBeCloseTo(35.5, 9);
  // The price at which both cost the same is the price above, for all three together.
  expect(breakEvenHourUsd(cost.totalUsd, 100, 5_000_000)).toBeCloseTo(0.3, 9);
});

test('a function that costs less than its requests pays at no price', () => {
  expect(breakEvenHourUsd(0.5, 100, 5_000_000)).toBe(0);
});
