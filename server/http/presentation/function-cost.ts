/** Cost of a function by component, at list price. */
import { computeUsd, ephemeralUsd, logsCostOf, priceOf, provisionedPriceOf } from '../../analytics/cost/cost.ts';
import type { ColdStartAggregate, FunctionAggregate, LogVolumeSum } from '../../storage/ports.ts';
import type { InventoryEntry } from '../../storage/questions/inventory/types.ts';
import { wasteOfUsage } from './present.ts';

export interface Money {
  readonly computeUsd: number | null;
  readonly requestsUsd: number | null;
  readonly initUsd: number | null;
  readonly failedUsd: number | null;
  readonly ephemeralStorageUsd: number | null;
  readonly provisionedUsd: number | null;
  readonly logs: (LogVolumeSum & { readonly usd: number; readonly assumed: boolean }) | null;
}

/** `facts`: the newest inventory entry. `spanMs`: length of the range in ms. */
export function moneyOf(
  { identity, usage }: FunctionAggregate,
  inits: ColdStartAggregate['causes']['billedInits'],
  facts: InventoryEntry['facts'] | null,
  spanMs: number,
  logs: LogVolumeSum | null,
): Money {
  const { region, memoryMb } = identity;
  const priced = usage.filter((slice) => slice.memoryMb !== null);
  const sum = <T>(list: readonly T[], of: (one: T) => number): number | null =>
    priced.length === 0 ? null : list.reduce((total, one) => total + of(one), 0);
  const compute = (
    one: { readonly memoryMb: number | null; readonly architecture: string | null },
    ms: number,
  ): number => computeUsd(one.memoryMb ?? 0, ms, priceOf(region, one.architecture).perGbSecond);
  const storageMb = facts?.ephemeralStorageMb ?? null;
  const kept = facts?.provisionedConcurrency ?? null;
  return {
    computeUsd: sum(priced, (slice) => compute(slice, slice.billedMs)),
    requestsUsd: sum(priced, (slice) => slice.invocations * priceOf(region, slice.architecture).perRequest),
    initUsd: sum(inits, (init) => compute(init, init.ms)),
    failedUsd: wasteOfUsage(region, usage)?.usd ?? null,
    ephemeralStorageUsd:
      storageMb === null ? null : sum(usage, (slice) => ephemeralUsd(region, storageMb, slice.billedMs)),
    provisionedUsd:
      kept === null || memoryMb === null
        ? null
        : kept * computeUsd(memoryMb, spanMs, provisionedPriceOf(region, identity.architecture).keptPerGbS),
    logs: logs === null ? null : { ...logs, ...logsCostOf(region, logs.bytes) },
  };
}
