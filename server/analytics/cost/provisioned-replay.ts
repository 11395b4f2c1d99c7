/** Replays requests against provisioned environments and, where they spill over, simulated on-demand ones. */
import { median } from '../statistics/order.ts';
import { OnDemandPool, replaceLeast } from './on-demand-pool.ts';

export interface PlayedRun {
  /** START minus the init that the request waited for, epoch ms. */
  readonly arrivedMs: number;
  readonly endMs: number;
  readonly billedMs: number;
  /** Init time that a caller waited for, ms; 0 if warm. */
  readonly waitedMs: number;
}

/** Returns how long idle environments are kept, ms: for each draw between 0 and 1, one from the function's survival curve. */
export type IdleWindows = (draws: Float64Array) => Float64Array;

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
  const columns = {
    startMs: new Float64Array(n),
    lastsMs: new Float64Array(n),
    billedMs: new Float64Array(n),
    warmBilledMs: new Float64Array(n),
    initMs: new Float64Array(n),
    block: new Uint16Array(n),
  };
  const sums = {
    observed: new Float64Array(BLOCKS),
    observedWaitMs: new Float64Array(BLOCKS),
    observedBilledMs: new Float64Array(BLOCKS),
  };
  const init = initOf(inOrder);
  const width = Math.max(1, (toMs - fromMs) / BLOCKS);
  for (let at = 0; at < n; at += 1) {
    const run = inOrder[at];
    if (run === undefined) continue;
    const { arrivedMs, billedMs, waitedMs } = run;
    const block = Math.min(BLOCKS - 1, Math.max(0, Math.floor((arrivedMs - fromMs) / width)));
    columns.startMs[at] = arrivedMs;
    columns.lastsMs[at] = handlerMs(run);
    columns.billedMs[at] = billedMs;
    columns.warmBilledMs[at] = billedMs - billedInit(run);
    columns.initMs[at] = waitedMs > 0 ? waitedMs : init.waitMs;
    columns.block[at] = block;
    addAt(sums.observed, block, waitedMs > 0 ? 1 : 0);
    addAt(sums.observedWaitMs, block, waitedMs);
    addAt(sums.observedBilledMs, block, billedMs);
  }
  return { n, ...columns, ...sums, billedShare: init.billedShare };
}

/** What provisioned environments serve, and what they leave to on-demand ones, however long those are kept. */
export interface Served {
  /** Requests that found no provisioned environment free, in order. */
  readonly spilled: readonly number[];
  /** Billed duration in provisioned environments, by block, ms. */
  readonly keptBilledMs: Float64Array;
  /** Time that provisioned environments were busy. */
  readonly busyMs: number;
}

/** Serves the requests with `kept` provisioned environments. */
export function serve(requests: Requests, kept: number): Served {
  /** Binary min-heap: the environment that becomes free first is at its head. */
  const freeAt = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY);
  const keptBilledMs = new Float64Array(BLOCKS);
  const spilled: number[] = [];
  let busyMs = 0;
  for (let at = 0; at < requests.n; at += 1) {
    const startMs = requests.startMs[at] ?? 0;
    if ((freeAt[0] ?? Number.POSITIVE_INFINITY) > startMs) {
      spilled.push(at);
      continue;
    }
    const lastsMs = requests.lastsMs[at] ?? 0;
    replaceLeast(freeAt, startMs + lastsMs);
    busyMs += lastsMs;
    addAt(keptBilledMs, requests.block[at], requests.warmBilledMs[at] ?? 0);
  }
  return { spilled, keptBilledMs, busyMs };
}

/** What a replay on demand, or the mean of several, gives, by block. */
export interface Replay {
  /** Cold starts; NaN if it is unknown how long idle environments are kept. */
  readonly cold: Float64Array;
  readonly billedMs: Float64Array;
}

/**
 * Replays the `spilled` requests on demand. `windowsMs`: for each request of all, how long the environment that served it is
 * kept when it is idle afterwards; null if unknown. `pool` is cleared first; several replays may use the same.
 */
export function replay(
  requests: Requests,
  spilled: readonly number[],
  windowsMs: Float64Array | null,
  pool: OnDemandPool = new OnDemandPool(),
): Replay {
  const billedMs = new Float64Array(BLOCKS);
  if (windowsMs === null) {
    for (const at of spilled) addAt(billedMs, requests.block[at], requests.billedMs[at] ?? 0);
    return { cold: new Float64Array(BLOCKS).fill(Number.NaN), billedMs };
  }
  pool.clear();
  const cold = new Float64Array(BLOCKS);
  for (const at of spilled) {
    const startMs = requests.startMs[at] ?? 0;
    const isCold = !pool.take(startMs);
    const initMs = isCold ? (requests.initMs[at] ?? 0) : 0;
    pool.run(startMs + (requests.lastsMs[at] ?? 0) + initMs, windowsMs[at] ?? 0);
    if (isCold) addAt(cold, requests.block[at], 1);
    addAt(billedMs, requests.block[at], (requests.warmBilledMs[at] ?? 0) + initMs * requests.billedShare);
  }
  return { cold, billedMs };
}

function addAt(sums: Float64Array, block: number | undefined, by: number): void {
  if (block !== undefined) sums[block] = (sums[block] ?? 0) + by;
}

/** What a run takes in an environment that is ready, ms. */
function handlerMs(run: PlayedRun): number {
  return Math.max(0, run.endMs - run.arrivedMs - run.waitedMs);
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
