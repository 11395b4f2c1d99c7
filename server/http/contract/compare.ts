/** Comparison of two periods of a function. */
import * as z from 'zod';
import { coverage, filterQuery, priceAssumptionCodes, priceAssumptions, quantiles, range } from './common.ts';
import { optionalReasonCode, reasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

const period = z
  .string()
  .max(128)
  .regex(/^[^/]+\/[^/]+$/, { error: 'expected from/to, such as 2026-11-01/2026-11-08 or now-2d/now-1d' })
  .describe('from/to, each epoch ms, ISO 8601 or now-24h');

export const verdict = z.enum(['improved', 'worse', 'no-evidence', 'insufficient-data']);

export const compareQuery = z.strictObject({
  function: filterQuery.function.unwrap().describe('account:region:name, or the name if it is unambiguous'),
  before: period,
  after: period,
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});

const side = z.object({
  range,
  n: z.number().int(),
  errors: z.number().int(),
  coldStarts: z.number().int(),
  quantiles,
  histogram: z
    .array(z.object({ ms: z.number(), n: z.number().int() }))
    .describe('Count of values within 1 % of each point'),
  costPer1kUsd: z.number().nullable(),
  costReason: z.string().nullable().describe('Why costPer1kUsd is null, or which invocations it leaves out'),
  costReasonCode: optionalReasonCode,
  coverage,
});

export const compareAnswer = z
  .object({
    before: side,
    after: side,
    differences: z.array(
      z.object({
        metric: z.enum(['p50', 'p95', 'p99', 'initP50', 'errorRate', 'coldStartRate', 'costPer1k']),
        unit: z.enum(['ms', 'ratio', 'USD']),
        before: z.number().nullable(),
        after: z.number().nullable(),
        change: z.number().nullable().describe('Relative for ms and USD (0.2 means 20 % more); absolute for ratios'),
        low: z.number().nullable().describe('95 % interval of change'),
        high: z.number().nullable(),
        p: z
          .number()
          .nullable()
          .describe(
            'Two-sided p-value of no change, adjusted for the metrics of its family (durations and cost; inits; errors)',
          ),
        verdict,
        reason: z.string().nullable().describe('Why the verdict is insufficient-data; null for every other verdict'),
        reasonCode: optionalReasonCode,
      }),
    ),
    verdict,
    warnings: z.array(z.string()).describe('Other differences between the periods'),
    warningCodes: z.array(z.array(reasonCode)).optional().describe('Of the sentences of each warning'),
    priceAssumptions,
    priceAssumptionCodes,
  })
  .meta({ id: 'Comparison' });
export type CompareAnswer = z.infer<typeof compareAnswer>;

export const compareRoutes = declareRoutes({
  comparePeriods: {
    method: 'get',
    path: '/api/v1/compare',
    scope: 'read',
    tag: 'Comparisons',
    summary: 'Compare two periods of a function: histograms, quantiles, differences with intervals, verdict',
    query: compareQuery,
    answer: compareAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
