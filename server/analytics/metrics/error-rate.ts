/**
 * The error rate where it may not be known. In the text log format REPORT does not say that a handler threw: only a line of the
 * runtime does. Where a subscription filter drops that line, a failure looks like a success. The error lines can arrive where
 * lines arrive that only a complete log contains, where records state the status, and by filters whose pattern passes them: as the
 * inventory read it, or as declared.
 */
import { PLATFORM_FILTER } from '../../../ingest/lines/platform-terms.ts';
import type { CodedReason, Reason } from '../../../ingest/text/reason.ts';
import { coded, reasonOf } from '../../../ingest/text/reason.ts';
import type { Rate } from '../statistics/rate.ts';
import { wilson } from '../statistics/rate.ts';
import { rateOf } from './counted-rate.ts';
import type { InvocationCounts } from './counts.ts';
import { errorsOf } from './counts.ts';

type ErrorCounts = Pick<InvocationCounts, 'n' | 'timeouts' | 'errors' | 'ooms' | 'exits' | 'errors_unknown'>;

/** Failed invocations that are known: a lower bound where errors are unknown of some. */
export interface ErrorRate extends Rate {
  readonly failures: number;
  /** Null if the rate is known. */
  readonly unknown: UnknownErrors | null;
}

export interface UnknownErrors extends CodedReason {
  /** Invocations of which it is unknown whether the handler threw. */
  readonly invocations: number;
  readonly reason: string;
  /** Null where the answer states the remedy elsewhere. */
  readonly remedy: string | null;
  readonly remedyCode?: CodedReason['reasonCode'];
}

/** What makes the error rate known, with the filter pattern itself. */
export const ERRORS_REMEDY = reasonOf('errors-remedy', { pattern: PLATFORM_FILTER });

/**
 * The rate of failed invocations. Where errors of some invocations are unknown, `value` is null, and the interval reaches from
 * none of these having failed to all of them. `blocks` are the same counts by blocks of time, in order, where they are known.
 */
export function errorRateOf(counts: ErrorCounts, blocks: readonly ErrorCounts[] = []): ErrorRate {
  return errorRateFrom(counts, rateOf(counts, blocks, errorsOf));
}

/** As {@link errorRateOf}. `known`: the rate of the failures that are known, with its interval. */
export function errorRateFrom(counts: ErrorCounts, known: Rate): ErrorRate {
  const failures = errorsOf(counts);
  const unknown = unknownErrorsOf(counts);
  if (unknown === null) return { ...known, failures, unknown };
  const { high } = wilson(Math.min(counts.n, failures + unknown.invocations), counts.n);
  return { value: null, low: known.low, high, n: counts.n, failures, unknown };
}

export function unknownErrorsOf(counts: Pick<InvocationCounts, 'n' | 'errors_unknown'>): UnknownErrors | null {
  const reason = unknownErrorsReason(counts);
  if (reason === null) return null;
  const invocations = counts.errors_unknown;
  return { invocations, ...coded(reason), remedy: ERRORS_REMEDY.text, remedyCode: coded(ERRORS_REMEDY).reasonCode };
}

/** Why errors of some invocations are not known; null if all are. */
export function unknownErrorsReason({
  n,
  errors_unknown: unknown,
}: Pick<InvocationCounts, 'n' | 'errors_unknown'>): Reason | null {
  return unknown === 0 ? null : reasonOf('errors-unknown', { isAll: unknown === n, unknown, invocations: n });
}
