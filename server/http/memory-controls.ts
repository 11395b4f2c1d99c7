/** Reads the functions that sizes at different times are compared with. */
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { ControlFunction } from '../analytics/memory/controls.ts';
import type { FunctionIdentity, StoreReader, TimeRange } from '../storage/ports.ts';

const MOST_CONTROLS = 20;
/** Functions whose updates are read. */
const MOST_CANDIDATES = 2 * MOST_CONTROLS;
/** Updates of a function that are read; AWS allows 15 a second, but people make far fewer. */
const MOST_UPDATES = 1000;

type Reader = Pick<StoreReader, 'fleet' | 'deploys'>;

/** Controls of any functions of one request: what functions of one account and region share is read once. */
export class ControlFunctions {
  readonly #read: Reader;
  readonly #steady = new Map<string, Promise<readonly number[]>>();
  readonly #control = new Map<string, Promise<ControlFunction>>();

  constructor(read: Reader) {
    this.#read = read;
  }

  /**
   * Returns the busiest functions of the same account and region whose version, size and architecture were the same over
   * the range, and which no inventory and no CloudTrail event shows to have been updated in it.
   */
  async of({ functionId, account, region }: FunctionIdentity, range: TimeRange): Promise<readonly ControlFunction[]> {
    const { fromMs, toMs } = range;
    const steady = await once(this.#steady, JSON.stringify([account, region, fromMs, toMs]), () =>
      this.#steadyIn({ fromMs, toMs, account, region }),
    );
    const others = steady.filter((id) => id !== functionId).slice(0, MOST_CONTROLS);
    return Promise.all(
      others.map((id) => once(this.#control, JSON.stringify([id, fromMs, toMs]), () => this.#hoursOf(id, range))),
    );
  }

  /** One more than is needed, because the function itself may be among them. */
  async #steadyIn(place: TimeRange & Pick<FunctionIdentity, 'account' | 'region'>): Promise<readonly number[]> {
    const { fromMs, toMs } = place;
    const { functions } = await this.#read.fleet({ ...place, widthMs: null });
    const candidates = steadyFunctions(
      functions.map(({ identity, usage }) => ({ ...identity, usage })),
      fromMs,
    ).slice(0, MOST_CANDIDATES);
    const updates = await Promise.all(
      candidates.map(({ functionId }) => this.#read.deploys({ functionId, limit: MOST_UPDATES })),
    );
    return candidates
      .filter((_, at) => !updates[at]?.some(({ atMs }) => atMs >= fromMs && atMs < toMs))
      .slice(0, MOST_CONTROLS + 1)
      .map(({ functionId }) => functionId);
  }

  async #hoursOf(functionId: number, { fromMs, toMs }: TimeRange): Promise<ControlFunction> {
    const { buckets } = await this.#read.fleet({ fromMs, toMs, functionId, widthMs: HOUR_MS });
    const hours = buckets.map(({ fromMs: startMs, counts }) => ({
      startMs,
      n: counts.n - counts.timeouts - counts.errors - counts.ooms - counts.exits,
      billedMs: counts.billed_ms - counts.failed_billed_ms,
    }));
    return { hours };
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  return found;
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
): readonly Candidate[] {
  const invocations = ({ usage }: Candidate): number => usage.reduce((sum, slice) => sum + slice.invocations, 0);
  return candidates
    .filter(({ firstSeenMs }) => firstSeenMs <= fromMs)
    .filter(({ usage }) => usage.filter((slice) => slice.invocations > 0).length === 1)
    .toSorted((a, b) => invocations(b) - invocations(a));
}
