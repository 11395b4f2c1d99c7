/** What an account pays less than list price for: declared, because no log line states it. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';

/** A Compute Savings Plan. */
export interface SavingsPlan {
  /** Share that it takes off duration and provisioned concurrency, 0 to 1. Requests, storage and SnapStart are not covered. */
  readonly share: number;
  /** Epoch ms; infinite where it has no end. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PriceTerms {
  /** They do not overlap. */
  readonly plans: readonly SavingsPlan[];
  /** Tier of duration that the last GB-second of a month is billed in. */
  readonly tier: PriceTier;
  /** Tier of the ingestion of logs, likewise. */
  readonly logTier: LogTier;
}

export type PriceTier = 1 | 2 | 3;
export type LogTier = 1 | 2 | 3 | 4;

/** Logs of Lambda have tiers since this day; one price before. */
const LOG_TIERS_SINCE_MS = Date.UTC(2025, 4, 1);

/** Returns the tier of logs at a time. */
export function logTierAt({ logTier }: PriceTerms, atMs: number): LogTier {
  return atMs < LOG_TIERS_SINCE_MS ? 1 : logTier;
}

/** What list prices are multiplied by. */
export interface PriceFactors {
  readonly duration: number;
  /** Of provisioned concurrency, and of duration on it. */
  readonly provisioned: number;
}

export const AT_LIST_PRICE: PriceFactors = { duration: 1, provisioned: 1 };

/** Tiers 2 and 3 of duration on demand cost nine and eight tenths of the first, on both architectures. */
const TIER_FACTORS: Readonly<Record<PriceTier, number>> = { 1: 1, 2: 0.9, 3: 0.8 };

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Returns the factors of a range: a plan counts for the part of the time that it covers. */
export function factorsOf({ plans, tier }: Pick<PriceTerms, 'plans' | 'tier'>, range: Range): PriceFactors {
  const provisioned = 1 - shareOf(plans, range);
  return { duration: provisioned * TIER_FACTORS[tier], provisioned };
}

/** Returns the factors at a time. */
export function factorsAt(terms: Pick<PriceTerms, 'plans' | 'tier'>, atMs: number): PriceFactors {
  return factorsOf(terms, { fromMs: atMs, toMs: atMs + 1 });
}

function shareOf(plans: readonly SavingsPlan[], { fromMs, toMs }: Range): number {
  if (toMs <= fromMs) return 0;
  return plans.reduce((sum, plan) => {
    const covered = Math.min(toMs, plan.toMs) - Math.max(fromMs, plan.fromMs);
    return covered <= 0 ? sum : sum + (plan.share * covered) / (toMs - fromMs);
  }, 0);
}

/** Says in sentences which terms the prices of a range are at. */
export function describeTerms({ plans, tier }: Pick<PriceTerms, 'plans' | 'tier'>, range: Range): readonly Reason[] {
  const share = shareOf(plans, range);
  const isWhole = plans.some((plan) => plan.fromMs <= range.fromMs && plan.toMs >= range.toMs);
  return [
    tier === 1 ? reasonOf('price-first-tier') : reasonOf('price-tier', { tier }),
    share === 0
      ? reasonOf('price-no-plan')
      : reasonOf('price-plan', { percent: Number((share * 100).toFixed(2)), isWhole }),
  ];
}
