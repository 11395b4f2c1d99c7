/** Examples of the operations in ../ingest.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { ingestStatusRoutes } from '../ingest.ts';
import type { ExamplesOf } from '../route.ts';

export const ingestStatusExamples: ExamplesOf<typeof ingestStatusRoutes> = {
  getIngestStatus: {
    answer: {
      accepted: 119495,
      duplicates: 1629,
      ignored: 45045,
      ignoredReasons: [{ reason: 'end', text: 'END lines: the REPORT line says the same and more', n: 45045 }],
      expired: 0,
      rejected: 2,
      controlMessages: 0,
      clampedTimestamps: 0,
      unknownFields: [],
      sources: [
        {
          kind: 'logs',
          name: '/aws/lambda/checkout',
          firstSeenAt: '2026-11-28T07:57:00.274Z',
          lastSeenAt: '2026-11-28T07:57:00.274Z',
          lastDataAt: null,
          requests: 1,
          events: 0,
          rejected: 1,
          lagMs: { p50: null, p95: null, p99: null, n: 0 },
        },
      ],
      lagMs: { p50: null, p95: null, p99: null, n: 0 },
      coverage: 1,
      coverageReasons: [],
      orphanStarts: 0,
      missingReports: 0,
      reportsWithoutStart: 0,
      databaseBytes: 18297344,
      firstEventAt: '2026-11-27T06:59:00.000Z',
      lastEventAt: '2026-11-28T06:59:57.858Z',
      pulls: [],
      collectors: [],
      attribution: {
        pendingHours: 2,
        oldestHourAt: '2026-11-28T07:00:00.000Z',
        hoursPerSecond: 41.5,
        late: 0,
        working: null,
        failed: [],
      },
      keyTroubles: [{ key: 'forwarder', reason: 'json-nested-too-deep', n: 2, lastAt: '2026-11-20T10:00:00.000Z' }],
      skippedRows: [],
      ruleFiles: null,
      parquetExport: {
        to: 's3://my-bucket/lambda',
        running: null,
        last: {
          startedAt: '2026-11-28T06:00:12.000Z',
          tookMs: 8123,
          written: 1,
          unchanged: 34,
          kept: 0,
          lastDay: '2026-11-27',
          rows: 412_345,
          bytes: 18_297_344,
        },
        failure: null,
        nextAt: '2026-11-29T06:00:00.000Z',
      },
      clock: null,
      endpoint: 'https://thermocline.example.com/ingest/firehose',
    },
  },
  listDeadLetters: {
    query: { limit: 50 },
    answer: {
      items: [
        {
          id: 2,
          reason: 'line-without-time',
          detail:
            'The line has no timestamp. Log tails of aws lambda invoke, sam local, and awslogs without --timestamp have none. Export with timestamps (aws logs filter-log-events or aws logs tail).',
          logGroup: null,
          seen: 1,
          sizeBytes: 139,
          preview:
            'REPORT RequestId: 3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 87 MB',
          source: 'logs /aws/lambda/checkout',
          receivedAt: '2026-11-28T07:57:00.274Z',
          replayedAt: null,
        },
      ],
      nextCursor: null,
    },
  },
  replayDeadLetter: {
    params: { id: 2 },
    answer: { outcome: { accepted: 0, duplicates: 0, ignored: 0, rejected: 1 }, stillRejected: true },
  },
};
