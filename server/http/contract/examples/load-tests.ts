/** Examples of the operations in ../load-tests.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { loadTestRoutes } from '../load-tests.ts';
import type { ExamplesOf } from '../route.ts';

export const loadTestExamples: ExamplesOf<typeof loadTestRoutes> = {
  listLoadTests: {
    query: { limit: 5 },
    answer: {
      items: [
        {
          id: '1c3bd2a22cd5db3120f1ac1f17474dfe',
          tool: 'hey',
          name: 'hey',
          function: 'webhook-fanout',
          importedAt: '2026-11-28T07:56:59.360Z',
          startedAt: null,
          requests: 500,
          failures: 0,
          fastestMs: 22.5,
          slowestMs: 547,
          averageMs: 97,
          requestsPerSecond: 365.1342,
          histogram: [{ upToMs: 23, n: 1 }],
          quantiles: [],
        },
      ],
      nextCursor: null,
    },
  },
  compareLoadTests: {
    query: { before: '1c3bd2a22cd5db3120f1ac1f17474dfe', after: '1c3bd2a22cd5db3120f1ac1f17474dfe' },
    answer: {
      before: {
        id: '1c3bd2a22cd5db3120f1ac1f17474dfe',
        tool: 'hey',
        name: 'hey',
        function: 'webhook-fanout',
        importedAt: '2026-11-28T07:56:59.360Z',
        startedAt: null,
        requests: 500,
        failures: 0,
        fastestMs: 22.5,
        slowestMs: 547,
        averageMs: 97,
        requestsPerSecond: 365.1342,
        histogram: [{ upToMs: 23, n: 1 }],
        quantiles: [],
      },
      after: {
        id: '1c3bd2a22cd5db3120f1ac1f17474dfe',
        tool: 'hey',
        name: 'hey',
        function: 'webhook-fanout',
        importedAt: '2026-11-28T07:56:59.360Z',
        startedAt: null,
        requests: 500,
        failures: 0,
        fastestMs: 22.5,
        slowestMs: 547,
        averageMs: 97,
        requestsPerSecond: 365.1342,
        histogram: [{ upToMs: 23, n: 1 }],
        quantiles: [],
      },
      tails: [
        {
          thresholdMs: 75,
          before: { value: 0.176, low: 0.145126, high: 0.211814, n: 500 },
          after: { value: 0.176, low: 0.145126, high: 0.211814, n: 500 },
          change: 0,
          low: -0.047285,
          high: 0.047285,
          p: 1.0,
        },
      ],
      verdict: 'no-evidence',
      reason: null,
      method: 'distributional: shares above thresholds, Newcombe interval; no request is matched',
      methodCode: { code: 'load-tests-method', parameters: {} },
    },
  },
};
