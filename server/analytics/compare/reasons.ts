/** Reasons why a metric of two periods cannot be compared. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';

/** What is compared. */
export type Noun = 'invocations' | 'inits';

/** Numbers of values before and after. */
export type Sizes = readonly [before: number, after: number];

/** `needed` on each side. `inSharedHours` if only the hours of the day that both periods have are compared. */
export function tooFew(noun: Noun, [before, after]: Sizes, needed: number, inSharedHours: boolean): Reason {
  // Sums of weights are off by rounding: 199.999 999 are 200.
  const whole = (n: number): number => Math.floor(n + 1e-6);
  const sizes = { before: whole(before), after: whole(after) };
  return reasonOf('compare-few', { noun, ...sizes, isPart: inSharedHours, required: needed });
}

export function tooFewIndependent(noun: Noun, blockMs: number): Reason {
  return reasonOf('compare-few-bursts', { noun, blockLengthMs: blockMs });
}

export function tooFewBlocks(noun: Noun, blockMs: number): Reason {
  return reasonOf('compare-few-blocks', { noun, blockLengthMs: blockMs });
}

export const NOT_POSITIVE = reasonOf('compare-not-positive');

export function errorsNotKnown(invocations: number): Reason {
  return reasonOf('compare-errors-unknown', { unknown: invocations });
}

export function noPrice([before, after]: readonly [before: boolean, after: boolean]): Reason {
  return reasonOf('compare-no-price', { side: before && after ? 'both' : before ? 'before' : 'after' });
}
