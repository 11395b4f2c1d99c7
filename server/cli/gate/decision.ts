/** Decides whether a change may go on: by intervals of the comparison, never by a difference that may be chance. */
import type { CompareAnswer } from '../../http/contract/compare.ts';
import type { Limit, Metric } from './limits.ts';

type Difference = CompareAnswer['differences'][number];

/** `open`: the data does not settle it yet. */
export type Outcome = 'fine' | 'worse' | 'open';

export interface Check {
  readonly metric: Metric;
  readonly unit: Difference['unit'];
  readonly most: number;
  readonly outcome: Outcome;
  readonly before: number | null;
  readonly after: number | null;
  /** Change with its 95 % interval, in the unit of the limit; null if unknown. */
  readonly change: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why it is not decided, if the server said so. */
  readonly reason: string | null;
}

export interface Decision {
  readonly outcome: Outcome;
  readonly checks: readonly Check[];
}

/** Exit codes; 3 is anything that prevented a decision. */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = { fine: 0, worse: 1, open: 2 };

/**
 * Worse: a metric that is significantly worse, by more than its limit. Fine: each interval ends at or below its limit. Everything else
 * is open. One metric that is worse decides.
 */
export function decide(differences: readonly Difference[], limits: readonly Limit[]): Decision {
  const checks = limits.map((limit) =>
    check(
      differences.find(({ metric }) => metric === limit.metric),
      limit,
    ),
  );
  const has = (outcome: Outcome): boolean => checks.some((one) => one.outcome === outcome);
  return { outcome: has('worse') ? 'worse' : has('open') || checks.length === 0 ? 'open' : 'fine', checks };
}

function check(found: Difference | undefined, { metric, most }: Limit): Check {
  if (found === undefined) {
    const reason = 'The server compared no such metric.';
    const unknown = { before: null, after: null, change: null, low: null, high: null };
    return { metric, unit: 'ratio', most, outcome: 'open', ...unknown, reason };
  }
  const { unit, before, after, change, low, high, reason } = found;
  return { metric, unit, most, outcome: outcomeOf(found, most), before, after, change, low, high, reason };
}

function outcomeOf({ verdict, change, high }: Difference, most: number): Outcome {
  if (verdict === 'insufficient-data') return 'open';
  if (verdict === 'worse' && change !== null && change > most) return 'worse';
  return verdict === 'improved' || (high !== null && high <= most) ? 'fine' : 'open';
}
