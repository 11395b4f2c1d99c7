/** How long Lambda keeps an idle environment of a function. */
import { z } from 'zod';
import { filterQuery, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

export const keepAliveQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-7d'),
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});

export const keepAliveAnswer = z
  .object({
    n: z.number().int().describe('Idle periods that say anything: survived to a reuse, or gone when a request came'),
    deaths: z.number().int(),
    medianMs: z
      .number()
      .nullable()
      .describe('Half of the idle environments are gone after this; null beyond what was seen'),
    p10Ms: z.number().nullable(),
    p90Ms: z.number().nullable(),
    medianInterval: z.object({ low: z.number(), high: z.number() }).nullable().describe('95 %'),
    curve: z
      .array(z.object({ idleMs: z.number(), survival: z.number(), low: z.number(), high: z.number() }))
      .describe('Share alive after idling so long, with its pointwise 95 % band'),
    method: z.string(),
    evidence: z.object({
      invocations: z.number().int(),
      environments: z.number().int(),
      truncated: z.boolean().describe('Only the newest invocations of the range were looked at'),
      youngOnly: z.boolean().describe('Environments younger than two hours alone: older ones are also recycled by age'),
    }),
    reason: z.string().nullable().describe('Why there is no curve'),
  })
  .meta({ id: 'FunctionKeepAlive' });

export const keepAliveRoutes = declareRoutes({
  getFunctionKeepAlive: {
    method: 'get',
    path: '/api/v1/functions/:id/keep-alive',
    scope: 'read',
    tag: 'Functions',
    summary: 'How long idle environments live: survival curve with its band, median, n',
    params: functionParams,
    query: keepAliveQuery,
    answer: keepAliveAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
