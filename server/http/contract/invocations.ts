import * as z from 'zod';
import {
  coldStartCause,
  coldStartKind,
  coverage,
  filterQuery,
  invocationStatus,
  isoTime,
  pageQuery,
  rangeQuery,
} from './common.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const invocation = z
  .object({
    requestId: z.string(),
    attempt: z.number().int().describe('Number of the attempt within its request id, from 1'),
    function: z.object({ id: z.string(), name: z.string(), account: z.string(), region: z.string() }),
    version: z.string().nullable(),
    logGroup: z.string(),
    logStream: z.string().nullable().describe('null if the source did not name it'),
    logStreamReason: z.string().nullable().describe('Why the log stream is null, and what is not known without it'),
    startedAt: isoTime.nullable().describe('Time of START; null if it was not received'),
    endedAt: isoTime,
    durationMs: z.number(),
    billedDurationMs: z.number().nullable(),
    memorySizeMb: z.number().nullable(),
    maxMemoryUsedMb: z.number().nullable(),
    initDurationMs: z.number().nullable(),
    restoreDurationMs: z.number().nullable(),
    billedRestoreDurationMs: z.number().nullable(),
    hiddenInitDurationMs: z
      .number()
      .nullable()
      .describe(
        'Init that ran inside the invocation and is part of its duration; null if there was none, or it is unknown',
      ),
    status: invocationStatus,
    errorType: z.string().nullable(),
    errorMessage: z
      .string()
      .nullable()
      .describe('Message of the failure, without credentials; null if no line carries one'),
    errorStack: z.array(z.string()).describe('First frames of the failure, innermost first'),
    coldStart: z
      .object({
        kind: coldStartKind,
        userFelt: z.boolean().nullable().describe('null if the log stream is unknown'),
        cause: coldStartCause.nullable(),
        evidence: z.string().nullable(),
        evidenceCode: optionalReasonCode,
      })
      .nullable()
      .describe('null if warm; cause and evidence are null until attributed'),
    traceId: z.string().nullable(),
    segmentId: z.string().nullable(),
    sampled: z.boolean().nullable(),
    tenantId: z.string().nullable(),
    attributes: z.record(z.string(), z.string()).describe('Common attributes of the delivery stream'),
    costUsd: z.number().nullable().describe('List price of the first tier; null if the memory size is unknown'),
  })
  .meta({ id: 'Invocation' });
export type Invocation = z.infer<typeof invocation>;

/** Numbers that lists of invocations are sorted by. */
export const INVOCATION_NUMBERS = [
  'endedAt',
  'durationMs',
  'billedDurationMs',
  'initDurationMs',
  'maxMemoryUsedMb',
] as const;
const descending = INVOCATION_NUMBERS.map((name) => `-${name}` as const);
export type InvocationSort = (typeof INVOCATION_NUMBERS | typeof descending)[number];

export const invocationsQuery = z.strictObject({
  ...rangeQuery,
  ...filterQuery,
  ...pageQuery,
  requestId: z.string().max(256).optional(),
  cold: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  status: invocationStatus.optional(),
  minDurationMs: z.coerce.number().min(0).max(1e9).optional(),
  traceId: z.string().max(256).optional(),
  traced: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Whether X-Ray sampled the invocation, as its REPORT says. Its trace may not have arrived'),
  cause: coldStartCause.optional(),
  tenant: z.string().min(1).max(256).optional().describe('Tenant id of a function with tenant isolation'),
  sort: z
    .enum([...INVOCATION_NUMBERS, ...descending])
    .default('-endedAt')
    .describe(
      'Newest first, or by a number: `-` is descending. What has no value comes last, of equal values the newest first. initDurationMs is that of a restore where there was no init. Attempts of requestId are always in their order. With SQLite, a range with more than about 5,000,000 invocations is refused',
    ),
});

export const invocationsAnswer = z
  .object({
    items: z.array(invocation),
    nextCursor: z.string().nullable(),
    coverage,
  })
  .meta({ id: 'InvocationList' });
export type InvocationsAnswer = z.infer<typeof invocationsAnswer>;

export const environmentFacts = z
  .object({
    id: z.number().int(),
    logGroup: z.string(),
    logStream: z.string(),
    version: z.string().nullable(),
    memorySizeMb: z.number().nullable(),
    runtimeVersion: z.string().nullable(),
    initializationType: z.string().nullable(),
    initStartedAt: isoTime.nullable(),
    initDurationMs: z.number().nullable(),
    firstSeenAt: isoTime,
    lastSeenAt: isoTime,
    invocations: z.number().int(),
    failures: z.number().int(),
    maxMemoryUsedMb: z.number().nullable(),
  })
  .meta({ id: 'Environment' });
export type EnvironmentFacts = z.infer<typeof environmentFacts>;

export const invocationDurable = z.object({
  isDurableFunction: z
    .boolean()
    .nullable()
    .describe('By lines of the function, else by the inventory; null if neither says so'),
  execution: z
    .object({
      name: z.string(),
      executionId: z.string(),
      replay: z
        .boolean()
        .describe('An earlier invocation of the execution wrote lines: this one replays what is done, and continues'),
      position: z.number().int().describe('Place among the invocations of the execution that have lines, from 1'),
      invocations: z.number().int().describe('Invocations of the execution that have lines'),
      operations: z.number().int().describe('Operations that lines of this invocation name'),
    })
    .nullable()
    .describe('Durable execution that the invocation belongs to; see reason if null'),
  reason: z.string().nullable().describe('Why execution is null'),
  reasonCode: optionalReasonCode,
});

const neighbour = z.object({
  requestId: z.string(),
  startedAt: isoTime.nullable().describe('Time of START; null if it was not received'),
  endedAt: isoTime,
  durationMs: z.number(),
  status: invocationStatus,
});
export type InvocationNeighbour = z.infer<typeof neighbour>;

export const invocationAnswer = z
  .object({
    requestId: z.string(),
    attempts: z.array(
      invocation.extend({
        durable: invocationDurable,
        environment: environmentFacts.nullable().describe('null if the log stream is unknown'),
        lines: z
          .array(z.object({ timestamp: isoTime, message: z.string(), platform: z.boolean() }))
          .describe(
            'From START to REPORT, with those of the init of a cold start and later ones that name the request; at most 1,000, of more the first 500 and the last 500',
          ),
        neighbours: z
          .object({ previous: neighbour.nullable(), next: neighbour.nullable() })
          .nullable()
          .describe(
            'Invocations of the environment that ended last before, and first after, within 15 minutes; null if the log stream is unknown',
          ),
        omittedLines: z.number().int().describe('Lines left out after the first 500'),
      }),
    ),
    linesKept: z
      .enum(['off', 'platform', 'errors', 'all'])
      .describe('Which lines are kept of what is received now: THERMOCLINE_RAW_LINES'),
    linesSince: isoTime.nullable().describe('Receipt of the oldest lines that are kept; null if there are none'),
    faults: z.array(
      z.object({
        at: isoTime,
        kind: z.string(),
        errorType: z.string().nullable(),
        message: z.string().nullable(),
        stack: z.array(z.string()).describe('First frames, innermost first'),
      }),
    ),
  })
  .meta({ id: 'InvocationAttempts' });
export type InvocationAnswer = z.infer<typeof invocationAnswer>;

export const invocationParams = z.object({ requestId: z.string().min(1).max(256) });

export const invocationRoutes = declareRoutes({
  listInvocations: {
    method: 'get',
    path: '/api/v1/invocations',
    scope: 'read',
    tag: 'Invocations',
    summary: 'List invocations, newest first or by a number',
    query: invocationsQuery,
    answer: invocationsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getInvocation: {
    method: 'get',
    path: '/api/v1/invocations/:requestId',
    scope: 'read',
    tag: 'Invocations',
    summary: 'Get all attempts of a request with their log lines',
    params: invocationParams,
    answer: invocationAnswer,
    problems: ['not-found'],
  },
});
