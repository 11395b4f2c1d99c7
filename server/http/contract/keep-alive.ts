/** Keep-alive: how long Lambda keeps idle environments of a function. */
import * as z from 'zod';
import { filterQuery, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const keepAliveQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-7d'),
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});

export const keepAliveAnswer = z
  .object({
    n: z
      .number()
      .int()
      .describe('Informative idle periods: the environment was reused, or was missing when a request arrived'),
    deaths: z.number().int(),
    medianMs: z
      .number()
      .nullable()
      .describe(
        'Half of the idle environments end before this; null if longer than observed, or if provisioned concurrency leaves too few idle periods to know it within 10 % (see reason)',
      ),
    p10Ms: z.number().nullable(),
    p90Ms: z.number().nullable(),
    medianInterval: z.object({ low: z.number(), high: z.number() }).nullable().describe('95 % interval'),
    curve: z
      .array(z.object({ idleMs: z.number(), survival: z.number(), low: z.number(), high: z.number() }))
      .describe('Share still alive after this idle time, with a pointwise 95 % band'),
    method: z.string(),
    methodCode: optionalReasonCode,
    evidence: z.object({
      invocations: z.number().int(),
      environments: z.number().int(),
      truncated: z.boolean().describe('Only the newest invocations of the range were analyzed'),
      youngOnly: z.boolean().describe('Only environments younger than two hours: older ones are also recycled by age'),
    }),
    reason: z.string().nullable().describe('Why there is no curve, no median or no interval'),
    reasonCode: optionalReasonCode,
  })
  .meta({ id: 'FunctionKeepAlive' });

export type KeepAliveAnswer = z.infer<typeof keepAliveAnswer>;

export const keepAliveRoutes = declareRoutes({
  getFunctionKeepAlive: {
    method: 'get',
    path: '/api/v1/functions/:id/keep-alive',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get the survival curve of idle environments with its band and median',
    params: functionParams,
    query: keepAliveQuery,
    answer: keepAliveAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
