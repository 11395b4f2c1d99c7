/** Search of log lines. */
import * as z from 'zod';
import { filterQuery, isoTime, pageQuery, rangeQuery, selectionQuery } from './common.ts';
import { declareRoutes } from './route.ts';

export const logLine = z
  .object({
    timestamp: isoTime,
    message: z.string().describe('The line; of a long one its beginning'),
    messageChars: z.number().int().describe('Characters of the whole line'),
    level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
      .nullable()
      .describe('null if the line states none'),
    source: z.enum(['platform', 'function']).describe('platform: the Lambda service wrote it'),
    function: z.object({ id: z.string(), name: z.string(), account: z.string(), region: z.string() }),
    logGroup: z.string(),
    logStream: z.string().nullable().describe('null if the source did not name it'),
    requestId: z.string().nullable().describe('As the line names it; null if it names none'),
    traceId: z.string().nullable(),
  })
  .meta({ id: 'LogLine' });

export type LogLine = z.infer<typeof logLine>;

export const logsAnswer = z
  .object({
    items: z.array(logLine).describe('Newest first'),
    nextCursor: z.string().nullable(),
    search: z.object({
      readBytes: z.number().int().describe('Text and filters that were read for this page'),
      endedAt: isoTime
        .nullable()
        .describe(
          'Where the search ended because the page would have read too much: older lines of the range are on the next page, which may be searched for longer. null if the page is complete',
        ),
      damagedBlocks: z.number().int().describe('Blocks that were left out because they cannot be read'),
      rebuildingBlocks: z
        .number()
        .int()
        .describe('Blocks whose filter of words is missing or damaged: they take longer to search'),
    }),
    kept: z.object({
      lines: z.enum(['off', 'platform', 'errors', 'all']).describe('Which lines are kept now: THERMOCLINE_RAW_LINES'),
      deleted: z
        .array(
          z.object({
            reason: z.enum(['age', 'budget']),
            until: isoTime.describe('Newest receipt of a deleted line'),
            lines: z.number().int(),
          }),
        )
        .describe('What retention has deleted, by the limit that it reached'),
    }),
  })
  .meta({ id: 'LogLines' });
export type LogsAnswer = z.infer<typeof logsAnswer>;

export const logRow = logLine
  .omit({ messageChars: true, function: true })
  .extend({ message: z.string(), function: z.string().describe('account:region:name') })
  .meta({ id: 'LogRow' });
export type LogRow = z.infer<typeof logRow>;

export const logsQuery = z.strictObject({
  ...rangeQuery,
  ...pageQuery,
  ...selectionQuery,
  function: filterQuery.function,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  q: z
    .string()
    .max(2000)
    .default('')
    .describe(
      'Words (all must occur), "phrases", prefix*, field:value, field:>5, field:[1 TO 5], -not, OR, parentheses and /regular expressions/ of RE2. Fields: level, function, request, trace, group, stream, source, and paths into JSON lines. Empty: all lines',
    ),
});

export const logExportQuery = logsQuery.omit({ cursor: true }).extend({
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100_000).describe('Maximum number of lines'),
});

const histogramQuery = logsQuery.omit({ cursor: true, limit: true }).extend({
  bins: z.coerce.number().int().min(1).max(500).default(60).describe('Most bins; their width is a round time'),
});

export const logHistogramAnswer = z
  .object({
    widthMs: z.number().int(),
    bins: z
      .array(
        z.object({
          start: isoTime,
          errors: z.number().int().nullable().describe('Lines of level error or fatal; null: not counted'),
          warnings: z.number().int().nullable(),
          others: z.number().int().nullable().describe('Lines of other levels, or of none'),
        }),
      )
      .describe('Oldest first; the first and the last may begin before the range and end after it'),
    countedFrom: isoTime
      .nullable()
      .describe('Older lines were not counted, because the count had read 256 MB before. null: all are counted'),
    readBytes: z.number().int(),
    stored: z
      .object({ lines: z.number().int(), bytes: z.number().int() })
      .describe(
        'What is stored of the range and the function, whatever matches: a search reads at most this. Blocks at the ends of the range count as a whole',
      ),
  })
  .meta({ id: 'LogHistogram' });
export type LogHistogramAnswer = z.infer<typeof logHistogramAnswer>;

/** `event: line` carries one line; `event: counts` follows each search, the first before there are lines. */
export const logEvent = z
  .union([
    logLine,
    z.object({
      lines: z.number().int().describe('Lines sent since the last event of the kind'),
      notSent: z
        .number()
        .int()
        .describe('New lines that were not sent because there were too many at once, or the client did not read them'),
      problem: z.string().nullable().describe('Why the search could not be run: it is repeated'),
    }),
  ])
  .meta({ id: 'LogEvent' });

export const logRoutes = declareRoutes({
  streamLogs: {
    method: 'get',
    path: '/api/v1/logs/live',
    scope: 'read',
    tag: 'Logs',
    summary: 'Follow a search: stream its new lines (server-sent events)',
    query: logsQuery.omit({ cursor: true, limit: true, from: true, to: true }),
    answer: logEvent,
    stream: 'events',
    problems: ['not-found', 'ambiguous', 'too-many-requests'],
  },
  exportLogs: {
    method: 'get',
    path: '/api/v1/logs/export',
    scope: 'read',
    tag: 'Logs',
    summary: 'Export the lines of a search as NDJSON, newest first',
    query: logExportQuery,
    answer: logRow,
    stream: 'rows',
    problems: ['not-found', 'ambiguous', 'too-many-requests'],
  },
  countLogs: {
    method: 'get',
    path: '/api/v1/logs/histogram',
    scope: 'read',
    tag: 'Logs',
    summary: 'Count the lines of a search over time',
    query: histogramQuery,
    answer: logHistogramAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  searchLogs: {
    method: 'get',
    path: '/api/v1/logs',
    scope: 'read',
    tag: 'Logs',
    summary: 'Search log lines, newest first',
    query: logsQuery,
    answer: logsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
