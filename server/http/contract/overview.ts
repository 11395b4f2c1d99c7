import * as z from 'zod';
import {
  coverage,
  errorRate,
  filterQuery,
  interval,
  isoTime,
  priceAssumptionCodes,
  priceAssumptions,
  range,
  rangeQuery,
  rate,
  wastedUnknown,
  withoutStream,
} from './common.ts';
import { findingGroup, functionFinding } from './findings.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const overviewQuery = z.strictObject({
  ...rangeQuery,
  ...filterQuery,
  interval,
  previous: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: also the period of equal length directly before'),
});

const point = z.object({
  at: isoTime,
  invocations: z.number().int(),
  errors: z.number().int(),
  coldStarts: z.number().int(),
  userFeltColdStarts: z.number().int().nullable(),
  coldStartsWithoutStream: z.number().int().describe('Whether a caller waited is not known'),
  coldStartSeconds: z.number().nullable(),
  costUsd: z.number().nullable().describe('By REPORT lines; without declared Managed Instances'),
});

const difference = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe('This period less the previous one, with its 95 % interval; null where a rate is not known');

const previousPeriod = z
  .object({
    range,
    isComplete: z.boolean().describe('Data covers all of it; where it does not, nothing can be compared with it'),
    invocations: z.number().int(),
    errors: z.number().int(),
    errorRate,
    userFeltColdStarts: z.number().int().nullable(),
    userFeltColdStartRate: rate,
    coldStartSeconds: z.number().nullable(),
    costUsd: z.number().nullable(),
    coverage,
    series: z.array(point).describe('Its parts from the first one with data on, as wide as those of this period'),
    differences: z.object({ errorRate: difference, userFeltColdStartRate: difference }),
  })
  .meta({ id: 'PreviousPeriod' });
export type PreviousPeriod = z.infer<typeof previousPeriod>;

const entry = z.object({ id: z.string(), name: z.string(), value: z.number(), n: z.number().int() });
const ranked = z.array(entry);
const rankedByFailures = z.array(
  entry.extend({ isLowerBound: z.boolean().describe('Errors of some invocations are unknown') }),
);

export const overviewAnswer = z
  .object({
    range,
    dataFrom: isoTime
      .nullable()
      .optional()
      .describe(
        'From when on functions with half of the invocations have been seen, which may be before the range; null without invocations',
      ),
    functions: z.number().int(),
    invocations: z.number().int(),
    errors: z.number().int(),
    errorRate,
    coldStarts: z.number().int(),
    coldStartRate: rate,
    userFeltColdStarts: z.number().int().nullable().describe('null if no log stream is known'),
    userFeltColdStartRate: rate,
    coldStartSeconds: z.number().nullable().describe('null if no log stream is known'),
    costUsd: z.number().nullable().describe('Of the functions whose cost is known; see costReason'),
    costReason: z
      .string()
      .nullable()
      .describe('Why the cost of some or all functions is unknown; null if it is known of all'),
    costReasonCode: optionalReasonCode,
    costAssumed: z.boolean().describe('Region or architecture had to be assumed'),
    priceAssumptions,
    priceAssumptionCodes,
    wastedUsd: z
      .number()
      .nullable()
      .describe('Requests and billed time of known failed attempts, at list price; see wastedUnknown'),
    wastedUnknown,
    coverage,
    coverageReason: z.string().nullable(),
    coverageReasonCode: optionalReasonCode,
    withoutStream,
    series: z.array(point),
    top: z.object({
      invocations: ranked,
      errors: rankedByFailures,
      coldStartSeconds: ranked,
      costUsd: ranked,
      wastedUsd: rankedByFailures,
    }),
    previous: previousPeriod.nullable().describe('null unless it was asked for'),
    findings: z
      .array(functionFinding)
      .describe(
        'The twelve most severe findings of functions, most severe first. What no metric arrives of makes no finding',
      ),
    findingGroups: z
      .array(findingGroup)
      .describe('All findings, grouped by code, most urgent first. Those about memory sizes are in recommendations'),
  })
  .meta({ id: 'Overview' });
export type OverviewAnswer = z.infer<typeof overviewAnswer>;

export const overviewRoutes = declareRoutes({
  getOverview: {
    method: 'get',
    path: '/api/v1/overview',
    scope: 'read',
    tag: 'Overview',
    summary: 'Get totals, series and rankings of the fleet',
    query: overviewQuery,
    answer: overviewAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
