/** Handler of the overview: totals, series, rankings and findings of the fleet. */
import { shapeAnswer } from '../answers/shape-answer.ts';
import { overviewRoutes } from '../contract/overview.ts';
import { implement } from '../implement.ts';
import { declaredCosts, filterOf, rangeOf, widthOf } from '../query.ts';

export const overviewHandlers = implement(overviewRoutes, {
  getOverview: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const filter = await filterOf(query, context.store);
    const widthMs = widthOf(query.interval, range);
    const [fleet, declared] = await Promise.all([
      context.store.readPacked('fleet', { ...range, ...filter, widthMs }),
      declaredCosts(context.store, { ...range, ...filter }),
    ]);
    const terms = context.config.priceTerms;
    return (await shapeAnswer(context.analysis, 'overview', fleet, context.now(), declared, terms)).answer;
  },
});
