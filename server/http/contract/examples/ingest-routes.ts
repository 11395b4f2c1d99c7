/** Examples of the operations in ../ingest-routes.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { ingestRoutes } from '../ingest-routes.ts';
import type { ExamplesOf } from '../route.ts';

export const ingestExamples: ExamplesOf<typeof ingestRoutes> = {
  checkFirehose: { answer: { requestId: '', timestamp: 1795852620240 } },
  ingestFirehose: {
    body: {
      requestId: 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f',
      timestamp: 1795000000000,
      records: [{ data: 'bm90IGEgbG9nIHJlY29yZA==' }],
    },
    answer: { requestId: 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f', timestamp: 1795852620238 },
  },
  ingestLambda: {
    body: { awslogs: { data: 'H4sIAAAAAAAA/6tWKkktLlGyUlAqS8wpTtVRUCrOSCxKBQBbT8qYGAAAAA==' } },
    answer: { accepted: 3, duplicates: 0, ignored: 1, rejected: 0 },
  },
  ingestLogs: {
    query: { function: 'checkout', region: 'eu-west-1', account: '123456789012' },
    body: 'REPORT RequestId: 3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 87 MB\n',
    answer: { accepted: 0, duplicates: 0, ignored: 0, rejected: 1 },
  },
  ingestLoadTest: {
    query: { tool: 'hey', function: 'webhook-fanout' },
    body: 'Summary:\n  Total:\t1.3694 secs\n  Slowest:\t0.5470 secs\n  Fastest:\t0.0225 secs\n  Average:\t0.0970 secs\n  Requests/sec:\t365.1342\n\n  Total data:\t2500 bytes\n  Size/...',
    answer: { accepted: 1, duplicates: 0, ignored: 0, rejected: 0 },
  },
  ingestPull: {
    body: {
      checkpoint: {
        account: '123456789012',
        region: 'eu-west-1',
        logGroup: '/aws/lambda/checkout',
        mode: 'poll',
        watermarkMs: 1795000000000,
        scan: null,
        wideMs: null,
        state: 'ok',
        message: null,
        events: 1,
        updatedMs: 1795000060000,
      },
      events: [
        {
          logStreamName: '2026/11/28/[$LATEST]0123456789abcdef0123456789abcdef',
          timestamp: 1795000000000,
          message: 'START RequestId: 3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c Version: $LATEST',
          eventId: '0',
        },
      ],
    },
    answer: { accepted: 1, duplicates: 0, ignored: 0, rejected: 0 },
  },
  getPullCheckpoint: {
    query: { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/checkout', mode: 'poll' },
    answer: { checkpoint: null },
  },
  listTracesToFetch: { query: { since: 1795000000000, limit: 200 }, answer: { items: [] } },
  reportMissingTraces: { body: { traceIds: ['1-643aca1d-02e095f7341508e00b9b6d2b'] }, answer: { noted: 1 } },
};
