/** Structured queries over all metrics. */
import * as z from 'zod';
import {
  blocks,
  interval,
  isoTime,
  priceAssumptionCodes,
  priceAssumptions,
  range,
  rangeQuery,
  unknownErrors,
} from './common.ts';
import { declareRoutes } from './route.ts';

export const METRICS = [
  'invocations',
  'errors',
  'timeouts',
  'outOfMemory',
  'exits',
  'errorRate',
  'coldStarts',
  'userFeltColdStarts',
  'coldStartRate',
  'userFeltColdStartRate',
  'coldStartSeconds',
  'durationMs',
  'initMs',
  'coldStartMs',
  'billedMs',
  'maxMemoryUsedMb',
  'costUsd',
  'wastedUsd',
  'coverage',
  'throttles',
  'concurrentExecutions',
  'iteratorAge',
  'offsetLag',
  'asyncEventsReceived',
  'asyncEventAge',
  'asyncEventsDropped',
  'deadLetterErrors',
  'destinationDeliveryFailures',
  'recursiveInvocationsDropped',
  'provisionedConcurrentExecutions',
  'provisionedConcurrencyUtilization',
  'provisionedConcurrencySpilloverInvocations',
  'platformInvocations',
  'platformErrors',
  'durableExecutionsRunning',
  'durableExecutionsStarted',
  'durableExecutionsSucceeded',
  'durableExecutionsFailed',
  'durableExecutionsTimedOut',
  'durableExecutionsStopped',
  'durableExecutionDuration',
  'durableExecutionOperations',
  'durableExecutionStorageWrittenBytes',
  'custom',
] as const;

const tagDimension = z
  .templateLiteral(['tag.', z.string()])
  .refine((text) => text.length > 4 && text.length <= 132, { error: 'expected tag. and a key of 1 to 128 characters' });

const DIMENSIONS = [
  'function',
  'account',
  'region',
  'version',
  'memoryMb',
  'architecture',
  'runtime',
  'vpc',
  'packageType',
] as const;
const dimension = z
  .union([z.enum(DIMENSIONS), tagDimension], {
    error: `expected one of ${DIMENSIONS.join(', ')}, or tag. and a key of 1 to 128 characters`,
  })
  .describe('A dimension, or tag. and the key of a tag: tag.team. Functions without the tag are the group null');
const value = z.union([z.string().max(256), z.number(), z.boolean(), z.null()]);

export const aggregation = z.string().regex(/^(?:sum|perSecond|value|average|min|max|count|p\d{1,2}(?:\.\d{1,2})?)$/, {
  error: 'expected sum, perSecond, value, average, min, max, count or a quantile such as p50, p95 or p99.9',
});

export const customMetric = z
  .strictObject({
    namespace: z.string().min(1).max(255),
    name: z.string().min(1).max(255),
    unit: z.string().max(255).optional().describe('Default: that of the newest value'),
    dimensions: z
      .record(z.string().min(1).max(255), z.string().max(1024))
      .optional()
      .describe('Values that dimensions must have'),
    groupBy: z
      .array(z.string().min(1).max(255))
      .max(4)
      .optional()
      .describe('Dimensions to group by; groups and labels name them dimension:NAME'),
  })
  .describe('A stored metric by its name: printed in log lines, or of CloudWatch. For the metric custom only')
  .meta({ id: 'CustomMetric' });

export const queryFilter = z
  .strictObject({
    field: dimension,
    op: z
      .enum(['=', '!=', 'in', 'not-in', 'matches'])
      .default('=')
      .describe('matches: patterns with * and ?, of the name or the id where the field is function'),
    value: z.union([value, z.array(value).min(1).max(500)]),
  })
  .meta({ id: 'QueryFilter' });

export const structuredQuery = z
  .strictObject({
    ...rangeQuery,
    metric: z.enum(METRICS),
    custom: customMetric.optional(),
    aggregations: z
      .array(aggregation)
      .min(1)
      .max(10)
      .optional()
      .describe(
        'Counts and costs: sum, perSecond. Rates: value. Durations: quantiles, count. Memory: max. Metrics of CloudWatch and custom ones: sum, perSecond, average, min, max, count; custom ones quantiles too. Default: by metric',
      ),
    filters: z.array(queryFilter).max(20).default([]),
    groupBy: z.array(dimension).max(4).default([]),
    interval: z
      .union([z.literal('none'), interval.removeDefault()])
      .default('none')
      .describe('Bucket width; none returns one value for the range'),
    orderBy: z
      .strictObject({
        by: z.string().max(64).describe('An aggregation or a groupBy field; default: the first aggregation'),
        direction: z.enum(['asc', 'desc']).default('desc'),
      })
      .optional(),
    limit: z.number().int().min(1).max(1000).default(100).describe('Maximum number of groups'),
  })
  .meta({ id: 'Query' });

const values = z.record(z.string(), z.number().nullable());

export const structuredAnswer = z
  .object({
    range,
    metric: z.enum(METRICS),
    unit: z.string(),
    aggregations: z.array(z.string()),
    groups: z.array(
      z.object({
        group: z.record(z.string(), value),
        n: z.number().int().describe('Sample size: invocations, values of a quantile, or the denominator of a rate'),
        values: values.describe('Over the whole range'),
        interval: z
          .object({ low: z.number(), high: z.number(), blocks })
          .nullable()
          .describe(
            '95 % interval of a rate, from the differences between parts of the range; where errors are unknown, from the known failures to all of them',
          ),
        unknown: unknownErrors.describe(
          'For errors, errorRate and wastedUsd: what is not known of them. Sums are lower bounds then, and the rate is null',
        ),
        costReason: z
          .string()
          .nullable()
          .describe('For costUsd and wastedUsd: why values are null, or which invocations they leave out'),
        series: z.array(z.object({ at: isoTime, n: z.number().int(), values })),
      }),
    ),
    priceAssumptions: priceAssumptions.describe(
      'What the prices assume, in sentences; empty for metrics without a price',
    ),
    priceAssumptionCodes,
    total: z.number().int().describe('Total number of groups'),
    truncated: z.boolean(),
  })
  .meta({ id: 'QueryResult' });

export type StructuredAnswer = z.infer<typeof structuredAnswer>;

export const queryRoutes = declareRoutes({
  runQuery: {
    method: 'post',
    path: '/api/v1/query',
    scope: 'read',
    tag: 'Query',
    summary: 'Query a metric with aggregations, filters, groups and buckets',
    body: structuredQuery,
    answer: structuredAnswer,
  },
});
