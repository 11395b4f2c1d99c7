/** What the lives of environments say about how long Lambda keeps one that idles. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { IdlePeriod } from './survival.ts';

/** One environment, as its log stream tells it. Times in epoch ms. */
export interface EnvironmentLife {
  /** When it was first seen: its age tells. */
  readonly bornMs: number;
  /** Begin and end of each invocation, in order; those looked at, if not all. */
  readonly runs: readonly { readonly startMs: number; readonly endMs: number }[];
  /** When the request came that this environment was made for; null where none was waiting (provisioned, proactive, unknown). */
  readonly demandedMs: number | null;
  /** It ended in a timeout, a crash or out of memory: no policy ended it. */
  readonly crashed: boolean;
}

/** Environments younger than this when they fall idle are told apart from older ones: recycling by age mixes in. */
export const YOUNG_MS = 2 * HOUR_MS;

export interface AgedIdlePeriod extends IdlePeriod {
  readonly young: boolean;
}

/**
 * Idle periods of the environments of one configuration (function, version, memory): an idle environment that serves again
 * was alive all the while; one that idles while a request gets a new environment is gone by then; one that idles to the end
 * of the record says nothing. Requests go to an idle environment where there is one, which is what the second case rests on.
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
