/** Totals per tenant of functions with tenant isolation. */
import * as z from 'zod';
import { isoTime, range, rangeQuery, rate } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

export const tenantsQuery = z.strictObject({
  ...rangeQuery,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export const tenantsAnswer = z
  .object({
    range,
    items: z
      .array(
        z.object({
          tenant: z.string(),
          invocations: z.number().int(),
          errorRate: rate,
          coldStarts: z.number().int(),
          userFeltColdStartRate: rate,
          environments: z.number().int().describe('Environments that served the tenant; tenants never share one'),
          durationMs: z.object({ p50: z.number(), p95: z.number() }),
          billedMs: z.number().nullable(),
          lastAt: isoTime,
        }),
      )
      .describe('Most invocations first'),
    nextCursor: z.null(),
    total: z.number().int().describe('Tenants in the range, including those beyond the limit'),
    withoutTenant: z.number().int().describe('Invocations whose lines name no tenant: text logs never do'),
  })
  .meta({ id: 'FunctionTenants' });

export const tenantRoutes = declareRoutes({
  getFunctionTenants: {
    method: 'get',
    path: '/api/v1/functions/:id/tenants',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get totals per tenant of a function with tenant isolation',
    params: functionParams,
    query: tenantsQuery,
    answer: tenantsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
