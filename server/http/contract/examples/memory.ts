/** Examples of the operations in ../memory.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { memoryRoutes } from '../memory.ts';
import type { ExamplesOf } from '../route.ts';
import { ASSUMED, ASSUMED_CODES } from './price-assumptions.ts';

export const memoryExamples: ExamplesOf<typeof memoryRoutes> = {
  getFunctionMemory: {
    params: { id: '000000000000:eu-west-1:webhook-fanout' },
    query: { from: 'now-14d', to: 'now', strategy: 'cheapest' },
    answer: {
      range: { from: '2026-11-14T07:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 3600000 },
      currentMb: 256,
      finding: 'insufficient-data',
      reasons: [
        'One size was observed: these are bounds, not a prediction. Running another size would give a clear answer.',
      ],
      reasonCodes: [{ code: 'memory-one-size', parameters: {} }],
      observed: [
        {
          memorySizeMb: 256,
          n: 3609,
          environments: 33,
          meanBilledMs: 320.331117,
          failedShare: 0,
          durationMs: { p50: 215.33, p95: 952.74, p99: 1765.93, n: 3609 },
          costPerMillionUsd: 1.267776,
          interval: { low: 1.22755, high: 1.303488 },
          intervalReason: null,
          enough: true,
          maxMemoryUsedMb: 130,
          sampled: false,
        },
      ],
      model: null,
      floorMb: 256,
      floorReason: 'Memory use grows with each invocation, so no smaller size is recommended.',
      floorReasonCode: { code: 'memory-leaking', parameters: {} },
      candidates: [
        {
          memoryMb: 192,
          durationMs: 427.108156,
          costPerMillionUsd: 1.267776,
          interval: { low: 1.000832, high: 1.267776 },
          basis: 'bound',
          exclusion: 'below-minimum',
        },
      ],
      recommendation: null,
      tuning: [],
      leak: {
        mbPer1k: 101.137962,
        interval: { low: 98.412698, high: 103.703704 },
        environments: 30,
        invocationsToLimit: 1245,
        leaking: true,
      },
      leakReason: null,
      invocationsPerMonth: 108201.764736,
      successesPerMonth: 108201.764736,
      billedInitMs: 0,
      priceAssumptions: ASSUMED,
      priceAssumptionCodes: ASSUMED_CODES,
      priceAssumed: false,
      powerTuningUrl: null,
      powerTuningInput: {
        lambdaARN: 'arn:aws:lambda:eu-west-1:000000000000:function:webhook-fanout',
        powerValues: [128, 256],
        num: 50,
        payload: {},
        parallelInvocation: false,
        strategy: 'cost',
      },
    },
  },
};
