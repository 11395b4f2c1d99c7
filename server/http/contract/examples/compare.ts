/** Examples of the operations in ../compare.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { compareRoutes } from '../compare.ts';
import type { ExamplesOf } from '../route.ts';
import { LISTED, LISTED_CODES } from './price-assumptions.ts';

export const compareExamples: ExamplesOf<typeof compareRoutes> = {
  comparePeriods: {
    query: { function: '000000000000:eu-west-1:webhook-fanout', before: 'now-14d/now-7d', after: 'now-7d/now' },
    answer: {
      before: {
        range: { from: '2026-11-14T07:55:00.000Z', to: '2026-11-21T07:55:00.000Z', bucketMs: 300000 },
        n: 0,
        errors: 0,
        coldStarts: 0,
        quantiles: { p50: null, p95: null, p99: null, n: 0 },
        histogram: [],
        costPer1kUsd: null,
        costReason: null,
        coverage: null,
      },
      after: {
        range: { from: '2026-11-21T07:55:00.000Z', to: '2026-11-28T07:55:00.000Z', bucketMs: 300000 },
        n: 3749,
        errors: 65,
        coldStarts: 101,
        quantiles: { p50: 225.919937, p95: 1053.878043, p99: 3041.990498, n: 3749 },
        histogram: [{ ms: 8.166742, n: 1 }],
        costPer1kUsd: 0.001391,
        costReason: null,
        coverage: 1,
      },
      differences: [
        {
          metric: 'p50',
          unit: 'ms',
          before: null,
          after: 225.919937,
          change: null,
          low: null,
          high: null,
          p: null,
          verdict: 'insufficient-data',
          reason: 'Too few: 0 invocations before and 3,749 after; at least 50 are required on each side.',
          reasonCode: {
            code: 'compare-few',
            parameters: { noun: 'invocations', before: 0, after: 3749, isPart: false, required: 50 },
          },
        },
      ],
      verdict: 'insufficient-data',
      priceAssumptions: LISTED,
      priceAssumptionCodes: LISTED_CODES,
      warnings: ['The traffic per day is 2.4 times as high: possibly different callers.'],
      warningCodes: [[{ code: 'compare-traffic-differs', parameters: { times: 2.4 } }]],
    },
  },
};
