/** Handler of the cost of the current calendar month. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { readShaped } from '../answers/shape-answer.ts';
import { monthCostRoutes } from '../contract/month-cost.ts';
import { implement } from '../implement.ts';
import { calendarMonth, daysRead, edgeRead } from '../presentation/calendar-month.ts';
import { filterOf, widthOf } from '../query.ts';

export const monthCostHandlers = implement(monthCostRoutes, {
  getMonthCost: async ({ context, query: { timeZone, ...query } }) => {
    const nowMs = context.now();
    const month = { ...calendarMonth(nowMs, timeZone), timeZone };
    const filter = await filterOf(query, context);
    const edge = edgeRead(month, nowMs);
    const days = ['fleet', { ...daysRead(month, nowMs), ...filter, widthMs: DAY_MS }] as const;
    const first = ['fleet', { ...edge, ...filter, widthMs: widthFrom(month.fromMs, edge) }] as const;
    return readShaped(context, [days, first] as const, 'monthCost', month, nowMs, context.config.priceTerms);
  },
});

/** Widest buckets that begin at this time. */
function widthFrom(fromMs: number, edge: { readonly fromMs: number; readonly toMs: number }): number {
  if (fromMs % DAY_MS === 0) return DAY_MS;
  return fromMs % HOUR_MS === 0 ? HOUR_MS : (widthOf('5m', edge) ?? HOUR_MS);
}
