/** Replays requests against provisioned environments and, where they spill over, simulated on-demand ones. */
import type { Dice } from '../statistics/bootstrap.ts';
import { median } from '../statistics/order.ts';
import { OnDemandPool, replaceLeast } from './on-demand-pool.ts';

export interface PlayedRun {
  /** When the request arrived: START minus the init it waited for. */
  readonly startMs: number;
  readonly endMs: number;
  readonly billedMs: number;
  /** Init time that a caller waited for, ms; 0 if warm. */
  readonly waitedMs: number;
}

/** Returns how long an idle environment is kept, ms, drawn from the function's survival curve. */
export type IdleWindows = (dice: Dice) => number;

/** Blocks of equal time whose differences show how much the totals vary: three hours of a week, so that times of the day are not taken for chance. */
export const BLOCKS = 56;

/** Requests in order of time, as columns. */
export interface Requests {
  readonly n: number;
  readonly startMs: Float64Array;
  /** What the request takes in an environment that is ready, ms. */
  readonly lastsMs: Float64Array;
  /** Billed duration as observed, and in an environment that is ready, ms. */
  readonly billedMs: Float64Array;
  readonly warmBilledMs: Float64Array;
  /** Init that the request waits for if it is cold, ms: its own, or the median one. */
  readonly initMs: Float64Array;
  /** Share of the init that is billed. */
  readonly billedShare: number;
  readonly block: Uint16Array;
  /** User-felt cold starts as observed, by block, and the time that callers waited for them, ms. */
  readonly observed: Float64Array;
  readonly observedWaitMs: Float64Array;
  /** Billed duration as observed, by block, ms. */
  readonly observedBilledMs: Float64Array;
}

export function requestsOf(
  inOrder: readonly PlayedRun[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Requests {
  const n = inOrder.length;
  const column = (of: (run: PlayedRun) => number): Float64Array => Float64Array.from(inOrder, of);
  const init = initOf(inOrder);
  const width = Math.max(1, (toMs - fromMs) / BLOCKS);
  const block = Uint16Array.from(inOrder, ({ startMs }) =>
    Math.min(BLOCKS - 1, Math.max(0, Math.floor((startMs - fromMs) / width))),
  );
  const sums = (of: (run: PlayedRun) => number): Float64Array => {
    const total = new Float64Array(BLOCKS);
    for (const [at, run] of inOrder.entries()) addAt(total, block[at], of(run));
    return total;
  };
  return {
    n,
    startMs: column((run) => run.startMs),
    lastsMs: column(handlerMs),
    billedMs: column((run) => run.billedMs),
    warmBilledMs: column((run) => run.billedMs - billedInit(run)),
    initMs: column((run) => (run.waitedMs > 0 ? run.waitedMs : init.waitMs)),
    billedShare: init.billedShare,
    block,
    observed: sums((run) => (run.waitedMs > 0 ? 1 : 0)),
    observedWaitMs: sums((run) => run.waitedMs),
    observedBilledMs: sums((run) => run.billedMs),
  };
}

/** What a replay, or the mean of several, gives. */
export interface Replay {
  /** Cold starts on demand, by block; NaN if it is unknown how long idle environments are kept. */
  readonly cold: Float64Array;
  /** Billed duration in provisioned environments and in those on demand, by block, ms. */
  readonly keptBilledMs: Float64Array;
  readonly ownBilledMs: Float64Array;
  readonly spilled: number;
  /** Time that provisioned environments were busy. */
  readonly busyMs: number;
}

/** Replays the requests with `kept` provisioned environments. */
export function replay(requests: Requests, kept: number, idleWindows: IdleWindows | null, dice: Dice): Replay {
  /** Binary min-heap: the environment that becomes free first is at its head. */
  const freeAt = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY);
  const pool = idleWindows === null ? null : new OnDemandPool(() => idleWindows(dice));
  const cold = new Float64Array(BLOCKS).fill(pool === null ? Number.NaN : 0);
  const [keptBilledMs, ownBilledMs] = [new Float64Array(BLOCKS), new Float64Array(BLOCKS)];
  let [spilled, busyMs] = [0, 0];
  for (let at = 0; at < requests.n; at += 1) {
    const startMs = requests.startMs[at] ?? 0;
    const lastsMs = requests.lastsMs[at] ?? 0;
    const warmBilledMs = requests.warmBilledMs[at] ?? 0;
    const block = requests.block[at];
    if ((freeAt[0] ?? Number.POSITIVE_INFINITY) <= startMs) {
      replaceLeast(freeAt, startMs + lastsMs);
      busyMs += lastsMs;
      addAt(keptBilledMs, block, warmBilledMs);
      continue;
    }
    spilled += 1;
    if (pool === null) {
      addAt(ownBilledMs, block, requests.billedMs[at] ?? 0);
      continue;
    }
    const isCold = !pool.take(startMs);
    const initMs = isCold ? (requests.initMs[at] ?? 0) : 0;
    pool.run(startMs + lastsMs + initMs);
    if (isCold) addAt(cold, block, 1);
    addAt(ownBilledMs, block, warmBilledMs + initMs * requests.billedShare);
  }
  return { cold, keptBilledMs, ownBilledMs, spilled, busyMs };
}

function addAt(sums: Float64Array, block: number | undefined, by: number): void {
  if (block !== undefined) sums[block] = (sums[block] ?? 0) + by;
}

/** What a run takes in an environment that is ready, ms. */
function handlerMs(run: PlayedRun): number {
  return Math.max(0, run.endMs - run.startMs - run.waitedMs);
}

/** The part of a run's billed duration that is its init, ms: what exceeds the time that the handler took. */
function billedInit(run: PlayedRun): number {
  return Math.min(run.waitedMs, Math.max(0, run.billedMs - Math.ceil(handlerMs(run))));
}

/** The median wait for an init, ms, and the share of it that is billed. */
function initOf(runs: readonly PlayedRun[]): { readonly waitMs: number; readonly billedShare: number } {
  const cold = runs.filter((run) => run.waitedMs > 0);
  const waitMs = cold.reduce((sum, run) => sum + run.waitedMs, 0);
  return {
    waitMs: cold.length === 0 ? 0 : median(cold.map((run) => run.waitedMs)),
    billedShare: waitMs === 0 ? 0 : cold.reduce((sum, run) => sum + billedInit(run), 0) / waitMs,
  };
}
