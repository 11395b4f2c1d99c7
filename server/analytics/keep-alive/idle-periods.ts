/** Derives from environment lifetimes how long Lambda keeps idle environments. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { Heap } from '../statistics/heap.ts';
import type { IdlePeriod } from './survival.ts';
import { freeBefore, PLACEMENT_MS, showsTermination } from './termination.ts';

/** One environment, from its log stream. Times in epoch ms. */
export interface EnvironmentLifetime {
  /** When it was first seen. */
  readonly bornMs: number;
  /** Start and end of its invocations, in order; may be a sample. */
  readonly runs: readonly { readonly startMs: number; readonly endMs: number }[];
  /** When its init began for a waiting request; null if none was waiting (provisioned, proactive, unknown). */
  readonly demandedMs: number | null;
  /** Ended in a timeout, a crash or out of memory, so not by keep-alive policy. */
  readonly crashed: boolean;
}

/** Environments that become idle before this age are reported separately: for older ones, recycling by age mixes in. */
export const YOUNG_MS = 2 * HOUR_MS;

export interface AgedIdlePeriod extends IdlePeriod {
  readonly young: boolean;
}

/** Requests are taken to go to the environment used last if at most this share of them did not. */
const ODD_CHOICES = 0.02;
const FEWEST_CHOICES = 20;
/** Environments that are compared at a choice; more do not change the share. */
const MOST_COMPARED = 200;

interface Reuse {
  readonly fromMs: number;
  readonly atMs: number;
}

/**
 * Returns the idle periods of the environments of one configuration (function, version, memory). An idle environment that
 * serves again was alive all the time; one that is idle while a request gets a new environment is terminated by then; one
 * that is idle until the end of the record gives no information. The second case assumes that requests go to an idle
 * environment if there is one. If the data shows that they go to the one used last, an environment is also terminated
 * when one that was idle for longer is used instead.
 */
export function idlePeriods(lifetimes: readonly EnvironmentLifetime[]): readonly AgedIdlePeriod[] {
  const reuses = reusesOf(lifetimes).toSorted((a, b) => a.atMs - b.atMs);
  const byFrom = reuses.toSorted((a, b) => a.fromMs - b.fromMs);
  const demands = telling(lifetimes, byFrom);
  const passed = goToLastUsed(reuses, byFrom) ? reuses : [];
  const passedAtMs = passed.map(({ atMs }) => atMs);
  const periods: AgedIdlePeriod[] = [];
  for (const { runs, crashed, bornMs } of lifetimes) {
    for (let at = 0; at < runs.length; at += 1) {
      const run = runs[at];
      if (run === undefined) continue;
      const young = run.endMs - bornMs < YOUNG_MS;
      const next = runs[at + 1];
      if (next !== undefined) {
        if (next.startMs > run.endMs) periods.push(period(run.endMs, next.startMs, true, young));
      } else if (!crashed) {
        let missedMs = demands[firstFrom(demands, run.endMs + PLACEMENT_MS)] ?? Number.POSITIVE_INFINITY;
        for (let index = firstFrom(passedAtMs, run.endMs + PLACEMENT_MS); index < passed.length; index += 1) {
          const reuse = passed[index];
          if (reuse === undefined || reuse.atMs >= missedMs) break;
          if (reuse.fromMs < run.endMs) missedMs = reuse.atMs;
        }
        if (missedMs !== Number.POSITIVE_INFINITY) periods.push(period(run.endMs, missedMs, false, young));
      }
    }
  }
  return periods;
}

/** Idle times that ended with a request, in any order. */
function reusesOf(lifetimes: readonly EnvironmentLifetime[]): readonly Reuse[] {
  const reuses: Reuse[] = [];
  for (const { runs } of lifetimes) {
    let previous: { readonly endMs: number } | undefined;
    for (const run of runs) {
      const fromMs = previous?.endMs;
      if (fromMs !== undefined && run.startMs > fromMs) reuses.push({ fromMs, atMs: run.startMs });
      previous = run;
    }
  }
  return reuses;
}

/** Returns the times of requests that show what had been terminated, ascending. `byFrom`: reuses by the start of their idle time. */
function telling(lifetimes: readonly EnvironmentLifetime[], byFrom: readonly Reuse[]): readonly number[] {
  const demands = lifetimes
    .map((lifetime) => lifetime.demandedMs)
    .filter((ms) => ms !== null)
    .toSorted((a, b) => a - b);
  const idle = new Heap<Reuse>((a, b) => a.atMs < b.atMs);
  let next = 0;
  let size = 0;
  return demands.filter((atMs) => {
    for (let one = byFrom[next]; one !== undefined && one.fromMs <= freeBefore(atMs); one = byFrom[next]) {
      idle.push(one);
      size += 1;
      next += 1;
    }
    for (let one = idle.first; one !== undefined && one.atMs < atMs; one = idle.first) {
      idle.pop();
      size -= 1;
    }
    return showsTermination({ waited: true, idle: size });
  });
}

function period(fromMs: number, inspectedMs: number, alive: boolean, young: boolean): AgedIdlePeriod {
  const idleMs = inspectedMs - fromMs;
  return {
    afterMs: alive ? idleMs : 0,
    untilMs: alive ? Number.POSITIVE_INFINITY : idleMs,
    young,
    block: Math.floor(inspectedMs / HOUR_MS),
  };
}

/** Whether, of several idle environments that are known to be alive, the one used last serves the next request. */
function goToLastUsed(reuses: readonly Reuse[], byFrom: readonly Reuse[]): boolean {
  let [choices, odd] = [0, 0];
  let next = 0;
  const idle: Reuse[] = [];
  for (const reuse of reuses) {
    keepAfter(idle, reuse.atMs);
    for (let one = byFrom[next]; one !== undefined && one.fromMs < reuse.atMs - PLACEMENT_MS; one = byFrom[next]) {
      if (one.atMs > reuse.atMs) idle.push(one);
      next += 1;
    }
    if (idle.length === 0) continue;
    choices += 1;
    if (isOneLater(idle, reuse.fromMs)) odd += 1;
  }
  return choices >= FEWEST_CHOICES && odd <= ODD_CHOICES * choices;
}

/** Removes those that end until `ms`, in place: there is a choice for every request. */
function keepAfter(idle: Reuse[], ms: number): void {
  let kept = 0;
  for (const one of idle) {
    if (one.atMs <= ms) continue;
    idle[kept] = one;
    kept += 1;
  }
  idle.length = kept;
}

/** Whether one of the last {@link MOST_COMPARED} became idle after `ms`. */
function isOneLater(idle: readonly Reuse[], ms: number): boolean {
  for (let at = Math.max(0, idle.length - MOST_COMPARED); at < idle.length; at += 1) {
    if ((idle[at]?.fromMs ?? ms) > ms) return true;
  }
  return false;
}

/** Index of the first time that is not before `ms`. */
function firstFrom(sorted: readonly number[], ms: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) >= ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
