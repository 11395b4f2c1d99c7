/** Examples of the operations in ../special-kinds.ts. */

import type { ExamplesOf } from '../route.ts';
import type { specialKindRoutes } from '../special-kinds.ts';

const range = { from: '2026-11-27T08:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 86400000 };

export const specialKindExamples: ExamplesOf<typeof specialKindRoutes> = {
  getFunctionExecutions: {
    params: { id: '123456789012:eu-west-1:order-workflow' },
    query: { from: 'now-24h', to: 'now' },
    answer: {
      range,
      items: [
        {
          name: 'order-17',
          executionId: '5f2c7b1e-7c7d-4e7b-9f60-2f6a3f0a1b2c',
          firstAt: '2026-11-28T06:00:00.000Z',
          lastAt: '2026-11-28T07:00:02.000Z',
          invocations: [
            {
              requestId: '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab',
              at: '2026-11-28T06:00:00.000Z',
              replay: false,
              operations: 2,
            },
          ],
          replays: 0,
          operations: 2,
          operationsUsd: 0.000024,
        },
      ],
      nextCursor: null,
      total: 1,
    },
  },
  getFunctionResponses: {
    params: { id: '123456789012:eu-west-1:chat' },
    query: { from: 'now-24h', to: 'now' },
    answer: {
      range,
      firstByteMs: { n: 2, p50: 80, p95: 120, max: 120 },
      responseMs: { n: 2, p50: 900, p95: 1500, max: 1500 },
      bytes: { n: 2, p50: 20480, p95: 7340032, max: 7340032, sum: 7360512 },
      beyondFreeBytes: 1048576,
      streamedUsd: 0.000008388608,
    },
  },
  getFunctionManagedInstances: {
    params: { id: '123456789012:eu-west-1:search' },
    query: { from: 'now-24h', to: 'now', instances: 3, instanceHourUsd: 0.1 },
    answer: {
      range,
      runsOnManagedInstances: false,
      invocations: 5000000,
      onDemandUsd: 25,
      managed: {
        instances: 3,
        instanceHourUsd: 0.1,
        ec2Usd: 7.2,
        managementFeeUsd: 1.08,
        requestsUsd: 1,
        totalUsd: 9.28,
      },
      breakEvenHourUsd: 0.869565,
      peakConcurrency: 41,
      verdict: 'cheaper',
      reason: null,
    },
  },
};
