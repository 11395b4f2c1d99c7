/** Provisioned concurrency: what if? */
import { z } from 'zod';
import { filterQuery, range, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

export const provisionedQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-7d'),
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});

export const provisionedAnswer = z
  .object({
    range,
    memoryMb: z.number().nullable(),
    invocations: z.number().int(),
    truncated: z.boolean().describe('Only the newest invocations were played: `range` is theirs'),
    options: z.array(
      z.object({
        kept: z.number().int().describe('Environments kept ready'),
        avoided: z.number().int().describe('Cold starts somebody waited for that would not have been'),
        avoidedWaitMs: z.number(),
        spilled: z.number().int().describe('Invocations that found no kept environment free'),
        utilisation: z.number().nullable(),
        costUsd: z.number().describe('Compute over the range'),
        costChangeUsd: z.number().describe('Against keeping none'),
      }),
    ),
    breakEvenUtilisation: z.number().describe('Share of the time a kept environment must be busy to pay for itself'),
    breakEvenKept: z.number().int().describe('The most that still cost no more than keeping none'),
    schedule: z
      .array(z.number().int())
      .describe('How many pay for themselves, by hour of the week from Monday midnight UTC'),
    priceAssumed: z.boolean(),
    method: z.string(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'FunctionProvisionedConcurrency' });

export const provisionedRoutes = declareRoutes({
  getFunctionProvisionedConcurrency: {
    method: 'get',
    path: '/api/v1/functions/:id/provisioned-concurrency',
    scope: 'read',
    tag: 'Functions',
    summary: 'What if environments were kept ready: cold starts avoided, utilisation, cost, schedule',
    params: functionParams,
    query: provisionedQuery,
    answer: provisionedAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
