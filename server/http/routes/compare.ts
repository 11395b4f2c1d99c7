/** Handler that compares two periods of a function. */

import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { TimeRange } from '../../storage/ports.ts';
import { readShaped } from '../answers/shape-answer.ts';
import { compareRoutes } from '../contract/compare.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { functionOf, rangeOf } from '../query.ts';

export const compareHandlers = implement(compareRoutes, {
  comparePeriods: async ({ context, query }) => {
    const { functionId, region } = await functionOf(query.function, context.store);
    const { version, memoryMb } = query;
    const periods = [
      periodOf('before', query.before, context.now()),
      periodOf('after', query.after, context.now()),
    ] as const;
    const blockMs = blockOf(periods.map(({ fromMs, toMs }) => toMs - fromMs));
    const distributionOf = (range: TimeRange) =>
      ['distribution', { ...range, functionId, version, memoryMb, blockMs }] as const;
    const questions = [distributionOf(periods[0]), distributionOf(periods[1])] as const;
    return readShaped(context, questions, 'comparison', region);
  },
});

/** Parses a period. @throws ProblemError that names the period. */
function periodOf(field: 'before' | 'after', text: string, nowMs: number): TimeRange {
  const [from = '', to = ''] = text.split('/');
  let range: TimeRange;
  try {
    range = rangeOf({ from, to }, nowMs);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const message = error.errors?.map((one) => `${one.field} ${one.message}`).join('; ') ?? error.message;
    throw new ProblemError('invalid-request', `The period "${field}" is not valid`, [{ field, message }]);
  }
  if (range.toMs - range.fromMs < SHORTEST_MS) {
    throw new ProblemError('invalid-request', `The period "${field}" is too short`, [
      { field, message: 'must be at least five minutes' },
    ]);
  }
  return range;
}

const SHORTEST_MS = 300_000;
/** Width of the blocks of time that show how much invocations depend on each other. */
function blockOf(spans: readonly number[]): number {
  const [shortest, longest] = [Math.min(...spans), Math.max(...spans)];
  if (shortest < 12 * HOUR_MS && longest <= 2 * DAY_MS) return SHORTEST_MS;
  return longest > 31 * DAY_MS && shortest >= 14 * DAY_MS ? DAY_MS : HOUR_MS;
}
