/** Handler of the overview: totals, series, rankings and findings of the fleet. */
import { readShaped } from '../answers/shape-answer.ts';
import { overviewRoutes } from '../contract/overview.ts';
import { implement } from '../implement.ts';
import { declaredCosts, filterOf, rangeOf, widthOf } from '../query.ts';

export const overviewHandlers = implement(overviewRoutes, {
  getOverview: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const filter = await filterOf(query, context.store);
    const widthMs = widthOf(query.interval, range);
    // One after the other: requests that arrive together must not take two places each in the queue of the readers.
    const declared = await declaredCosts(context.store, { ...range, ...filter });
    const question = ['fleet', { ...range, ...filter, widthMs }] as const;
    return readShaped(context, [question], 'overview', context.now(), declared, context.config.priceTerms);
  },
});
