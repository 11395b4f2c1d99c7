/** Cost of a function by component. */
import { keptUsd, storageUsd } from '../../analytics/cost/configured.ts';
import { computeUsd, logsCostOf, priceOf, snapStartUsd } from '../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf, logTierAt } from '../../analytics/cost/terms.ts';
import type { ColdStartAggregate, FunctionAggregate, LogVolumeSum, TimeRange } from '../../storage/ports.ts';
import type { InventoryEntry } from '../../storage/questions/inventory/types.ts';
import { isAttributed } from './cold-start-tax.ts';
import { wasteOfUsage } from './present.ts';

export interface Money {
  readonly computeUsd: number | null;
  readonly requestsUsd: number | null;
  readonly initUsd: number | null;
  /** Price of restoring SnapStart snapshots, beside the billed part of the restore. */
  readonly snapStartRestoreUsd: number | null;
  /** Price of keeping the snapshots of the versions that ran in the range. */
  readonly snapStartCacheUsd: number | null;
  readonly failedUsd: number | null;
  readonly ephemeralStorageUsd: number | null;
  readonly provisionedUsd: number | null;
  readonly logs: (LogVolumeSum & { readonly usd: number; readonly assumed: boolean }) | null;
}

interface Priced {
  /** Cold starts and buckets of the range. */
  readonly cold: Pick<ColdStartAggregate, 'causes' | 'buckets' | 'range'>;
  /** Inventory entries, in any order. */
  readonly history: readonly InventoryEntry[];
  readonly logs: LogVolumeSum | null;
}

/** Costs of one function over `range`. */
export function moneyOf(
  { identity, usage, counts }: FunctionAggregate,
  { cold: { causes, buckets, range: charted }, history, logs }: Priced,
  range: TimeRange,
  terms: PriceTerms,
): Money {
  const { region } = identity;
  const factors = factorsOf(terms, charted);
  const spanMs = range.toMs - range.fromMs;
  const priced = usage.filter((slice) => slice.memoryMb !== null);
  const sum = <T>(list: readonly T[], of: (one: T) => number): number | null =>
    priced.length === 0 ? null : list.reduce((total, one) => total + of(one), 0);
  const compute = (
    one: { readonly memoryMb: number | null; readonly architecture: string | null },
    ms: number,
  ): number => computeUsd(one.memoryMb ?? 0, ms, priceOf(region, one.architecture, factors).perGbSecond);
  const billed = buckets.map((bucket) => ({ fromMs: bucket.fromMs, billedMs: bucket.counts.billed_ms }));
  return {
    computeUsd: sum(priced, (slice) => compute(slice, slice.billedMs)),
    requestsUsd: sum(priced, (slice) => slice.invocations * priceOf(region, slice.architecture, factors).perRequest),
    initUsd: isAttributed(counts, causes) ? sum(causes.billedInits, (init) => compute(init, init.ms)) : null,
    ...snapStartOf(identity, usage, counts, spanMs),
    failedUsd: wasteOfUsage(region, usage, factors)?.usd ?? null,
    ephemeralStorageUsd: priced.length === 0 ? null : storageUsd(region, history, billed, charted.widthMs),
    provisionedUsd: keptUsd(identity, history, range, factors),
    logs: logs === null ? null : { ...logs, ...logsCostOf(region, logs.bytes, logTierAt(terms, range.toMs)) },
  };
}

/**
 * Snapshots of Java functions are free. Versions that did not run in the range, and for how long one existed before or after
 * it, are not in the logs: the cache is priced for the versions that ran, for the whole range.
 */
function snapStartOf(
  { region, runtime, runtimeVersion }: FunctionAggregate['identity'],
  usage: FunctionAggregate['usage'],
  counts: FunctionAggregate['counts'],
  spanMs: number,
): Pick<Money, 'snapStartRestoreUsd' | 'snapStartCacheUsd'> {
  const name = runtime ?? runtimeVersion;
  // Snapshots exist of published versions only.
  const versions = usage.filter((slice) => slice.version !== null && slice.version !== '$LATEST');
  const invocations = versions.reduce((all, slice) => all + slice.invocations, 0);
  const sizes = versions.flatMap(({ memoryMb }) => (memoryMb === null ? [] : [memoryMb]));
  if (counts.cold_snap_start === 0) return { snapStartRestoreUsd: 0, snapStartCacheUsd: 0 };
  if (name === null || invocations === 0 || sizes.length !== versions.length)
    return { snapStartRestoreUsd: null, snapStartCacheUsd: null };
  const meanMb = versions.reduce((all, slice) => all + (slice.memoryMb ?? 0) * slice.invocations, 0) / invocations;
  const { restoreUsd } = snapStartUsd(region, name, { restores: counts.cold_snap_start, memoryMb: meanMb, keptMs: 0 });
  const cacheUsd = sizes
    .map((memoryMb) => snapStartUsd(region, name, { restores: 0, memoryMb, keptMs: spanMs }).cacheUsd)
    .reduce((all, usd) => all + usd, 0);
  return { snapStartRestoreUsd: restoreUsd, snapStartCacheUsd: cacheUsd };
}
