/** Derives from environment lifetimes how long Lambda keeps idle environments. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { IdlePeriod } from './survival.ts';

/** One environment, from its log stream. Times in epoch ms. */
export interface EnvironmentLife {
  /** When it was first seen. */
  readonly bornMs: number;
  /** Start and end of its invocations, in order; may be a sample. */
  readonly runs: readonly { readonly startMs: number; readonly endMs: number }[];
  /** When the request arrived that it was created for; null if none was waiting (provisioned, proactive, unknown). */
  readonly demandedMs: number | null;
  /** Ended in a timeout, a crash or out of memory, so not by keep-alive policy. */
  readonly crashed: boolean;
}

/** Environments that become idle before this age are reported separately: for older ones, recycling by age mixes in. */
export const YOUNG_MS = 2 * HOUR_MS;

export interface AgedIdlePeriod extends IdlePeriod {
  readonly young: boolean;
}

/**
 * Returns the idle periods of the environments of one configuration (function, version, memory). An idle environment that
 * serves again was alive all the time; one that is idle while a request gets a new environment is terminated by then; one
 * that is idle until the end of the record gives no information. The second case assumes that requests go to an idle
 * environment if there is one.
 */
export function idlePeriods(lives: readonly EnvironmentLife[]): readonly AgedIdlePeriod[] {
  const demands = lives
    .map((life) => life.demandedMs)
    .filter((ms) => ms !== null)
    .toSorted((a, b) => a - b);
  const periods: AgedIdlePeriod[] = [];
  for (const { runs, crashed, bornMs } of lives) {
    for (const [at, run] of runs.entries()) {
      const young = run.endMs - bornMs < YOUNG_MS;
      const next = runs[at + 1];
      if (next !== undefined) {
        if (next.startMs > run.endMs) {
          periods.push({ afterMs: next.startMs - run.endMs, untilMs: Number.POSITIVE_INFINITY, young });
        }
      } else if (!crashed) {
        const demandMs = demands[firstAfter(demands, run.endMs)];
        if (demandMs !== undefined) periods.push({ afterMs: 0, untilMs: demandMs - run.endMs, young });
      }
    }
  }
  return periods;
}

function firstAfter(sorted: readonly number[], ms: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
