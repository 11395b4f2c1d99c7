/** What the configuration of a function costs over a range, by the configuration of each time. */
import { computeUsd, ephemeralUsd, provisionedPriceOf } from './cost.ts';
import type { PriceFactors } from './terms.ts';

/** One state of a function's configuration, as inventory stored it. */
export interface ConfiguredState {
  /** When it was first read, epoch ms. */
  readonly fromMs: number;
  readonly facts: {
    readonly lastModifiedMs: number | null;
    readonly ephemeralStorageMb: number | null;
    readonly provisionedConcurrency: number | null;
    readonly memoryMb: number | null;
    readonly architecture: string | null;
  };
}

type Field = Exclude<keyof ConfiguredState['facts'], 'lastModifiedMs'>;

interface Since {
  readonly atMs: number;
  readonly value: string | number;
}

/**
 * Known values of a field in order of time. An update of the function states when it applied; provisioned concurrency is no part of
 * that, so it counts from when it was read.
 */
function timelineOf(history: readonly ConfiguredState[], field: Field): readonly Since[] {
  return history
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .flatMap(({ fromMs, facts }, at, inOrder) => {
      const value = facts[field];
      if (value === null) return [];
      const updatedMs = facts.lastModifiedMs;
      const readBeforeMs = inOrder[at - 1]?.fromMs ?? Number.NEGATIVE_INFINITY;
      const isDated = field !== 'provisionedConcurrency' && updatedMs !== null;
      return [{ atMs: isDated && updatedMs > readBeforeMs && updatedMs <= fromMs ? updatedMs : fromMs, value }];
    });
}

/** The value at a time; before the first that is known, that one. */
function valueAt(timeline: readonly Since[], atMs: number): string | number | null {
  return (timeline.findLast((one) => one.atMs <= atMs) ?? timeline[0])?.value ?? null;
}

/** Returns the configured value at a time; before the first that is known, that one. null if none is. */
export function configuredAt(history: readonly ConfiguredState[], field: Field, atMs: number): string | number | null {
  return valueAt(timelineOf(history, field), atMs);
}

/** Billed time in one bucket of time. */
interface BilledBucket {
  readonly fromMs: number;
  readonly billedMs: number;
}

/** Returns the cost of ephemeral storage over billed time, in dollars; null if its size is not known. */
export function storageUsd(
  region: string,
  history: readonly ConfiguredState[],
  buckets: readonly BilledBucket[],
  widthMs: number,
): number | null {
  const sizes = timelineOf(history, 'ephemeralStorageMb');
  if (sizes.length === 0) return null;
  return buckets.reduce((sum, { fromMs, billedMs }) => {
    const size = Number(valueAt(sizes, fromMs + widthMs / 2));
    return sum + ephemeralUsd(region, size, billedMs);
  }, 0);
}

interface Owner {
  readonly region: string;
  /** Where inventory does not state them. */
  readonly memoryMb: number | null;
  readonly architecture: string | null;
}

/** Returns the cost of keeping provisioned concurrency over a range, in dollars; null if it, or the memory size, is not known. */
export function keptUsd(
  owner: Owner,
  history: readonly ConfiguredState[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  factors: PriceFactors,
): number | null {
  const kept = timelineOf(history, 'provisionedConcurrency');
  const sizes = timelineOf(history, 'memoryMb');
  const architectures = timelineOf(history, 'architecture');
  if (kept.length === 0 || (sizes.length === 0 && owner.memoryMb === null)) return null;
  const edges = [...kept, ...sizes, ...architectures]
    .map(({ atMs }) => atMs)
    .filter((atMs) => atMs > fromMs && atMs < toMs)
    .toSorted((a, b) => a - b);
  return [fromMs, ...edges].reduce((sum, startMs, at) => {
    const endMs = edges[at] ?? toMs;
    const memoryMb = Number(valueAt(sizes, startMs) ?? owner.memoryMb);
    const architecture = valueAt(architectures, startMs) ?? owner.architecture;
    const { keptPerGbS } = provisionedPriceOf(
      owner.region,
      architecture === null ? null : String(architecture),
      factors,
    );
    return sum + Number(valueAt(kept, startMs)) * computeUsd(memoryMb, endMs - startMs, keptPerGbS);
  }, 0);
}
