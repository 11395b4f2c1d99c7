/** What an account pays less than list price for: declared, because no log line states it. */

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
export function describeTerms({ plans, tier }: Pick<PriceTerms, 'plans' | 'tier'>, range: Range): readonly string[] {
  const share = shareOf(plans, range);
  const whole = plans.some((plan) => plan.fromMs <= range.fromMs && plan.toMs >= range.toMs);
  const percent = `${Number((share * 100).toFixed(2))} %`;
  return [
    tier === 1
      ? 'Duration at the first price tier (up to 6 billion GB-seconds a month on x86_64, 7.5 billion on arm64, per account and region)'
      : `Duration at price tier ${tier}, as declared`,
    share === 0
      ? 'No savings plan is declared for this time'
      : `A declared savings plan takes ${percent} off duration and provisioned concurrency${whole ? '' : ', averaged over the time that it covers'}; requests, storage and logs are at list price`,
  ];
}
