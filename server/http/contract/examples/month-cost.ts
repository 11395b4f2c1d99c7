/** Examples of the operations in ../month-cost.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { monthCostRoutes } from '../month-cost.ts';
import type { ExamplesOf } from '../route.ts';

export const monthCostExamples: ExamplesOf<typeof monthCostRoutes> = {
  getMonthCost: {
    query: { timeZone: 'Europe/Berlin' },
    answer: {
      month: '2026-11',
      timeZone: 'Europe/Berlin',
      range: { from: '2026-10-31T23:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 86400000 },
      endsAt: '2026-11-30T23:00:00.000Z',
      costUsd: 0.230185,
      costReason: null,
      forecast: null,
      forecastReason: 'Not known, because data covers 7 whole days before today: 21 are required',
      forecastDays: { known: 7, required: 21 },
      days: [{ at: '2026-11-27T00:00:00.000Z', costUsd: 0.031142 }],
    },
  },
};
