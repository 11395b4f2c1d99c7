/** Failures of a function: kinds, retries and cost. */
import * as z from 'zod';
import {
  errorRate,
  filterQuery,
  invocationStatus,
  isoTime,
  priceAssumptionCodes,
  priceAssumptions,
  range,
  rangeQuery,
} from './common.ts';
import { functionParams } from './functions.ts';
import { invocation } from './invocations.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const failuresQuery = z.strictObject({
  ...rangeQuery,
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});

const usd = z.number().nullable().describe('List price; null if the price is unknown');

export const failuresAnswer = z
  .object({
    range,
    invocations: z.number().int(),
    failures: z.number().int(),
    rate: errorRate,
    byStatus: z.array(z.object({ status: invocationStatus, n: z.number().int() })),
    errorTypes: z
      .array(z.object({ status: invocationStatus, errorType: z.string().nullable(), n: z.number().int() }))
      .describe('Error types of the newest failed attempts'),
    initFailures: z.array(z.object({ status: z.string(), errorType: z.string().nullable(), n: z.number().int() })),
    suspectedOutOfMemory: z
      .number()
      .int()
      .describe('Environments that disappeared after an invocation that used all memory; no log line gives the reason'),
    doomLoops: z.array(
      z.object({ environmentId: z.number().int(), logStream: z.string(), inits: z.number().int(), lastAt: isoTime }),
    ),
    retries: z.object({
      requests: z.number().int().describe('Analyzed requests with a failed attempt or with several attempts'),
      retried: z.number().int().describe('Requests with several attempts'),
      recovered: z.number().int().describe('Retried requests with a failed attempt and one that succeeded'),
      unexplained: z
        .number()
        .int()
        .describe(
          'Retried requests none of whose attempts is known to have failed: the lines that say so did not arrive, or the sender repeated the event',
        ),
      poison: z
        .array(
          z.object({
            requestId: z.string(),
            attempts: z.number().int(),
            lastAt: isoTime,
            errorType: z.string().nullable(),
          }),
        )
        .describe('Requests that failed on every one of several attempts'),
      most: z
        .array(
          z.object({
            requestId: z.string(),
            attempts: z.number().int(),
            failed: z.number().int().describe('Attempts known to have failed'),
            lastAt: isoTime,
          }),
        )
        .describe('Requests with the most attempts'),
    }),
    cost: z.object({
      failedUsd: usd.describe('Requests and billed time of failed attempts'),
      failedMinutes: z.number().describe('Billed minutes of failed attempts'),
      unusedInits: z
        .object({
          n: z.number().int(),
          initMs: z.number().nullable().describe('Of those whose time a log line contains; null if none does'),
          usd: usd.describe('At the memory size, architecture and prices of the time of each; null if none is priced'),
          unpriced: z.number().int().describe('Inits not contained in usd: their time, size or billing is not known'),
        })
        .describe('Environments that were initialised but never used'),
    }),
    priceAssumptions,
    priceAssumptionCodes,
    timeout: z.object({
      timeoutMs: z.number().nullable(),
      source: z.enum(['inventory', 'inferred']).nullable(),
      p999Ms: z.number().nullable(),
      verdict: z.enum(['too-tight', 'too-loose', 'fits', 'insufficient-data']),
      reason: z.string(),
      reasonCode: optionalReasonCode,
    }),
    truncated: z.boolean().describe('Only the newest failures were analyzed individually'),
    series: z.array(
      z.object({
        at: isoTime,
        invocations: z.number().int(),
        timeouts: z.number().int(),
        outOfMemory: z.number().int(),
        errors: z.number().int(),
        exits: z.number().int(),
      }),
    ),
    examples: z.array(invocation),
  })
  .meta({ id: 'FunctionFailures' });
export type FailuresAnswer = z.infer<typeof failuresAnswer>;

export const failureRoutes = declareRoutes({
  getFunctionFailures: {
    method: 'get',
    path: '/api/v1/functions/:id/failures',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get failures of a function: timeouts, out of memory, crashes, failed inits, retries and cost',
    params: functionParams,
    query: failuresQuery,
    answer: failuresAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
