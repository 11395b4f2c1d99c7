/** Imported load tests and their comparison. */
import * as z from 'zod';
import { filterQuery, isoTime, pageQuery, rate } from './common.ts';
import { verdict } from './compare.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const loadTest = z
  .object({
    id: z.string(),
    tool: z.enum(['hey', 'locust']),
    name: z.string(),
    function: z.string().nullable(),
    importedAt: isoTime,
    startedAt: isoTime.nullable().describe('null if the tool does not print it'),
    requests: z.number().int(),
    failures: z.number().int(),
    fastestMs: z.number().nullable(),
    slowestMs: z.number().nullable(),
    averageMs: z.number().nullable(),
    requestsPerSecond: z.number().nullable(),
    histogram: z.array(z.object({ upToMs: z.number(), n: z.number().int() })).describe('Histogram printed by the tool'),
    quantiles: z.array(z.object({ q: z.number(), ms: z.number() })),
  })
  .meta({ id: 'LoadTest' });

export const loadTestsQuery = z.strictObject({ function: filterQuery.function, ...pageQuery });
export const loadTestsAnswer = z
  .object({ items: z.array(loadTest), nextCursor: z.string().nullable() })
  .meta({ id: 'LoadTestList' });

const id = z.string().regex(/^[0-9a-f]{32}$/, { error: 'expected the id of an imported load test' });
export const loadCompareQuery = z.strictObject({ before: id, after: id });

export const loadCompareAnswer = z
  .object({
    before: loadTest,
    after: loadTest,
    tails: z
      .array(
        z.object({
          thresholdMs: z.number(),
          before: rate,
          after: rate,
          change: z.number().describe('Difference of the shares'),
          low: z.number(),
          high: z.number(),
          p: z.number(),
        }),
      )
      .describe('Shares of requests above each threshold, from bars that lie entirely above it'),
    verdict,
    reason: z.string().nullable(),
    reasonCode: optionalReasonCode,
    method: z.string(),
    methodCode: optionalReasonCode,
  })
  .meta({ id: 'LoadTestComparison' });

export type LoadTestList = z.infer<typeof loadTestsAnswer>;
export type LoadTestComparison = z.infer<typeof loadCompareAnswer>;

export const loadTestRoutes = declareRoutes({
  listLoadTests: {
    method: 'get',
    path: '/api/v1/load-tests',
    scope: 'read',
    tag: 'Comparisons',
    summary: 'List imported load tests of hey and Locust, newest import first',
    query: loadTestsQuery,
    answer: loadTestsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  compareLoadTests: {
    method: 'get',
    path: '/api/v1/load-tests/compare',
    scope: 'read',
    tag: 'Comparisons',
    summary: 'Compare two load tests: shares of slow requests with intervals, verdict',
    query: loadCompareQuery,
    answer: loadCompareAnswer,
    problems: ['not-found'],
  },
});
