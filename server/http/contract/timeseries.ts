/** The question and answer of a metric over time. */
import * as z from 'zod';
import { coverage, filterQuery, interval, isoTime, range, rangeQuery } from './common.ts';
import { optionalReasonCode } from './reasons.ts';

const metric = z.enum([
  'invocations',
  'errors',
  'errorRate',
  'coldStarts',
  'coldStartRate',
  'userFeltColdStarts',
  'coldStartSeconds',
  'durationMs',
  'initMs',
  'maxMemoryUsedMb',
  'costUsd',
]);

export const timeseriesQuery = z.strictObject({
  ...rangeQuery,
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
  metric: metric.default('invocations'),
  stat: z
    .enum(['p50', 'p95', 'p99'])
    .default('p95')
    .describe('Applies to durationMs and initMs; other metrics have one value'),
  groupBy: z.enum(['none', 'version', 'memoryMb']).default('none'),
  interval,
});
export const timeseriesAnswer = z
  .object({
    range,
    metric,
    unit: z.enum(['count', 'ratio', 'ms', 's', 'MB', 'USD']),
    coverage,
    costReason: z.string().nullable().describe('For costUsd: why values are null, or which invocations they leave out'),
    costReasonCode: optionalReasonCode,
    series: z.array(
      z.object({
        group: z.string(),
        points: z.array(z.object({ at: isoTime, value: z.number().nullable(), n: z.number().int() })),
      }),
    ),
  })
  .meta({ id: 'Timeseries' });
export type TimeseriesAnswer = z.infer<typeof timeseriesAnswer>;
