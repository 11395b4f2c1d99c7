/** Computes the cost of invocations from the billed duration in REPORT lines. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { ProvisionedPrice } from './prices.ts';
import {
  EPHEMERAL_PER_GBS,
  LOGS_PER_GB,
  PROVISIONED_PRICES,
  REGION_PRICES,
  SNAP_START_PRICES,
  STANDARD_EPHEMERAL_PER_GBS,
  STANDARD_LOGS_PER_GB,
  STANDARD_PRICE,
  STANDARD_PROVISIONED,
  STANDARD_SNAP_START,
} from './prices.ts';
import type { LogTier, PriceFactors } from './terms.ts';

export interface Usage {
  readonly region: string;
  readonly memoryMb: number | null;
  /** Null if inventory does not contain it. */
  readonly architecture: string | null;
  readonly invocations: number;
  readonly billedMs: number;
}

export interface Cost {
  readonly usd: number;
  /** True if the region or the architecture was assumed (standard rate, x86). */
  readonly assumed: boolean;
}

/**
 * Computes compute plus request cost: requests × price + GB × billed seconds × price. Billed
 * duration includes init wherever AWS bills it. Null if memory is unknown or the region has no price in dollars.
 */
export function costOf(usage: Usage, factors: PriceFactors): Cost | null {
  if (usage.memoryMb === null) return null;
  const listed = REGION_PRICES[usage.region];
  const price = listed ?? STANDARD_PRICE;
  if (price.currency !== 'USD') return null;
  const perGbS = usage.architecture === 'arm64' ? price.arm64PerGbS : price.x86PerGbS;
  return {
    usd: usage.invocations * price.perRequest + computeUsd(usage.memoryMb, usage.billedMs, perGbS) * factors.duration,
    assumed: listed === undefined || usage.architecture === null,
  };
}

/** Returns the prices of a region and architecture; `assumed` if either was assumed. */
export function priceOf(
  region: string,
  architecture: string | null,
  factors: PriceFactors,
): { readonly perGbSecond: number; readonly perRequest: number; readonly assumed: boolean } {
  const listed = REGION_PRICES[region];
  // Regions priced in yuan use the standard rate in dollars, marked as assumed.
  const price = listed?.currency === 'USD' ? listed : STANDARD_PRICE;
  return {
    perGbSecond: (architecture === 'arm64' ? price.arm64PerGbS : price.x86PerGbS) * factors.duration,
    perRequest: price.perRequest,
    assumed: price !== listed || architecture === null,
  };
}

/** Returns provisioned concurrency prices of a region and architecture; `assumed` if either was assumed. */
export function provisionedPriceOf(
  region: string,
  architecture: string | null,
  factors: PriceFactors,
): ProvisionedPrice & { readonly assumed: boolean } {
  const kind = architecture === 'arm64' ? 'arm64' : 'x86';
  const listed = PROVISIONED_PRICES[region]?.[kind] ?? null;
  const { keptPerGbS, runPerGbS } = listed ?? STANDARD_PROVISIONED[kind];
  return {
    keptPerGbS: keptPerGbS * factors.provisioned,
    runPerGbS: runPerGbS * factors.provisioned,
    assumed: listed === null || architecture === null,
  };
}

/** Lambda bills per ms since this date, per 100 ms before. */
const BY_THE_MILLISECOND_MS = Date.UTC(2020, 11, 1);

/** Returns the billed duration of a run on its day, ms. For runs whose REPORT line, which contains it, is not available. */
export function billedMs(durationMs: number, atMs: number): number {
  const step = atMs < BY_THE_MILLISECOND_MS ? 100 : 1;
  return Math.ceil(durationMs / step) * step;
}

/**
 * Returns whether the REPORT line bills the init: Billed Duration is then Duration plus Init Duration, rounded up. Lambda
 * bills init for every kind of function since August 2025, and for some kinds before. Allows 1 ms for rounding; a shorter
 * init cannot be detected, and costs next to nothing.
 */
function isInitBilled(run: ColdStartBilling): boolean {
  if (run.billedMs === null || run.initMs === null || run.initMs < 1) return false;
  return run.billedMs >= run.durationMs + run.initMs - 1;
}

/** Times of a cold start as its REPORT line states them, ms; null if the line does not contain them. */
export interface ColdStartBilling {
  readonly billedMs: number | null;
  readonly durationMs: number;
  readonly initMs: number | null;
  /** Init that is part of Duration. */
  readonly hiddenInitMs: number | null;
  /** Billed part of a restore. */
  readonly billedRestoreMs: number | null;
}

/**
 * Returns the part of an init or restore that Billed Duration includes, ms; null if none. A restore is billed for the part that
 * REPORT states. An init inside Duration is billed with it, up to a timeout.
 */
export function billedInitMs(run: ColdStartBilling): number | null {
  if (run.billedRestoreMs !== null) return run.billedRestoreMs;
  if (run.hiddenInitMs !== null) return run.billedMs === null ? null : Math.min(run.hiddenInitMs, run.billedMs);
  return isInitBilled(run) ? run.initMs : null;
}

/** Returns the compute cost of one invocation in dollars. `perGbSecond` is the price. */
export function computeUsd(memoryMb: number, billed: number, perGbSecond: number): number {
  return (memoryMb / 1024) * (billed / 1000) * perGbSecond;
}

/**
 * Returns what SnapStart costs beside billed time, in dollars: per GB restored, and per GB and second that a version's snapshot is
 * kept, at least three hours. Java functions do not pay it. Restores are priced at the rate of us-east-1 in every region.
 */
export function snapStartUsd(
  region: string,
  runtime: string,
  { restores, memoryMb, keptMs }: { readonly restores: number; readonly memoryMb: number; readonly keptMs: number },
): { readonly restoreUsd: number; readonly cacheUsd: number } {
  if (runtime.startsWith('java')) return { restoreUsd: 0, cacheUsd: 0 };
  const price = SNAP_START_PRICES[region] ?? STANDARD_SNAP_START;
  const gb = memoryMb / 1024;
  const keptSeconds = keptMs === 0 ? 0 : Math.max(keptMs, SHORTEST_CACHE_MS) / 1000;
  return { restoreUsd: restores * gb * price.restorePerGb, cacheUsd: keptSeconds * gb * price.cachePerGbS };
}

/** A snapshot is paid for at least this long. */
const SHORTEST_CACHE_MS = 3 * HOUR_MS;

/** Ephemeral storage that is free for every function. */
const FREE_EPHEMERAL_MB = 512;

/** Returns the cost of the configured ephemeral storage over the billed time, in dollars. */
export function ephemeralUsd(region: string, storageMb: number, billedMs: number): number {
  const price = EPHEMERAL_PER_GBS[region] ?? STANDARD_EPHEMERAL_PER_GBS;
  return (Math.max(0, storageMb - FREE_EPHEMERAL_MB) / 1024) * (billedMs / 1000) * price;
}

/** Returns the cost of ingesting `bytes` of log text, at the price of a tier. */
export function logsCostOf(
  region: string,
  bytes: number,
  tier: LogTier,
): { readonly usd: number; readonly assumed: boolean } {
  const listed = LOGS_PER_GB[region];
  const prices = listed ?? STANDARD_LOGS_PER_GB;
  return { usd: (bytes / 2 ** 30) * (prices[tier - 1] ?? prices[0]), assumed: listed === undefined };
}

/** Returns the part of the usage that failed attempts were billed for. */
export function failedUsage<T extends Usage & { readonly failed: number; readonly failedBilledMs: number }>(
  usages: readonly T[],
): readonly T[] {
  return usages.map((usage) => ({ ...usage, invocations: usage.failed, billedMs: usage.failedBilledMs }));
}

/** Sums the costs that can be priced; null if none can. */
export function totalCost(usages: readonly Usage[], factors: PriceFactors): Cost | null {
  const costs = usages.map((usage) => costOf(usage, factors)).filter((cost) => cost !== null);
  if (costs.length === 0) return null;
  return { usd: costs.reduce((sum, cost) => sum + cost.usd, 0), assumed: costs.some((cost) => cost.assumed) };
}

/** Counts the invocations whose cost is unknown. A sum of costs leaves them out. */
export function unpricedInvocations(usages: readonly Usage[], factors: PriceFactors): number {
  return usages.reduce((sum, usage) => sum + (costOf(usage, factors) === null ? usage.invocations : 0), 0);
}
