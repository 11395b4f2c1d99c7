import * as z from 'zod';
import { coverage, isoTime, pageQuery, quantiles } from './common.ts';
import { optionalReasonCodes } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const writeOutcome = z
  .object({
    accepted: z.number().int().describe('Log events newly stored'),
    duplicates: z.number().int().describe('Log events that were already stored'),
    ignored: z
      .number()
      .int()
      .describe(
        'Well-formed events without telemetry: ignoredReasons says why. Those that are log lines are kept for searches as THERMOCLINE_RAW_LINES says',
      ),
    ignoredReasons: z
      .record(z.string(), z.number().int())
      .optional()
      .describe('Ignored events by reason; they add up to ignored. Absent if there are none'),
    rejected: z.number().int().describe('Stored as dead letters'),
    expired: z
      .number()
      .int()
      .optional()
      .describe('Part of ignored: events of days whose events retention has deleted. Absent if there are none'),
    expiredReason: z.string().optional().describe('Why those are not stored'),
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
  tool: z.enum(['hey', 'locust']).describe('Tool that produced the output'),
  function: z.string().min(1).max(200).optional().describe('Function under test: account:region:name, or its name'),
});

export const checkpointQuery = z.strictObject({
  account: z.string().max(64),
  region: z.string().max(64),
  logGroup: z.string().min(1).max(512),
  mode: z.enum(['poll', 'backfill']),
});

export const tracesWantedQuery = z.strictObject({
  since: z.coerce.number().int().min(0),
  region: z.string().max(64).optional().describe('Only traces of functions in this region'),
  unknownRegion: z
    .stringbool()
    .default(true)
    .describe('With `region`: also traces of functions whose region is not known'),
  limit: z.coerce.number().int().min(1).max(5000).default(200),
});

export const tracesMissedBody = z.strictObject({
  traceIds: z.array(z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/)).max(1000),
});

export const ingestStatusAnswer = z
  .object({
    accepted: z.number().int(),
    duplicates: z.number().int(),
    ignored: z.number().int().describe('Well-formed events without telemetry, in total'),
    ignoredReasons: z
      .array(z.object({ reason: z.string(), text: z.string().describe('What the reason means'), n: z.number().int() }))
      .describe('What they are, the most frequent first. What an earlier version counted has no reason'),
    expired: z.number().int().describe('Part of ignored: events of days whose events were already deleted'),
    rejected: z.number().int(),
    controlMessages: z.number().int(),
    clampedTimestamps: z
      .number()
      .int()
      .describe('Log events whose time was in seconds, microseconds or nanoseconds and was converted to milliseconds'),
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
    lagMs: quantiles.describe('Receipt time minus event time, without files and demos'),
    coverage,
    coverageReasons: z
      .array(
        z.object({
          kind: z.enum([
            'start-lines-missing',
            'error-lines-missing',
            'deliveries-incomplete',
            'init-lines-missing',
            'reports-missing',
            'unreadable',
            'gone-quiet',
            'late',
            'pull-failing',
          ]),
          text: z.string(),
          codes: optionalReasonCodes,
          n: z.number().int().describe('Number of affected functions, log groups or records'),
          examples: z.array(z.string()),
        }),
      )
      .describe('Known reasons for incomplete data in the last seven days'),
    orphanStarts: z.number().int().describe('START lines without a REPORT so far'),
    missingReports: z.number().int().describe('START lines of the last seven days whose REPORT is overdue'),
    reportsWithoutStart: z.number().int(),
    databaseBytes: z.number().int(),
    firstEventAt: isoTime.nullable().describe('Oldest event of any function'),
    lastEventAt: isoTime.nullable().describe('Newest event of any function'),
    pulls: z
      .array(
        z.object({
          account: z.string(),
          region: z.string(),
          logGroup: z.string().describe('`metrics:AWS/Lambda`: the metrics of a region'),
          mode: z.enum(['poll', 'backfill']),
          state: z.enum(['ok', 'throttled', 'gone', 'denied', 'credentials', 'unsupported', 'error']),
          message: z.string().nullable().describe('Of metrics that are read: how many, how often and at what price'),
          watermarkAt: isoTime.nullable().describe('Events up to this time were read'),
          running: z.boolean().describe('A scan is in progress, or was interrupted and will resume'),
          events: z.number().int(),
          updatedAt: isoTime,
        }),
      )
      .describe('Progress of pull in each log group'),
    attribution: z
      .object({
        pendingHours: z.number().int().nullable().describe('Hours of functions that wait; null before the first round'),
        oldestHourAt: isoTime.nullable(),
        hoursPerSecond: z.number().nullable().describe('In the last minute of work; null while there was none'),
        late: z.number().int().describe('Functions that have waited for their next result for ten minutes or longer'),
        working: z
          .object({
            function: z.string().nullable().describe('account:region:name; null if it is no longer known'),
            hourAt: isoTime.describe('First of its hours that are due'),
            invocations: z.number().int().describe('About how many invocations these hours have'),
            since: isoTime,
          })
          .nullable()
          .describe('The function with very many invocations that is attributed beside the others now'),
        failed: z
          .array(
            z.object({
              function: z.string().nullable().describe('account:region:name; null if it is no longer known'),
              hourAt: isoTime,
              since: isoTime,
              attempts: z.number().int(),
              retryAt: isoTime,
              reason: z.string(),
            }),
          )
          .describe('Functions whose next hour could not be attributed; other functions go on'),
      })
      .describe('How far causes of cold starts are computed'),
    collectors: z
      .array(
        z.object({
          name: z.string().describe('IAM action that the collector mainly calls'),
          region: z.string().describe('Empty for the default region of the AWS SDK'),
          startedAt: isoTime.describe('Start of the last run'),
          tookMs: z.number().nullable().describe('Duration of the last complete run; null before the first one ends'),
          intervalMs: z.number(),
          running: z.boolean(),
          overdue: z.boolean().describe('Runs outlast their interval, so that data arrives late'),
          notice: z.string().nullable().describe('What is late, or what the last run could not do'),
        }),
      )
      .describe('Collectors of this process: polling, traces, inventory'),
    keyTroubles: z
      .array(
        z.object({
          key: z.string().describe('Name of the ingest key'),
          reason: z.string().describe('The limit; `too-slow` or `thread-lost` where a body was given up'),
          n: z.number().int().describe('Number of bodies'),
          lastAt: isoTime,
        }),
      )
      .describe('Keys that sent bodies beyond a limit within the last thirty days, restarts included'),
    skippedRows: z
      .array(
        z.object({
          table: z.string(),
          n: z.number().int(),
          example: z.string().describe('The first of these rows and why it cannot be read'),
        }),
      )
      .describe('Stored rows that could not be read since the process started, and are left out of answers'),
    ruleFiles: z
      .object({
        path: z.string().describe('THERMOCLINE_RULES'),
        appliedAt: isoTime.nullable().describe('Last time since the start that the files were applied'),
        problems: z.array(
          z.object({
            file: z.string(),
            line: z.number().int().nullable(),
            field: z.string().describe('Empty where the file as a whole is meant'),
            message: z.string(),
          }),
        ),
      })
      .nullable()
      .describe('Rule files, and why they are not applied as they are now; null if none are set'),
    parquetExport: z
      .object({
        to: z.string().describe('THERMOCLINE_EXPORT_TO'),
        running: z
          .object({
            startedAt: isoTime,
            rows: z.number().int().nullable().describe('Rows so far; null before the first'),
            invocations: z
              .number()
              .int()
              .nullable()
              .describe('Invocations of the days that it writes; null before it knows'),
            note: z.string().nullable().describe('What is being written'),
          })
          .nullable()
          .describe('Null if none runs'),
        last: z
          .object({
            startedAt: isoTime,
            tookMs: z.number(),
            written: z.number().int().describe('Days that were new or changed'),
            unchanged: z.number().int().describe('Days that had not changed'),
            kept: z
              .number()
              .int()
              .describe('Days that were kept because not all of their invocations are stored any more'),
            lastDay: z.string().nullable().describe('The newest day that was written; null for none'),
            rows: z.number().int(),
            bytes: z.number().int(),
          })
          .nullable()
          .describe('The last run that was completed; null before'),
        failure: z
          .object({ at: isoTime, message: z.string(), attempts: z.number().int() })
          .nullable()
          .describe('Why the newest run failed; null if it was completed'),
        nextAt: isoTime.describe('When the next run starts'),
      })
      .nullable()
      .describe('The daily export to Parquet; null if none is set'),
    clock: z
      .string()
      .nullable()
      .describe('What the system clock contradicts, and how it is confirmed; null if it is plausible'),
    endpoint: z.string().describe('Delivery address for Firehose or the forwarder'),
  })
  .meta({ id: 'IngestStatus' });
export type IngestStatusAnswer = z.infer<typeof ingestStatusAnswer>;

export const deadLetter = z
  .object({
    id: z.number().int(),
    receivedAt: isoTime,
    source: z.string(),
    reason: z.string(),
    detail: z.string(),
    logGroup: z.string().nullable(),
    seen: z
      .number()
      .int()
      .describe('How many records it stands for: equal ones, or those of one request that were too many to keep'),
    sizeBytes: z.number().int(),
    preview: z.string(),
    replayedAt: isoTime.nullable(),
  })
  .meta({ id: 'DeadLetter' });
export const deadLettersQuery = z.strictObject(pageQuery);
export const deadLettersAnswer = z
  .object({ items: z.array(deadLetter), nextCursor: z.string().nullable() })
  .meta({ id: 'DeadLetterList' });
export type DeadLettersAnswer = z.infer<typeof deadLettersAnswer>;
export const deadLetterParams = z.object({ id: z.coerce.number().int().min(1) });

export const replayAnswer = z.object({ outcome: writeOutcome, stillRejected: z.boolean() }).meta({ id: 'Replay' });

export const ingestStatusRoutes = declareRoutes({
  getIngestStatus: {
    method: 'get',
    path: '/api/v1/ingest/status',
    scope: 'read',
    tag: 'Ingest',
    summary: 'Get ingest status: sources, lag, counts, coverage',
    answer: ingestStatusAnswer,
  },
  listDeadLetters: {
    method: 'get',
    path: '/api/v1/rejects',
    scope: 'read',
    tag: 'Ingest',
    summary: 'List dead letters, newest first',
    query: deadLettersQuery,
    answer: deadLettersAnswer,
  },
  replayDeadLetter: {
    method: 'post',
    path: '/api/v1/rejects/:id/replay',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Decode a dead letter again with the current version',
    params: deadLetterParams,
    answer: replayAnswer,
    problems: ['not-found'],
  },
});
