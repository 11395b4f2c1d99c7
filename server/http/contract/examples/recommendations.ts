/** Examples of the operations in ../recommendations.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { recommendationRoutes } from '../recommendations.ts';
import type { ExamplesOf } from '../route.ts';

export const recommendationExamples: ExamplesOf<typeof recommendationRoutes> = {
  listRecommendations: {
    query: { from: 'now-14d', to: 'now', limit: 8 },
    answer: {
      range: { from: '2026-11-14T07:56:56.826Z', to: '2026-11-28T07:56:56.826Z', bucketMs: 1209600000 },
      items: [
        {
          function: { id: '000000000000:eu-west-1:search', name: 'search' },
          code: 'memory-saving',
          parameters: {
            name: 'search',
            currentMb: 2048,
            memoryMb: 1536,
            costChange: -0.201529,
            costChangeLow: -0.215693,
            costChangeHigh: -0.187133,
            latencyChange: 0.043746,
            reason: null,
          },
          sentence: 'search: 1536 MB instead of 2048 would be 20 % cheaper (95 % CI 19 %–22 %) and 4.4 % slower',
          currentMb: 2048,
          memoryMb: 1536,
          costChange: { value: -0.201529, low: -0.215693, high: -0.187133 },
          latencyChange: { value: 0.043746, low: 0.026308, high: 0.062495 },
          monthlySavingUsd: { value: 0.279333, low: 0.259378, high: 0.298965 },
        },
      ],
      findingGroups: [
        {
          code: 'memory-saving',
          severity: 'low',
          urgency: 0.218343,
          parameters: {
            functions: 1,
            name: 'search',
            affected: null,
            isLowerBound: false,
            invocations: null,
            runtimes: null,
            deprecation: null,
            currentMb: 2048,
            memoryMb: 1536,
            latencyChange: 0.043746,
            waitedSeconds: null,
            monthlySavingUsd: 0.279333,
          },
          sentence: 'search would cost $0.28 a month less with 1536 MB instead of 2048, and be 4.4 % slower',
          affected: null,
          affectedIsLowerBound: false,
          wastedUsd: null,
          monthlySavingUsd: { value: 0.279333, low: 0.259378, high: 0.298965 },
          functions: {
            total: 1,
            worst: [
              {
                id: '000000000000:eu-west-1:search',
                name: 'search',
                affected: null,
                parameters: {
                  name: 'search',
                  currentMb: 2048,
                  memoryMb: 1536,
                  costChange: -0.201529,
                  costChangeLow: -0.215693,
                  costChangeHigh: -0.187133,
                  latencyChange: 0.043746,
                  reason: null,
                },
                sentence: 'search: 1536 MB instead of 2048 would be 20 % cheaper (95 % CI 19 %–22 %) and 4.4 % slower',
              },
            ],
          },
          next: {
            code: 'memory',
            functionId: '000000000000:eu-west-1:search',
            parameters: { name: 'search' },
            sentence: 'Compare cost and duration of search by memory size',
          },
        },
      ],
      nextCursor: null,
      analyzed: [
        {
          function: { id: '000000000000:eu-west-1:search', name: 'search' },
          currentMb: 2048,
          monthlyCostUsd: 1.386,
          finding: 'over-provisioned',
          memoryMb: 1536,
          monthlySavingUsd: { value: 0.279333, low: 0.259378, high: 0.298965 },
          latencyChange: { value: 0.043746, low: 0.026308, high: 0.062495 },
          reason: null,
          reasonCode: null,
        },
      ],
      looked: 8,
      undecided: 6,
    },
  },
};
