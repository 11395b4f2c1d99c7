/** Examples of the operations in ../live.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { liveRoutes } from '../live.ts';
import type { ExamplesOf } from '../route.ts';

export const liveExamples: ExamplesOf<typeof liveRoutes> = {
  streamInvocations: {
    query: { function: '000000000000:eu-west-1:webhook-fanout', cold: 'true' },
    answer: {
      requestId: '07a8e16c-dd9f-4cd0-ab95-ee05168a971f',
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
      startedAt: '2026-11-28T06:48:31.277Z',
      endedAt: '2026-11-28T06:48:31.764Z',
      durationMs: 729.51,
      billedDurationMs: 730,
      memorySizeMb: 256,
      maxMemoryUsedMb: 111,
      initDurationMs: null,
      restoreDurationMs: null,
      billedRestoreDurationMs: null,
      hiddenInitDurationMs: null,
      status: 'success',
      errorType: null,
      errorMessage: null,
      errorStack: [],
      coldStart: { kind: 'suppressed', userFelt: true, cause: null, evidence: null },
      traceId: null,
      segmentId: null,
      sampled: null,
      tenantId: null,
      attributes: {},
      costUsd: 3e-6,
    },
  },
};
