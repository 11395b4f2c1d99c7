/** Reads the functions that sizes at different times are compared with. */
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { ControlFunction } from '../analytics/memory/controls.ts';
import type { FunctionIdentity, StoreReader, TimeRange } from '../storage/ports.ts';

const MOST_CONTROLS = 20;
/** Functions whose updates are read. */
const MOST_CANDIDATES = 2 * MOST_CONTROLS;

/**
 * Returns the busiest functions of the same account and region whose version, size and architecture were the same over the
 * range, and which no inventory and no CloudTrail event shows to have been updated in it.
 */
export async function controlsOf(
  read: Pick<StoreReader, 'fleet' | 'deploys'>,
  { functionId, account, region }: FunctionIdentity,
  range: TimeRange,
): Promise<readonly ControlFunction[]> {
  const { fromMs, toMs } = range;
  const { functions } = await read.fleet({ fromMs, toMs, account, region, widthMs: null });
  const candidates = steadyFunctions(
    functions.map(({ identity, usage }) => ({ ...identity, usage })),
    fromMs,
    functionId,
  ).slice(0, MOST_CANDIDATES);
  const updated = await Promise.all(candidates.map((one) => read.deploys({ functionId: one.functionId, limit: 1000 })));
  const steady = candidates.filter((_, at) => !updated[at]?.some(({ atMs }) => atMs >= fromMs && atMs < toMs));
  return Promise.all(
    steady.slice(0, MOST_CONTROLS).map(async (one) => {
      const { buckets } = await read.fleet({ fromMs, toMs, functionId: one.functionId, widthMs: HOUR_MS });
      const hours = buckets.map(({ fromMs: startMs, counts }) => ({
        startMs,
        n: counts.n - counts.timeouts - counts.errors - counts.ooms - counts.exits,
        billedMs: counts.billed_ms - counts.failed_billed_ms,
      }));
      return { hours };
    }),
  );
}

/** A function that may be a control. */
interface ControlCandidate {
  readonly functionId: number;
  readonly firstSeenMs: number;
  /** Invocations by version, memory size and architecture. */
  readonly usage: readonly { readonly invocations: number }[];
}

/**
 * Returns the functions, the busiest first, that ran with one version, memory size and architecture over the whole range.
 * Updates of $LATEST are not looked at.
 */
function steadyFunctions<Candidate extends ControlCandidate>(
  candidates: readonly Candidate[],
  fromMs: number,
  ownId: number,
): readonly Candidate[] {
  const invocations = ({ usage }: Candidate): number => usage.reduce((sum, slice) => sum + slice.invocations, 0);
  return candidates
    .filter(({ functionId, firstSeenMs }) => functionId !== ownId && firstSeenMs <= fromMs)
    .filter(({ usage }) => usage.filter((slice) => slice.invocations > 0).length === 1)
    .toSorted((a, b) => invocations(b) - invocations(a));
}
