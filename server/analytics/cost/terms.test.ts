/** Worked out by hand from AWS's list prices of us-east-1: $0.20 per million requests, $0.0000166667 per GB-second on x86_64. */
import { expect, test } from 'vitest';
import { costOf, priceOf, provisionedPriceOf } from './cost.ts';
import { AT_LIST_PRICE, describeTerms, factorsAt, factorsOf, logTierAt } from './terms.ts';

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
  expect(describeTerms(terms, { fromMs: FROM_MS - 5000, toMs: FROM_MS + 5000 })[1]?.text).toContain('6 % off duration');
  expect(describeTerms({ plans: [], tier: 1 }, { fromMs: 0, toMs: 1 })[1]?.text).toBe(
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

test('the sentences state tier and plan', () => {
  const range = { fromMs: FROM_MS, toMs: FROM_MS + 10_000 };
  const at = (plans: readonly (typeof PLAN)[], tier: 1 | 2 = 1) =>
    describeTerms({ plans, tier }, range).map(({ text }) => text);
  expect(at([])[0]).toBe(
    'Duration at the first price tier (up to 6 billion GB-seconds a month on x86_64, 7.5 billion on arm64, per account and region)',
  );
  expect(at([], 2)[0]).toBe('Duration at price tier 2, as declared');
  const rest = '; requests, storage and logs are at list price';
  const takes = (share: string) => `A declared savings plan takes ${share} off duration and provisioned concurrency`;
  expect(at([PLAN])[1]).toBe(`${takes('12 %')}${rest}`);
  // From the begin to the end of the range, exactly.
  expect(at([{ ...PLAN, ...range }])[1]).toBe(`${takes('12 %')}${rest}`);
  // A third of a second of ten: 0.12 × 0.0333.
  expect(at([{ ...PLAN, toMs: FROM_MS + 333 }])[1]).toBe(
    `${takes('0.4 %')}, averaged over the time that it covers${rest}`,
  );
  expect(at([{ ...PLAN, fromMs: FROM_MS + 5000 }])[1]).toBe(
    `${takes('6 %')}, averaged over the time that it covers${rest}`,
  );
});

test('a range without length is at list price', () => {
  expect(factorsOf({ plans: [PLAN], tier: 1 }, { fromMs: FROM_MS, toMs: FROM_MS })).toEqual(AT_LIST_PRICE);
});

test('logs have tiers since May 2025', () => {
  const terms = { plans: [], tier: 1, logTier: 3 } as const;
  expect(logTierAt(terms, Date.UTC(2025, 4, 1) - 1)).toBe(1);
  expect(logTierAt(terms, Date.UTC(2025, 4, 1))).toBe(3);
});
