import * as z from 'zod';
import { filterQuery, isoTime, range, rangeQuery, selectionQuery } from './common.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

const timed = {
  id: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  offsetMs: z.number().describe('Since the start of the trace’s first segment; negative for an earlier init'),
  durationMs: z.number().nullable().describe('null while in progress'),
};

const map = {
  nodes: z.array(
    z.object({
      name: z.string(),
      kind: z.string().nullable(),
      n: z.number().int(),
      failed: z
        .number()
        .int()
        .nullable()
        .describe('null where no document states an outcome, as of calls that their callee does not trace'),
      p50Ms: z.number().nullable().describe('Median duration; null where none has ended'),
      p95Ms: z.number().nullable().describe('null below 20 times'),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string(), n: z.number().int() })),
};

export const serviceMapQuery = z.strictObject({ ...rangeQuery, ...selectionQuery, function: filterQuery.function });

export const serviceMapAnswer = z
  .object({
    range,
    ...map,
    traces: z.number().int().describe('Number of traces in the map'),
    truncated: z.boolean().describe('Only the newest traces were used'),
    reason: z.string().nullable(),
    reasonCode: optionalReasonCode,
  })
  .meta({ id: 'ServiceMap' });
export type ServiceMapAnswer = z.infer<typeof serviceMapAnswer>;

export const traceParams = z.object({
  traceId: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, { error: 'expected 1-xxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx' }),
});

export const traceAnswer = z
  .object({
    traceId: z.string(),
    startedAt: isoTime,
    durationMs: z.number().nullable(),
    limitExceeded: z
      .boolean()
      .nullable()
      .describe(
        'X-Ray said that the trace exceeds its size limit: segments are missing. null if no stored document says',
      ),
    lambda: z
      .array(
        z.object({
          serviceSegmentId: z.string().nullable(),
          functionSegmentId: z.string().nullable(),
          name: z.string(),
          queuedMs: z.number().nullable(),
          preInitMs: z
            .number()
            .nullable()
            .describe('Placement, download of code or image, and network attach; negative if init began first'),
          initMs: z.number().nullable(),
          invocationMs: z.number().nullable(),
          overheadMs: z.number().nullable(),
        }),
      )
      .describe('Phases of each Lambda attempt; null where the documents do not contain them'),
    map: z.object(map).describe('Calls between services'),
    segments: z.array(
      z.object({
        ...timed,
        origin: z.string().nullable(),
        startNs: z.string().describe('Epoch nanoseconds, decimal'),
        endNs: z.string().nullable(),
        requestId: z.string().nullable(),
        httpStatus: z.number().nullable(),
        outcome: z.enum(['ok', 'error', 'fault', 'throttle']).nullable(),
        resourceArn: z.string().nullable(),
        notRead: z
          .string()
          .nullable()
          .describe('What of the document of this segment was not read, in a sentence; null if all was'),
        annotations: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        subsegments: z.array(z.object({ ...timed, namespace: z.string().nullable() })),
      }),
    ),
  })
  .meta({ id: 'Trace' });
export type TraceAnswer = z.infer<typeof traceAnswer>;

export const traceRoutes = declareRoutes({
  getTrace: {
    method: 'get',
    path: '/api/v1/traces/:traceId',
    scope: 'read',
    tag: 'Traces',
    summary: 'Get a trace: segments, spans, phases of each Lambda attempt, calls between services',
    params: traceParams,
    answer: traceAnswer,
    problems: ['not-found'],
  },
  getServiceMap: {
    method: 'get',
    path: '/api/v1/service-map',
    scope: 'read',
    tag: 'Traces',
    summary: 'Get the service map from the newest traces of the range',
    query: serviceMapQuery,
    answer: serviceMapAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
