/** Worked out by hand from AWS's list prices of us-east-1: $0.20 per million requests, $0.0000166667 per GB-second on x86_64. */
import { expect, test } from 'vitest';
import { costOf, priceOf, provisionedPriceOf } from './cost.ts';
import { AT_LIST_PRICE, describeTerms, factorsAt, factorsOf } from './terms.ts';

const FROM_MS = Date.UTC(2026, 0, 1);
const TO_MS = Date.UTC(2027, 0, 1);
const PLAN = { share: 0.12, fromMs: FROM_MS, toMs: TO_MS };
const USAGE = { region: 'us-east-1', memoryMb: 1024, architecture: 'x86_64', invocations: 1e6, billedMs: 1e8 };

test('a savings plan takes its share off duration, not off requests', () => {
  const terms = { plans: [PLAN], tier: 1 } as const;
  const factors = factorsOf(terms, { fromMs: FROM_MS, toMs: FROM_MS + 1000 });
  // 100,000 GB-seconds: 1.66667 at list, × 0.88 = 1.46667; requests 0.20.
  expect(costOf(USAGE, AT_LIST_PRICE)?.usd).toBeCloseTo(0.2 + 1.66667, 6);
  expect(costOf(USAGE, factors)?.usd).toBeCloseTo(0.2 + 1.66667 * 0.88, 6);
  expect(priceOf('us-east-1', 'x86_64', factors).perRequest).toBe(2e-7);
  expect(provisionedPriceOf('us-east-1', 'arm64', factors)).toMatchObject({ keptPerGbS: 3.3334e-6 * 0.88 });
});

test('time before a plan and after it keeps its price', () => {
  const terms = { plans: [PLAN, { share: 0.17, fromMs: TO_MS, toMs: Number.POSITIVE_INFINITY }], tier: 1 } as const;
  expect(factorsAt(terms, FROM_MS - 1).duration).toBe(1);
  expect(factorsAt(terms, FROM_MS).duration).toBeCloseTo(0.88, 12);
  expect(factorsAt(terms, TO_MS - 1).duration).toBeCloseTo(0.88, 12);
  expect(factorsAt(terms, TO_MS).duration).toBeCloseTo(0.83, 12);
  // Half of the range before the plan.
  expect(factorsOf(terms, { fromMs: FROM_MS - 5000, toMs: FROM_MS + 5000 }).duration).toBeCloseTo(0.94, 12);
  expect(describeTerms(terms, { fromMs: FROM_MS - 5000, toMs: FROM_MS + 5000 })[1]).toContain('6 % off duration');
  expect(describeTerms({ plans: [], tier: 1 }, { fromMs: 0, toMs: 1 })[1]).toBe(
    'No savings plan is declared for this time',
  );
});

test.each([
  ['x86_64', 2, 1.5e-5],
  ['x86_64', 3, 1.33334e-5],
  ['arm64', 2, 1.20001e-5],
  ['arm64', 3, 1.06667e-5],
] as const)(
  '%s duration in tier %i costs AWS’s price, and provisioned concurrency does not change',
  (kind, tier, price) => {
    const factors = factorsOf({ plans: [], tier }, { fromMs: 0, toMs: 1 });
    expect(Math.abs(priceOf('us-east-1', kind, factors).perGbSecond / price - 1)).toBeLessThan(1e-5);
    expect(factors.provisioned).toBe(1);
  },
);
