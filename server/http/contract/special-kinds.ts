/** Durable executions, responses, and Managed Instances. */
import * as z from 'zod';
import { isoTime, range, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { optionalReasonCodes } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const executionsQuery = z.strictObject({
  ...rangeQuery,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  execution: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('Name and id of one execution, as its ARN ends: order-17/0f1e2d3c'),
});
export const executionsAnswer = z
  .object({
    range,
    items: z
      .array(
        z.object({
          name: z.string(),
          executionId: z.string(),
          firstAt: isoTime,
          lastAt: isoTime,
          invocations: z.array(
            z.object({
              requestId: z.string(),
              at: isoTime,
              replay: z.boolean().describe('Not the first of the execution: it replays what is done, and continues'),
              operations: z.number().int(),
            }),
          ),
          replays: z.number().int(),
          operations: z.number().int().describe('Different operations that lines name: at least so many ran'),
          operationsUsd: z.number().describe('List price of these operations and of the start of the execution'),
        }),
      )
      .describe('Newest first'),
    nextCursor: z.null(),
    total: z.number().int(),
  })
  .meta({ id: 'DurableExecutions' });

const exact = z.object({
  n: z.number().int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  max: z.number().nullable(),
});

export const responsesQuery = z.strictObject(rangeQuery);
export const responsesAnswer = z
  .object({
    range,
    firstByteMs: exact.describe('From START to the first byte of the response'),
    responseMs: exact.describe('From the first byte to the last'),
    bytes: exact.extend({ sum: z.number() }),
    beyondFreeBytes: z.number().describe('Bytes beyond the first 6 MB of each response'),
    streamedUsd: z
      .number()
      .describe('List price of these bytes if the function streams its responses, without the monthly free 100 GiB'),
  })
  .meta({ id: 'FunctionResponses' });

const usd = z.number();

export const managedInstancesQuery = z.strictObject({
  ...rangeQuery,
  instances: z.coerce.number().min(0).max(100_000).optional().describe('EC2 instances; default: as declared'),
  instanceHourUsd: z.coerce
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe('EC2 on-demand price of one per hour; default: as declared'),
});
export const managedInstancesAnswer = z
  .object({
    range,
    runsOnManagedInstances: z.boolean(),
    invocations: z.number().int(),
    onDemandUsd: z.number().nullable().describe('By REPORT lines at list price; Managed Instances have none'),
    managed: z
      .object({
        instances: z.number(),
        instanceHourUsd: z.number(),
        ec2Usd: usd,
        managementFeeUsd: usd.describe('15 % of the EC2 on-demand price'),
        requestsUsd: usd,
        totalUsd: usd,
      })
      .nullable(),
    breakEvenHourUsd: z
      .number()
      .nullable()
      .describe('EC2 price per hour, of all instances together, up to which Managed Instances cost no more'),
    peakConcurrency: z.number().int(),
    verdict: z.enum(['cheaper', 'dearer']).nullable().describe('Of Managed Instances compared with on-demand'),
    reason: z.string().nullable().describe('Why an amount or the verdict is null'),
    reasonCodes: optionalReasonCodes,
  })
  .meta({ id: 'ManagedInstances' });

export const specialKindRoutes = declareRoutes({
  getFunctionExecutions: {
    method: 'get',
    path: '/api/v1/functions/:id/durable-executions',
    scope: 'read',
    tag: 'Functions',
    summary: 'List durable executions of a function with their invocations',
    params: functionParams,
    query: executionsQuery,
    answer: executionsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFunctionResponses: {
    method: 'get',
    path: '/api/v1/functions/:id/responses',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get time to first byte, duration and size of responses',
    params: functionParams,
    query: responsesQuery,
    answer: responsesAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFunctionManagedInstances: {
    method: 'get',
    path: '/api/v1/functions/:id/managed-instances',
    scope: 'read',
    tag: 'Functions',
    summary: 'Compare the cost of a function on demand and on Managed Instances',
    params: functionParams,
    query: managedInstancesQuery,
    answer: managedInstancesAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
