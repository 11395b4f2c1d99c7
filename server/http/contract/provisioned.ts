/** Simulation of provisioned concurrency. */
import * as z from 'zod';
import { bounds, filterQuery, priceAssumptionCodes, priceAssumptions, range, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { optionalReasonCode, optionalReasonCodes } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const provisionedQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-7d'),
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});

export const provisionedAnswer = z
  .object({
    range: range.describe(
      'Simulated range: from when the function was first seen at the earliest; if truncated, from the oldest simulated invocation',
    ),
    memoryMb: z.number().nullable(),
    invocations: z.number().int(),
    truncated: z.boolean().describe('Only the newest invocations were simulated; `range` is theirs'),
    options: z.array(
      z.object({
        kept: z.number().int().describe('Provisioned environments'),
        avoided: z
          .number()
          .int()
          .nullable()
          .describe('User-felt cold starts that would have been avoided; null if unknown'),
        avoidedInterval: bounds
          .nullable()
          .describe(
            '95 % interval of the mean over such time ranges; null if unknown, or without observed cold starts',
          ),
        avoidedWaitMs: z.number().nullable(),
        spilled: z.number().int().describe('Invocations that exceeded the provisioned environments'),
        utilisation: z.number().nullable(),
        costUsd: z.number().nullable().describe('Compute cost over the range; null if the memory size is unknown'),
        costChangeUsd: z.number().nullable().describe('Compared with no provisioned concurrency'),
        costChangeInterval: bounds
          .nullable()
          .describe('95 % interval of the mean over such time ranges; null if unknown'),
        costChangePerMonthUsd: z.number().nullable().describe('The change over 30 days of such traffic'),
        usdPerAvoided: z
          .number()
          .nullable()
          .describe('Cost of each avoided cold start; null if unknown, or if nothing is avoided or paid for'),
      }),
    ),
    breakEvenUtilisation: z.number().describe('Utilisation at which a provisioned environment breaks even'),
    breakEvenKept: z
      .number()
      .int()
      .nullable()
      .describe('Largest number of provisioned environments that costs no more than none; null if costs are unknown'),
    schedule: z
      .array(z.number().int())
      .describe('Number of environments that break even, by hour of the week from Monday 00:00 UTC'),
    priceAssumptions,
    priceAssumptionCodes,
    priceAssumed: z.boolean(),
    method: z.string(),
    methodCode: optionalReasonCode,
    reason: z.string().nullable(),
    reasonCodes: optionalReasonCodes,
  })
  .meta({ id: 'FunctionProvisionedConcurrency' });

export type ProvisionedAnswer = z.infer<typeof provisionedAnswer>;

export const provisionedRoutes = declareRoutes({
  getFunctionProvisionedConcurrency: {
    method: 'get',
    path: '/api/v1/functions/:id/provisioned-concurrency',
    scope: 'read',
    tag: 'Functions',
    summary: 'Simulate provisioned concurrency: avoided cold starts, utilisation, cost, schedule',
    params: functionParams,
    query: provisionedQuery,
    answer: provisionedAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
