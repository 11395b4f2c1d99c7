/** Examples of the operations in ../query.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { queryRoutes } from '../query.ts';
import type { ExamplesOf } from '../route.ts';

export const queryExamples: ExamplesOf<typeof queryRoutes> = {
  runQuery: {
    body: {
      from: 'now-7d',
      to: 'now',
      metric: 'durationMs',
      aggregations: ['p50'],
      filters: [{ field: 'region', op: '=', value: 'eu-west-1' }],
      groupBy: ['function'],
      interval: '1d',
      limit: 10,
    },
    answer: {
      range: { from: '2026-11-21T07:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 86400000 },
      metric: 'durationMs',
      unit: 'ms',
      aggregations: ['p50'],
      groups: [
        {
          group: { function: '000000000000:eu-west-1:report-nightly' },
          n: 64,
          values: { p50: 37432.740637, p99: 81660.608798 },
          interval: null,
          unknown: null,
          costReason: null,
          series: [{ at: '2026-11-27T00:00:00.000Z', n: 50, values: { p50: 36691.498249, p99: 81660.608798 } }],
        },
      ],
      total: 9,
      priceAssumptions: [],
      truncated: false,
    },
  },
};
