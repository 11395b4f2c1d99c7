import { z } from 'zod';
import { filterQuery, isoTime, range, rangeQuery } from './common.ts';
import { declareRoutes } from './route.ts';

const timed = {
  id: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  offsetMs: z.number().describe('After the first segment of the trace began; negative where an init began earlier'),
  durationMs: z.number().nullable().describe('null while in progress'),
};

const map = {
  nodes: z.array(
    z.object({ name: z.string(), kind: z.string().nullable(), n: z.number().int(), failed: z.number().int() }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string(), n: z.number().int() })),
};

export const serviceMapQuery = z.strictObject({ ...rangeQuery, function: filterQuery.function });

export const serviceMapAnswer = z
  .object({
    range,
    ...map,
    traces: z.number().int().describe('Traces the map was drawn from'),
    truncated: z.boolean().describe('Only the newest traces were looked at'),
    reason: z.string().nullable(),
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
            .describe('Placement, code download, network attach; negative: the init came first'),
          initMs: z.number().nullable(),
          invocationMs: z.number().nullable(),
          overheadMs: z.number().nullable(),
        }),
      )
      .describe('What each Lambda attempt spent its time on; null where its documents do not say'),
    map: z.object(map).describe('Who called whom'),
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
    summary: 'One trace: segments and spans, the phases of each Lambda attempt, who called whom',
    params: traceParams,
    answer: traceAnswer,
    problems: ['not-found'],
  },
  getServiceMap: {
    method: 'get',
    path: '/api/v1/service-map',
    scope: 'read',
    tag: 'Traces',
    summary: 'Who calls whom, from the newest traces of the range',
    query: serviceMapQuery,
    answer: serviceMapAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
