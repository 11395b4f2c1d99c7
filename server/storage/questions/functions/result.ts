/** Totals per function: counts, quantiles, and counts by parts of the range. */
import { compareText } from '../../../../ingest/text/compare-text.ts';
import { runtimeOf } from '../../../analytics/runtimes/identifier.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { functionIdOf } from '../../function-id.ts';
import { addCounts, addUsage, noCounts, quantiles } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import type { Blocks } from '../../rollup/rate-blocks.ts';
import { RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import type { Counts, UsageSlice } from '../shared-types.ts';
import type { FunctionAggregate, FunctionIdentity, FunctionSums, KnownFunctions } from './types.ts';

interface Invoked {
  readonly identity: FunctionIdentity;
  readonly n: number;
}

/** The `limit` functions with the most invocations, of equal ones the first by name; and the number of others that have any. */
export function mostInvoked(all: readonly Invoked[], limit: number): { ids: ReadonlySet<number>; omitted: number } {
  const invoked = all.filter(({ n }) => n > 0);
  const first =
    invoked.length <= limit ? invoked : invoked.toSorted((a, b) => b.n - a.n || byName(a, b)).slice(0, limit);
  return { ids: new Set(first.map(({ identity }) => identity.functionId)), omitted: invoked.length - first.length };
}

export function knownFunctionsOf(all: readonly FunctionIdentity[]): KnownFunctions {
  const inOrder = all.toSorted((a, b) => compareText(functionIdOf(a), functionIdOf(b)));
  return {
    functionIds: inOrder.map(({ functionId }) => functionId),
    ids: inOrder.map(functionIdOf),
    architectures: inOrder.map(({ architecture }) => architecture),
    runtimes: inOrder.map(runtimeOf),
    vpcs: inOrder.map(({ vpc }) => vpc),
  };
}

function byName({ identity: a }: Invoked, { identity: b }: Invoked): number {
  return compareText(a.name, b.name) || compareText(a.account, b.account) || compareText(a.region, b.region);
}

export class FunctionSumsBuilder {
  readonly duration = new Sketch();
  readonly init = new Sketch();
  readonly #identity: FunctionIdentity;
  readonly #counts: Record<ReadColumn, number> = noCounts();
  readonly #usage: UsageSlice[] = [];
  #maxMemoryUsedMb: number | null = null;
  #memoryUse: FunctionAggregate['memoryUse'] = null;

  constructor(identity: FunctionIdentity) {
    this.#identity = identity;
  }

  add(
    slice: Pick<UsageSlice, 'version' | 'memoryMb' | 'architecture'>,
    counts: Counts,
    maxMemoryMb: number | null,
  ): void {
    addCounts(this.#counts, counts);
    addUsage(this.#usage, slice, counts);
    if (maxMemoryMb === null) return;
    this.#maxMemoryUsedMb = Math.max(this.#maxMemoryUsedMb ?? 0, maxMemoryMb);
    if (slice.memoryMb === null) return;
    const share = maxMemoryMb / slice.memoryMb;
    if (share > (this.#memoryUse?.share ?? 0)) {
      this.#memoryUse = { share, usedMb: maxMemoryMb, sizeMb: slice.memoryMb };
    }
  }

  /** Null without invocations. */
  sums(): FunctionSums | null {
    if (this.#counts.n <= 0) return null;
    return {
      identity: this.#identity,
      counts: this.#counts,
      usage: this.#usage,
      maxMemoryUsedMb: this.#maxMemoryUsedMb,
      memoryUse: this.#memoryUse,
      durationMs: quantiles(this.duration),
      initMs: quantiles(this.init),
    };
  }
}

export class FunctionTotalsBuilder extends FunctionSumsBuilder {
  readonly blocks: RateBlocksBuilder;

  constructor(identity: FunctionIdentity, blocks: Blocks) {
    super(identity);
    this.blocks = new RateBlocksBuilder(blocks);
  }

  /** Null without invocations. */
  result(): FunctionAggregate | null {
    const sums = this.sums();
    return sums && { ...sums, blocks: this.blocks.lists() };
  }
}
