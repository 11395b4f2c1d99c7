/** Handler of totals per tenant. */
import { iso } from '../../../ingest/records/time.ts';
import { rateInLists } from '../../analytics/metrics/counted-rate.ts';
import { tenantRoutes } from '../contract/tenants.ts';
import { implement } from '../implement.ts';
import { functionOf, rangeOf } from '../query.ts';

export const tenantHandlers = implement(tenantRoutes, {
  getFunctionTenants: async ({ context, params, query }) => {
    const { functionId } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const { items, total, withoutTenant } = await context.store.read.tenants({
      ...range,
      functionId,
      limit: query.limit,
    });
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      items: items.map(({ errors, userFelt, lastMs, blocks, ...item }) => ({
        ...item,
        errorRate: rateInLists({ hits: errors, n: item.invocations }, blocks, 'errors'),
        userFeltColdStartRate: rateInLists({ hits: userFelt, n: item.invocations }, blocks, 'userFelt'),
        lastAt: iso(lastMs),
      })),
      nextCursor: null,
      total,
      withoutTenant,
    };
  },
});
