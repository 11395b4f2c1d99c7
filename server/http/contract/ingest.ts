import { z } from 'zod';
import { coverage, isoTime, pageQuery, quantiles } from './common.ts';
import { declareRoutes } from './route.ts';

export const writeOutcome = z
  .object({
    accepted: z.number().int().describe('Log events newly stored'),
    duplicates: z.number().int().describe('Log events that were there already'),
    ignored: z.number().int().describe('Application lines, and platform lines that say nothing REPORT does not say'),
    rejected: z.number().int().describe('Set aside in quarantine'),
  })
  .meta({ id: 'WriteOutcome' });
export type WriteOutcome = z.infer<typeof writeOutcome>;

export const rawLogsQuery = z.strictObject({
  logGroup: z.string().max(512).default(''),
  logStream: z.string().max(512).default(''),
  function: z.string().max(140).optional().describe('Short for logGroup=/aws/lambda/<name>'),
  account: z.string().max(64).default(''),
  region: z.string().max(64).default(''),
});

export const loadTestQuery = z.strictObject({
  tool: z.enum(['hey', 'locust']).describe('What printed it'),
  function: z.string().min(1).max(140).optional().describe('The function it drove'),
});

export const checkpointQuery = z.strictObject({
  account: z.string().max(64),
  region: z.string().max(64),
  logGroup: z.string().min(1).max(512),
  mode: z.enum(['poll', 'backfill']),
});

export const tracesWantedQuery = z.strictObject({
  since: z.coerce.number().int().min(0),
  limit: z.coerce.number().int().min(1).max(5000).default(200),
});

export const tracesMissedBody = z.object({
  traceIds: z.array(z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/)).max(1000),
});

export const ingestStatusAnswer = z
  .object({
    accepted: z.number().int(),
    duplicates: z.number().int(),
    ignored: z.number().int(),
    expired: z.number().int().describe('Of those ignored: events of days whose events are gone'),
    rejected: z.number().int(),
    controlMessages: z.number().int(),
    clampedTimestamps: z.number().int(),
    unknownFields: z.array(z.object({ key: z.string(), n: z.number().int() })),
    sources: z.array(
      z.object({
        kind: z.string(),
        name: z.string(),
        firstSeenAt: isoTime,
        lastSeenAt: isoTime,
        lastDataAt: isoTime.nullable(),
        requests: z.number().int(),
        events: z.number().int(),
        rejected: z.number().int(),
        lagMs: quantiles,
      }),
    ),
    lagMs: quantiles.describe('Received minus event time; files and demos excluded'),
    coverage,
    coverageReasons: z
      .array(
        z.object({
          kind: z.enum([
            'start-lines-missing',
            'deliveries-incomplete',
            'init-lines-missing',
            'reports-missing',
            'unreadable',
            'gone-quiet',
            'late',
            'pull-failing',
          ]),
          text: z.string(),
          n: z.number().int().describe('How many functions, log groups or records it holds for'),
          examples: z.array(z.string()),
        }),
      )
      .describe('Why figures may be incomplete, over the last seven days; empty when nothing is known to be missing'),
    orphanStarts: z.number().int().describe('START without a REPORT so far'),
    missingReports: z.number().int().describe('START so old that its REPORT should have come, in the last seven days'),
    reportsWithoutStart: z.number().int(),
    databaseBytes: z.number().int(),
    firstEventAt: isoTime.nullable().describe('Oldest event of any function'),
    lastEventAt: isoTime.nullable().describe('Newest event of any function'),
    pulls: z
      .array(
        z.object({
          account: z.string(),
          region: z.string(),
          logGroup: z.string(),
          mode: z.enum(['poll', 'backfill']),
          state: z.enum(['ok', 'throttled', 'gone', 'denied', 'credentials', 'error']),
          message: z.string().nullable(),
          watermarkAt: isoTime.nullable().describe('Everything up to here was read'),
          running: z.boolean().describe('A scan is under way, or was cut off and will go on'),
          events: z.number().int(),
          updatedAt: isoTime,
        }),
      )
      .describe('How far pull has read each log group'),
    endpoint: z.string().describe('Where Firehose or the forwarder should deliver'),
  })
  .meta({ id: 'IngestStatus' });
export type IngestStatusAnswer = z.infer<typeof ingestStatusAnswer>;

export const reject = z
  .object({
    id: z.number().int(),
    receivedAt: isoTime,
    source: z.string(),
    reason: z.string(),
    detail: z.string(),
    logGroup: z.string().nullable(),
    seen: z.number().int().describe('How often the same bytes came'),
    sizeBytes: z.number().int(),
    preview: z.string(),
    replayedAt: isoTime.nullable(),
  })
  .meta({ id: 'DeadLetter' });
export const rejectsQuery = z.strictObject(pageQuery);
export const rejectsAnswer = z
  .object({ items: z.array(reject), nextCursor: z.string().nullable() })
  .meta({ id: 'DeadLetterList' });
export type RejectsAnswer = z.infer<typeof rejectsAnswer>;
export const rejectParams = z.object({ id: z.coerce.number().int().min(1) });

export const replayAnswer = z.object({ outcome: writeOutcome, stillRejected: z.boolean() }).meta({ id: 'Replay' });

export const ingestStatusRoutes = declareRoutes({
  getIngestStatus: {
    method: 'get',
    path: '/api/v1/ingest/status',
    scope: 'read',
    tag: 'Ingest',
    summary: 'Sources, lag, counts, coverage',
    answer: ingestStatusAnswer,
  },
  listDeadLetters: {
    method: 'get',
    path: '/api/v1/rejects',
    scope: 'read',
    tag: 'Ingest',
    summary: 'Quarantine, newest first',
    query: rejectsQuery,
    answer: rejectsAnswer,
  },
  replayDeadLetter: {
    method: 'post',
    path: '/api/v1/rejects/:id/replay',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Read a quarantined payload again, as today’s version reads it',
    params: rejectParams,
    answer: replayAnswer,
    problems: ['not-found'],
  },
});
