/** Examples of the operations in ../export.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { exportRoutes } from '../export.ts';
import type { ExamplesOf } from '../route.ts';

export const exportExamples: ExamplesOf<typeof exportRoutes> = {
  exportRows: {
    params: { what: 'invocations' },
    query: { from: 'now-7d', to: 'now', format: 'ndjson', limit: 1000 },
    answer: {
      requestId: '092484c3-8104-46d6-a3ed-7748f0580f75',
      attempt: 1,
      version: '$LATEST',
      logGroup: '/aws/lambda/auth',
      logStream: '2026/11/28/[$LATEST]207ea2b04f37b9788757a4259be737a1',
      logStreamReason: null,
      startedAt: '2026-11-28T06:59:57.852Z',
      endedAt: '2026-11-28T06:59:57.858Z',
      durationMs: 5.57,
      billedDurationMs: 6,
      memorySizeMb: 128,
      maxMemoryUsedMb: 40,
      initDurationMs: null,
      restoreDurationMs: null,
      hiddenInitDurationMs: null,
      status: 'success',
      errorType: null,
      errorMessage: null,
      errorStack: '',
      traceId: null,
      tenantId: null,
      costUsd: 0.0,
      function: 'auth',
      account: '000000000000',
      region: 'eu-west-1',
      coldStart: null,
      userFelt: null,
      cause: null,
      evidence: null,
    },
  },
};
