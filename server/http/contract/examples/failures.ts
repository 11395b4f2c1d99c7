/** Examples of the operations in ../failures.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { failureRoutes } from '../failures.ts';
import type { ExamplesOf } from '../route.ts';
import { ASSUMED, ASSUMED_CODES } from './price-assumptions.ts';

export const failureExamples: ExamplesOf<typeof failureRoutes> = {
  getFunctionFailures: {
    params: { id: '000000000000:eu-west-1:webhook-fanout' },
    query: { from: 'now-7d', to: 'now' },
    answer: {
      range: { from: '2026-11-21T07:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: 10800000 },
      invocations: 3749,
      failures: 65,
      rate: { value: 0.017338, low: 0.013627, high: 0.022037, n: 3749, failures: 65, unknown: null },
      byStatus: [{ status: 'timeout', n: 40 }],
      errorTypes: [{ status: 'timeout', errorType: null, n: 40 }],
      initFailures: [],
      suspectedOutOfMemory: 0,
      doomLoops: [],
      retries: {
        requests: 61,
        retried: 61,
        recovered: 61,
        unexplained: 0,
        poison: [],
        most: [
          {
            requestId: '17485520-1844-469f-a501-0e1a226ad30b',
            attempts: 2,
            failed: 1,
            lastAt: '2026-11-28T06:49:30.102Z',
          },
        ],
      },
      cost: { failedUsd: 0.00047, failedMinutes: 2.2839, unusedInits: { n: 0, initMs: null, usd: null, unpriced: 0 } },
      priceAssumptions: ASSUMED,
      priceAssumptionCodes: ASSUMED_CODES,
      timeout: {
        timeoutMs: 3000,
        source: 'inferred',
        verdict: 'fits',
        reason:
          '40 of 3749 attempts timed out after 3.00 s; 99 % of attempts end within 3.01 s: no evidence that a longer timeout would help',
        reasonCode: {
          code: 'timeout-no-evidence',
          parameters: { timedOut: 40, invocations: 3749, timeoutMs: 3000, p99Ms: 3012 },
        },
        p999Ms: 3464.146914,
      },
      truncated: false,
      series: [{ at: '2026-11-27T06:00:00.000Z', invocations: 414, timeouts: 3, outOfMemory: 0, errors: 0, exits: 2 }],
      examples: [
        {
          requestId: '17485520-1844-469f-a501-0e1a226ad30b',
          attempt: 1,
          function: {
            id: '000000000000:eu-west-1:webhook-fanout',
            name: 'webhook-fanout',
            account: '000000000000',
            region: 'eu-west-1',
          },
          version: '$LATEST',
          logGroup: '/aws/lambda/webhook-fanout',
          logStream: '2026/11/28/[$LATEST]b203f18086fed99741a1271cb31694e2',
          logStreamReason: null,
          startedAt: '2026-11-28T06:48:22.089Z',
          endedAt: '2026-11-28T06:48:22.211Z',
          durationMs: 316.81,
          billedDurationMs: 317,
          memorySizeMb: 256,
          maxMemoryUsedMb: 111,
          initDurationMs: null,
          restoreDurationMs: null,
          billedRestoreDurationMs: null,
          hiddenInitDurationMs: null,
          status: 'exit',
          errorType: 'Runtime.ExitError',
          errorMessage: null,
          errorStack: [],
          coldStart: { kind: 'suppressed', userFelt: true, cause: null, evidence: null },
          traceId: null,
          segmentId: null,
          sampled: null,
          tenantId: null,
          attributes: {},
          costUsd: 1e-6,
        },
      ],
    },
  },
};
