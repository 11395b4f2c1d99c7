/** Compares client latency in two runs of a load generator. Compares distributions only; requests are not matched. */
import type { LoadTest } from '../../../ingest/records/load-test.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Verdict } from '../compare/verdict.ts';
import type { Rate } from '../statistics/rate.ts';
import { wilson } from '../statistics/rate.ts';
import { newcombe } from '../statistics/two-samples.ts';

/** Results as the load generator printed them. */
export type LoadRun = Pick<LoadTest, 'requests' | 'slowestMs' | 'histogram'>;

export interface TailDifference {
  readonly thresholdMs: number;
  readonly before: Rate;
  readonly after: Rate;
  /** Difference of the shares, with its 95 % interval. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

export interface LoadComparison {
  readonly tails: readonly TailDifference[];
  readonly verdict: Verdict;
  readonly reason: Reason | null;
}

const FEWEST = 50;
const FALSE_ALARMS = 0.05;
/** Waits that users and timeouts notice, ms. */
const FIXED_MS = [1000, 2000, 10_000];

/**
 * Compares the shares of requests above each threshold: 1, 2 and 10 s, and the upper bound of the bar that contains the
 * slower run's median. The verdict is that of this last threshold, because it comes from the data.
 */
export function compareLoad(before: LoadRun, after: LoadRun): LoadComparison {
  if (before.histogram.length === 0 || after.histogram.length === 0) {
    return { tails: [], verdict: 'insufficient-data', reason: reasonOf('load-tests-no-histogram') };
  }
  const own = tailStart((before.slowestMs ?? 0) >= (after.slowestMs ?? 0) ? before : after);
  const thresholds = [...new Set([own, ...FIXED_MS])].toSorted((a, b) => a - b);
  const tails = thresholds.map((thresholdMs) => tailDifference(before, after, thresholdMs));
  const smaller = Math.min(countOf(before), countOf(after));
  if (smaller < FEWEST) {
    return {
      tails,
      verdict: 'insufficient-data',
      reason: reasonOf('load-tests-few', { requests: smaller, required: FEWEST }),
    };
  }
  const deciding = tails.find((tail) => tail.thresholdMs === own);
  const changed = deciding !== undefined && deciding.p <= FALSE_ALARMS && deciding.change !== 0;
  const verdict = !changed ? 'no-evidence' : deciding.change > 0 ? 'worse' : 'improved';
  return { tails, verdict, reason: null };
}

/** Returns the upper bound of the bar that contains the median request. */
function tailStart({ histogram }: LoadRun): number {
  const n = histogram.reduce((sum, bar) => sum + bar.n, 0);
  let seen = 0;
  for (const bar of histogram) {
    seen += bar.n;
    if (seen >= n / 2) return bar.upToMs;
  }
  return histogram.at(-1)?.upToMs ?? 0;
}

function tailDifference(before: LoadRun, after: LoadRun, thresholdMs: number): TailDifference {
  const [a, b] = [above(before, thresholdMs), above(after, thresholdMs)];
  const [nA, nB] = [countOf(before), countOf(after)];
  const found = newcombe(a, nA, b, nB);
  return {
    thresholdMs,
    before: wilson(a, nA),
    after: wilson(b, nB),
    change: found?.value ?? 0,
    low: found?.low ?? -1,
    high: found?.high ?? 1,
    p: found?.p ?? 1,
  };
}

/** Counts requests in bars entirely above the threshold. A bar that contains the threshold counts as below. */
function above({ histogram }: LoadRun, thresholdMs: number): number {
  let from = 0;
  let n = 0;
  for (const bar of histogram) {
    if (from >= thresholdMs - 1e-9) n += bar.n;
    from = bar.upToMs;
  }
  return n;
}

function countOf({ histogram }: LoadRun): number {
  return histogram.reduce((sum, bar) => sum + bar.n, 0);
}
