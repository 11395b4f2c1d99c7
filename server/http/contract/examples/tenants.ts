/** Examples of the operations in ../tenants.ts. */

import type { ExamplesOf } from '../route.ts';
import type { tenantRoutes } from '../tenants.ts';

export const tenantExamples: ExamplesOf<typeof tenantRoutes> = {
  getFunctionTenants: {
    params: { id: '000000000000:eu-west-1:webhook-fanout' },
    query: { from: 'now-7d', to: 'now' },
    answer: {
      range: { from: '2026-11-21T08:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 604800000 },
      items: [
        {
          tenant: 'acme',
          invocations: 312,
          errorRate: { value: 0, low: 0, high: 0.012164, n: 312 },
          coldStarts: 3,
          userFeltColdStartRate: { value: 0.009615, low: 0.003275, high: 0.027883, n: 312 },
          environments: 3,
          durationMs: { p50: 41.2, p95: 88.71 },
          billedMs: 14020,
          lastAt: '2026-11-28T07:59:12.004Z',
        },
      ],
      nextCursor: null,
      total: 1,
      withoutTenant: 0,
    },
  },
};
