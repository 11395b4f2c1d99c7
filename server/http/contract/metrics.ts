/** Metrics of CloudWatch and of log lines in the embedded metric format. */
import * as z from 'zod';
import { filterQuery, interval, isoTime, pageQuery, range, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

const source = z
  .enum(['cloudwatch', 'emf'])
  .describe(
    'cloudwatch: aggregated by CloudWatch, streamed or pulled. emf: printed in log lines in the embedded metric format',
  );
const name = z.string().min(1).max(255);
const dimensions = z.record(z.string(), z.string()).describe('Values by the name of the dimension');
const functionOf = z
  .object({ id: z.string(), name: z.string(), account: z.string(), region: z.string() })
  .nullable()
  .describe('null for a metric of no function');
const unit = z.string().nullable().describe('As CloudWatch names it; null if it is not stated');

const dropped = z
  .object({
    function: functionOf,
    source,
    namespace: z.string().describe('Empty, as the name, for metrics beyond the 1,000 that are listed by name'),
    name: z.string(),
    reason: z
      .enum([
        'series-of-function',
        'series-of-namespace',
        'series-in-all',
        'request-id',
        'text-too-long',
        'period-too-long',
        'not-a-number',
      ])
      .describe(
        'series-of-function, series-of-namespace, series-in-all: a limit of the number of series was reached. request-id: a dimension is the id of the request, which would be a series for each. period-too-long: of more than an hour',
      ),
    values: z.number().int().describe('Values or points that were not stored'),
    firstAt: isoTime,
    lastAt: isoTime,
  })
  .meta({ id: 'DroppedMetric' });

const series = z
  .object({
    key: z.string().describe('Tells the series from others'),
    namespace: z.string(),
    name: z.string(),
    unit,
    dimensions,
    source,
    function: functionOf,
    account: z.string(),
    region: z.string(),
    firstAt: isoTime.describe('First value'),
    lastAt: isoTime.describe('Last value'),
  })
  .meta({ id: 'MetricSeries' });

const seriesQuery = z.strictObject({
  account: filterQuery.account,
  region: filterQuery.region,
  function: filterQuery.function,
  namespace: name.optional(),
  name: name.optional(),
  source: source.optional(),
  search: z.string().max(200).optional().describe('Part of the namespace, the name or the dimensions, in any case'),
  limit: pageQuery.limit,
  cursor: z
    .string()
    .regex(/^[0-9a-f]{16}$/, { error: 'expected nextCursor of the previous page' })
    .optional()
    .describe('nextCursor of the previous page'),
});

export const seriesAnswer = z
  .object({
    items: z.array(series).describe('By namespace, name and dimensions'),
    nextCursor: z.string().nullable(),
    dropped: z.array(dropped).describe('What was not stored and why, most values first'),
    limits: z.object({
      ofOne: z.number().int().describe('Most series of one function, or of one namespace without a function'),
      inAll: z.number().int(),
    }),
  })
  .meta({ id: 'MetricSeriesList' });
export type MetricSeriesAnswer = z.infer<typeof seriesAnswer>;

const NOT_DIMENSIONS = { error: 'expected a JSON object of texts, such as {"service":"shop"}' };

/** A JSON object in a parameter: values of dimensions may contain any character. */
const dimensionsText = z
  .string()
  .max(8192)
  .transform((text, issue) => {
    try {
      const value: unknown = JSON.parse(text);
      return value;
    } catch {
      issue.addIssue({ code: 'custom', message: NOT_DIMENSIONS.error });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().min(1).max(255), z.string().max(1024), NOT_DIMENSIONS))
  .describe('JSON object: values that dimensions must have, such as {"service":"shop"}');

const statistic = z
  .string()
  .regex(/^(?:sum|average|min|max|count|p\d{1,2}(?:\.\d{1,2})?)$/, {
    error: 'expected sum, average, min, max, count or a percentile such as p50, p95 or p99.9',
  })
  .default('sum');

const valueReason = z
  .enum(['no-values', 'not-stated', 'percentiles-not-stated', 'negative-values', 'too-large'])
  .nullable()
  .describe(
    'Why a value is null though values came. no-values: their number is 0. not-stated: a point does not state it. percentiles-not-stated: statistics of CloudWatch hold no percentiles of longer times. negative-values: the sketch holds no negative values. too-large: beyond the range of numbers',
  );

const points = z.array(
  z.object({
    at: isoTime.describe('Start of the bucket'),
    value: z.number().nullable().describe('null where nothing came, or for the reason of the group'),
    n: z.number().describe('Values in the bucket; 0 where nothing came'),
  }),
);

const pointsQuery = z.strictObject({
  ...rangeQuery,
  namespace: name,
  name,
  unit: z.string().max(255).optional().describe('Default: that of the newest value'),
  source: source.optional().describe('Default: emf if there is any, else cloudwatch'),
  function: filterQuery.function,
  account: filterQuery.account,
  region: filterQuery.region,
  dimensions: dimensionsText.optional(),
  statistic,
  groupBy: z
    .string()
    .max(255)
    .optional()
    .describe('A dimension, or function, account or region. A dimension of that name: dimension:function'),
  interval,
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Most groups'),
});

export const pointsAnswer = z
  .object({
    range,
    namespace: z.string(),
    name: z.string(),
    found: z.boolean().describe('Whether a series matches, in whatever time'),
    source: source.nullable(),
    unit,
    statistic: z.string(),
    dimensions: z
      .array(z.string())
      .describe(
        'Dimensions of the series that were read: CloudWatch counts each set of dimensions as a metric of its own',
      ),
    others: z
      .object({
        sources: z.array(source),
        units: z.array(unit),
        dimensions: z.array(z.array(z.string())),
      })
      .describe('What matches as well and was not read, since it would count the same values again'),
    groups: z
      .array(
        z.object({
          group: z.string().nullable().describe('null without groupBy, and for series without the dimension'),
          series: z.number().int(),
          n: z.number().describe('Values in the range'),
          value: z.number().nullable().describe('Over the whole range'),
          reason: valueReason,
          points,
        }),
      )
      .describe('Most values first'),
    truncated: z.boolean().describe('Whether there are more groups'),
  })
  .meta({ id: 'MetricPoints' });
export type MetricPointsAnswer = z.infer<typeof pointsAnswer>;

const differenceReason = z
  .enum([
    'not-over',
    'stream-delayed',
    'points-missing',
    'lines-missing',
    'errors-not-in-lines',
    'another-hour',
    'not-known',
  ])
  .nullable()
  .describe(
    'Why the counts differ; null if they do not, or if one is unknown. not-over: lines and points of this time still arrive. stream-delayed: no points came for more than ten minutes. points-missing: CloudWatch counts less than the lines show. lines-missing: the log lines of some invocations were not received. errors-not-in-lines: errors of some invocations cannot be told from their lines. another-hour: CloudWatch counts by the start of an invocation, and lines by its end; together with a neighbouring part they are equal',
  );

const compared = z.object({
  aws: z.number().nullable().describe('null if no point came in the range'),
  ours: z.number().nullable().describe('From log lines; null if no line of the function came in the range'),
  share: z.number().nullable().describe('ours / aws; null if one is unknown, or aws is 0'),
});

const comparison = compared
  .extend({
    partMs: z.number().int().describe('An hour; a day for ranges of more than two weeks'),
    reasons: z.array(differenceReason.unwrap()).describe('Reasons of the parts'),
    parts: z.array(compared.extend({ at: isoTime, reason: differenceReason })),
  })
  .meta({ id: 'CountComparison' });

export const platformAnswer = z
  .object({
    range,
    connected: z.boolean().describe('Whether any point of the function or of its account came, in whatever time'),
    reason: z
      .enum(['needs-metric-stream', 'none-of-this-function'])
      .nullable()
      .describe(
        'needs-metric-stream: no metric of the Lambda service came; connect a metric stream, or pull. none-of-this-function: metrics of others came',
      ),
    lastAt: isoTime.nullable().describe('Newest point of the function'),
    items: z
      .array(
        z.object({
          metric: z.string().describe('Name in structured queries and rules'),
          name: z.string().describe('Name in CloudWatch'),
          statistic: z.enum(['sum', 'max']),
          unit: z.enum(['count', 'ms', 'ratio', 'bytes', 'percent']),
          value: z.number().nullable().describe('Over the whole range; null if no point came'),
          n: z.number().describe('Samples in its points'),
          points,
        }),
      )
      .describe('Metrics that came for the function; CloudWatch sends none where nothing happened'),
    invocations: comparison,
    errors: comparison,
  })
  .meta({ id: 'PlatformMetrics' });

export const metricRoutes = declareRoutes({
  listMetrics: {
    method: 'get',
    path: '/api/v1/metrics',
    scope: 'read',
    tag: 'Metrics',
    summary: 'List stored metrics with their dimensions, and what was not stored',
    query: seriesQuery,
    answer: seriesAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getMetricPoints: {
    method: 'get',
    path: '/api/v1/metrics/points',
    scope: 'read',
    tag: 'Metrics',
    summary: 'Get values of a metric over time, in groups',
    query: pointsQuery,
    answer: pointsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getPlatformMetrics: {
    method: 'get',
    path: '/api/v1/functions/:id/platform-metrics',
    scope: 'read',
    tag: 'Metrics',
    summary: 'Get what CloudWatch counts of a function, and how our counts differ',
    params: functionParams,
    query: z.strictObject({ ...rangeQuery, interval }),
    answer: platformAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
