/**
 * The Prometheus-compatible API. Parameters, answers and failures have the form of Prometheus' HTTP API, not that of the other routes:
 * clients of Prometheus send what they send to Prometheus.
 */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

const sample = z.tuple([z.number().describe('Unix time in seconds'), z.string().describe('The value as text')]);
const metric = z.record(z.string(), z.string());

const queryData = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric, value: sample })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric, values: z.array(sample) })) }),
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('string'), result: sample }),
]);

function success<T extends z.ZodType>(data: T) {
  return z.object({ status: z.literal('success'), data });
}

const queryAnswer = success(queryData).meta({ id: 'PrometheusQueryResult' });
const namesAnswer = success(z.array(z.string())).meta({ id: 'PrometheusNames' });
const seriesAnswer = success(z.array(metric)).meta({ id: 'PrometheusSeries' });
const metadataAnswer = success(
  z.record(z.string(), z.array(z.object({ type: z.string(), help: z.string(), unit: z.string() }))),
).meta({ id: 'PrometheusMetadata' });
const buildInfoAnswer = success(
  z.object({
    application: z.string(),
    version: z.string().describe('The version of Prometheus whose API and functions this is'),
    revision: z.string().describe('The version of Thermocline'),
    branch: z.string(),
    buildUser: z.string(),
    buildDate: z.string(),
    goVersion: z.string(),
  }),
).meta({ id: 'PrometheusBuildInfo' });

export const prometheusFailure = z
  .object({
    status: z.literal('error'),
    errorType: z.enum([
      'bad_data',
      'execution',
      'timeout',
      'canceled',
      'internal',
      'unavailable',
      'not_found',
      'unauthorized',
      'forbidden',
    ]),
    error: z.string(),
  })
  .meta({ id: 'PrometheusError' });
export type PrometheusFailure = z.infer<typeof prometheusFailure>;

const time = z.string().describe('RFC 3339 or Unix time in seconds');
const limit = z.string().optional().describe('Maximum number of entries');
const query = z.string().describe('An expression of PromQL');
const selectors = z.string().optional().describe('Selector of series; may be repeated');
const range = {
  start: time.optional().describe('Default: a day before the end'),
  end: time.optional().describe('Default: now'),
};

const instantQuery = z.object({ query, time: time.optional().describe('Default: now') });
const rangeQuery = z.object({
  query,
  start: time,
  end: time,
  step: z.string().describe('A duration such as 5m, or seconds'),
});
const labelsQuery = z.object({ 'match[]': selectors, ...range, limit });
const seriesQuery = z.object({
  'match[]': z.string().describe('Selector of series; may be repeated'),
  ...range,
  limit,
});
const FORM = ['application/x-www-form-urlencoded'] as const;

export const prometheusRoutes = declareRoutes({
  prometheusQuery: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/query',
    summary: 'Evaluate an expression at one time',
    query: instantQuery,
    answer: queryAnswer,
  },
  prometheusQueryForm: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'post',
    path: '/prometheus/api/v1/query',
    summary: 'Evaluate an expression at one time, with parameters in a form',
    bodyTypes: FORM,
    answer: queryAnswer,
  },
  prometheusQueryRange: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/query_range',
    summary: 'Evaluate an expression over a range of time',
    query: rangeQuery,
    answer: queryAnswer,
  },
  prometheusQueryRangeForm: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'post',
    path: '/prometheus/api/v1/query_range',
    summary: 'Evaluate an expression over a range of time, with parameters in a form',
    bodyTypes: FORM,
    answer: queryAnswer,
  },
  prometheusLabels: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/labels',
    summary: 'List names of labels',
    query: labelsQuery,
    answer: namesAnswer,
  },
  prometheusLabelsForm: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'post',
    path: '/prometheus/api/v1/labels',
    summary: 'List names of labels, with parameters in a form',
    bodyTypes: FORM,
    answer: namesAnswer,
  },
  prometheusLabelValues: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/label/:label/values',
    summary: 'List values of a label; those of __name__ are the metrics',
    params: z.object({ label: z.string() }),
    query: labelsQuery,
    answer: namesAnswer,
  },
  prometheusSeries: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/series',
    summary: 'List series by their labels',
    query: seriesQuery,
    answer: seriesAnswer,
  },
  prometheusSeriesForm: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'post',
    path: '/prometheus/api/v1/series',
    summary: 'List series by their labels, with parameters in a form',
    bodyTypes: FORM,
    answer: seriesAnswer,
  },
  functionMetrics: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/metrics/functions',
    summary: 'Get metrics of functions in the Prometheus text format, to be scraped',
    query: z.object({
      'match[]': selectors,
      limit: z.string().optional().describe('Maximum number of series; at most 100,000, the default'),
    }),
    answer: z.string(),
    stream: 'text',
  },
  prometheusMetadata: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/metadata',
    summary: 'List metrics with their types',
    query: z.object({ metric: z.string().optional(), limit }),
    answer: metadataAnswer,
  },
  prometheusBuildInfo: {
    scope: 'read',
    tag: 'Prometheus',
    method: 'get',
    path: '/prometheus/api/v1/status/buildinfo',
    summary: 'Get the version of Prometheus whose API this is',
    answer: buildInfoAnswer,
  },
});
