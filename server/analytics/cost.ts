/** What invocations cost, from the billed duration the line itself prints. */
import { REGION_PRICES, STANDARD_PRICE } from './prices.ts';

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
  const gbSeconds = (usage.memoryMb / 1024) * (usage.billedMs / 1000);
  return {
    usd: usage.invocations * price.perRequest + gbSeconds * perGbS,
    assumed: listed === undefined || usage.architecture === null,
  };
}

/** Sums what can be priced; null when nothing can. */
export function totalCost(usages: readonly Usage[]): Cost | null {
  const costs = usages.map(costOf).filter((cost) => cost !== null);
  if (costs.length === 0) return null;
  return { usd: costs.reduce((sum, cost) => sum + cost.usd, 0), assumed: costs.some((cost) => cost.assumed) };
}
