/** What invocations cost, from the billed duration the line itself prints. */
import type { ProvisionedPrice } from './prices.ts';
import {
  EPHEMERAL_PER_GBS,
  LOGS_PER_GB,
  PROVISIONED_PRICES,
  REGION_PRICES,
  STANDARD_EPHEMERAL_PER_GBS,
  STANDARD_LOGS_PER_GB,
  STANDARD_PRICE,
  STANDARD_PROVISIONED,
} from './prices.ts';

export interface Usage {
  readonly region: string;
  readonly memoryMb: number | null;
  /** null when no inventory names it. */
  readonly architecture: string | null;
  readonly invocations: number;
  readonly billedMs: number;
}

export interface Cost {
  readonly usd: number;
  /** True when the region or the architecture had to be assumed (standard rate, x86). */
  readonly assumed: boolean;
}

/**
 * Compute plus request price at list price, first tier: requests × price + GB × billed seconds × price.
 * Init is inside billed duration wherever AWS bills it. Null where memory is unknown or the region is not priced in dollars.
 */
export function costOf(usage: Usage): Cost | null {
  if (usage.memoryMb === null) return null;
  const listed = REGION_PRICES[usage.region];
  const price = listed ?? STANDARD_PRICE;
  if (price.currency !== 'USD') return null;
  const perGbS = usage.architecture === 'arm64' ? price.arm64PerGbS : price.x86PerGbS;
  return {
    usd: usage.invocations * price.perRequest + computeUsd(usage.memoryMb, usage.billedMs, perGbS),
    assumed: listed === undefined || usage.architecture === null,
  };
}

/** List prices of a place, first tier; `assumed` where the region or the architecture had to be. */
export function priceOf(
  region: string,
  architecture: string | null,
): { readonly perGbSecond: number; readonly perRequest: number; readonly assumed: boolean } {
  const listed = REGION_PRICES[region];
  // Yuan are not dollars: such regions are shown at the standard rate, and said to be.
  const price = listed?.currency === 'USD' ? listed : STANDARD_PRICE;
  return {
    perGbSecond: architecture === 'arm64' ? price.arm64PerGbS : price.x86PerGbS,
    perRequest: price.perRequest,
    assumed: price !== listed || architecture === null,
  };
}

/** Prices of provisioned concurrency of a place; `assumed` where the region or the architecture had to be. */
export function provisionedPriceOf(
  region: string,
  architecture: string | null,
): ProvisionedPrice & { readonly assumed: boolean } {
  const kind = architecture === 'arm64' ? 'arm64' : 'x86';
  const listed = PROVISIONED_PRICES[region]?.[kind] ?? null;
  return { ...(listed ?? STANDARD_PROVISIONED[kind]), assumed: listed === null || architecture === null };
}

/** Until then Lambda billed by 100 ms, afterwards by 1 ms. */
const BY_THE_MILLISECOND_MS = Date.UTC(2020, 11, 1);

/** What a run of `durationMs` was billed on its day, ms. For runs whose line is not at hand: the line prints it. */
export function billedMs(durationMs: number, atMs: number): number {
  const step = atMs < BY_THE_MILLISECOND_MS ? 100 : 1;
  return Math.ceil(durationMs / step) * step;
}

/**
 * Whether the line bills the init: then Billed Duration is Duration and Init Duration together, rounded up. Lambda does so
 * since August 2025 for every kind of function, before that for some; the line itself says it. A millisecond is left to
 * rounding; an init shorter than that cannot be told, and costs nothing worth telling.
 */
export function isInitBilled(run: {
  readonly billedMs: number | null;
  readonly durationMs: number;
  readonly initMs: number | null;
}): boolean {
  if (run.billedMs === null || run.initMs === null || run.initMs < 1) return false;
  return run.billedMs >= run.durationMs + run.initMs - 1;
}

/** Dollars of compute of one invocation at `perGbSecond`. */
export function computeUsd(memoryMb: number, billed: number, perGbSecond: number): number {
  return (memoryMb / 1024) * (billed / 1000) * perGbSecond;
}

/** Every function has so much ephemeral storage for nothing. */
const FREE_EPHEMERAL_MB = 512;

/** Dollars of declared ephemeral storage for so much billed time. */
export function ephemeralUsd(region: string, storageMb: number, billedMs: number): number {
  const price = EPHEMERAL_PER_GBS[region] ?? STANDARD_EPHEMERAL_PER_GBS;
  return (Math.max(0, storageMb - FREE_EPHEMERAL_MB) / 1024) * (billedMs / 1000) * price;
}

/** Dollars of taking in so many bytes of log text, first tier. */
export function logsCostOf(region: string, bytes: number): { readonly usd: number; readonly assumed: boolean } {
  const listed = LOGS_PER_GB[region];
  return { usd: (bytes / 2 ** 30) * (listed ?? STANDARD_LOGS_PER_GB), assumed: listed === undefined };
}

/** What of the usage was paid for failed attempts. */
export function failedUsage<T extends Usage & { readonly failed: number; readonly failedBilledMs: number }>(
  usages: readonly T[],
): readonly T[] {
  return usages.map((usage) => ({ ...usage, invocations: usage.failed, billedMs: usage.failedBilledMs }));
}

/** Sums what can be priced; null when nothing can. */
export function totalCost(usages: readonly Usage[]): Cost | null {
  const costs = usages.map(costOf).filter((cost) => cost !== null);
  if (costs.length === 0) return null;
  return { usd: costs.reduce((sum, cost) => sum + cost.usd, 0), assumed: costs.some((cost) => cost.assumed) };
}
