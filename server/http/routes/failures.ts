/** Handler of a function's failures: kinds, retries and cost. */

import { readShaped } from '../answers/shape-answer.ts';
import { failureRoutes } from '../contract/failures.ts';
import { implement } from '../implement.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum failed attempts that are analyzed individually, newest first. */
const MOST_FAILED = 5000;
/** Newest configurations that sizes of earlier times are taken from. */
const STATES = 1000;

export const failureHandlers = implement(failureRoutes, {
  getFunctionFailures: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const { from, to, version, memoryMb } = query;
    const range = rangeOf({ from, to }, context.now());
    const questions = [
      ['failures', { ...range, functionId, version, memoryMb, nowMs: context.now(), mostFailed: MOST_FAILED }],
      ['inventory', { functionId, limit: STATES }],
    ] as const;
    return readShaped(context, questions, 'failureReport', identity, context.config.priceTerms);
  },
});
