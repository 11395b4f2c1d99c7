/** Examples of the operations in ../provisioned.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { provisionedRoutes } from '../provisioned.ts';
import type { ExamplesOf } from '../route.ts';
import { ASSUMED, ASSUMED_CODES } from './price-assumptions.ts';

export const provisionedExamples: ExamplesOf<typeof provisionedRoutes> = {
  getFunctionProvisionedConcurrency: {
    params: { id: '000000000000:eu-west-1:webhook-fanout' },
    query: { from: 'now-7d', to: 'now' },
    answer: {
      range: { from: '2026-11-21T07:56:56.289Z', to: '2026-11-28T07:56:56.289Z', bucketMs: 604800000 },
      memoryMb: 256,
      invocations: 3749,
      truncated: false,
      options: [
        {
          kept: 0,
          avoided: 0,
          avoidedInterval: { low: 0, high: 0 },
          avoidedWaitMs: 0,
          spilled: 0,
          utilisation: null,
          costUsd: 0.004465,
          costChangeUsd: 0,
          costChangeInterval: { low: 0, high: 0 },
          costChangePerMonthUsd: 0,
          usdPerAvoided: null,
        },
      ],
      breakEvenUtilisation: 0.600007,
      breakEvenKept: 0,
      schedule: [0, 0],
      priceAssumptions: ASSUMED,
      priceAssumptionCodes: ASSUMED_CODES,
      priceAssumed: true,
      method:
        'replay of observed requests against provisioned environments and simulated on-demand ones, kept as long as the function shows',
      methodCode: { code: 'provisioned-method', parameters: {} },
      reason: null,
    },
  },
};
