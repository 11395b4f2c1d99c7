/** Examples of the operations in ../overview.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { overviewRoutes } from '../overview.ts';
import type { ExamplesOf } from '../route.ts';
import { ASSUMED, ASSUMED_CODES } from './price-assumptions.ts';

export const overviewExamples: ExamplesOf<typeof overviewRoutes> = {
  getOverview: {
    query: { from: 'now-7d', to: 'now' },
    answer: {
      range: { from: '2026-11-21T07:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 10800000 },
      dataFrom: '2026-11-21T09:12:30.000Z',
      functions: 9,
      invocations: 50242,
      errors: 79,
      errorRate: { value: 0.001572, low: 0.001262, high: 0.001959, n: 50242, failures: 79, unknown: null },
      coldStarts: 844,
      coldStartRate: { value: 0.016799, low: 0.015711, high: 0.01796, n: 50242 },
      userFeltColdStarts: 808,
      userFeltColdStartRate: { value: 0.016082, low: 0.015019, high: 0.01722, n: 50242 },
      coldStartSeconds: 431.79202,
      costUsd: 0.230185,
      costReason: null,
      costAssumed: false,
      priceAssumptions: ASSUMED,
      priceAssumptionCodes: ASSUMED_CODES,
      wastedUsd: 0.000991,
      wastedUnknown: null,
      coverage: 1,
      coverageReason: null,
      withoutStream: null,
      series: [
        {
          at: '2026-11-27T06:00:00.000Z',
          invocations: 4654,
          errors: 6,
          coldStarts: 71,
          userFeltColdStarts: 66,
          coldStartsWithoutStream: 0,
          coldStartSeconds: 30.3569,
          costUsd: 0.022586,
        },
      ],
      top: {
        invocations: [{ id: '000000000000:eu-west-1:search', name: 'search', value: 17316, n: 17316 }],
        errors: [
          {
            id: '000000000000:eu-west-1:webhook-fanout',
            name: 'webhook-fanout',
            value: 65,
            n: 3749,
            isLowerBound: false,
          },
        ],
        coldStartSeconds: [{ id: '000000000000:eu-west-1:search', name: 'search', value: 258.51492, n: 17316 }],
        costUsd: [{ id: '000000000000:eu-west-1:report-nightly', name: 'report-nightly', value: 0.099043, n: 64 }],
        wastedUsd: [
          { id: '000000000000:eu-west-1:thumbnail', name: 'thumbnail', value: 0.000521, n: 1379, isLowerBound: false },
        ],
      },
      previous: null,
      findings: [
        {
          functionId: '000000000000:eu-west-1:thumbnail',
          kind: 'out-of-memory',
          code: 'out-of-memory',
          severity: 'high',
          parameters: { name: 'thumbnail', failed: 14, invocations: 1379 },
          sentence: 'thumbnail: 14 invocations ran out of memory, of 1,379',
        },
      ],
      findingGroups: [
        {
          code: 'out-of-memory',
          severity: 'high',
          urgency: 2000000000014,
          parameters: {
            functions: 1,
            name: 'thumbnail',
            affected: 14,
            isLowerBound: false,
            invocations: 1379,
            runtimes: null,
            deprecation: null,
            currentMb: null,
            memoryMb: null,
            latencyChange: null,
            waitedSeconds: null,
            monthlySavingUsd: null,
          },
          sentence: 'thumbnail ran out of memory: 14 of 1,379 invocations',
          affected: 14,
          affectedIsLowerBound: false,
          wastedUsd: 0.000521,
          monthlySavingUsd: null,
          functions: {
            total: 1,
            worst: [
              {
                id: '000000000000:eu-west-1:thumbnail',
                name: 'thumbnail',
                affected: 14,
                parameters: { name: 'thumbnail', failed: 14, invocations: 1379 },
                sentence: 'thumbnail: 14 invocations ran out of memory, of 1,379',
              },
            ],
          },
          next: {
            code: 'memory',
            functionId: '000000000000:eu-west-1:thumbnail',
            parameters: { name: 'thumbnail' },
            sentence: 'Raise the memory of thumbnail: its Memory tab shows the minimum safe size',
          },
        },
      ],
    },
  },
};
