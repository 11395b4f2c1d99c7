/** Cost of the current calendar month, with a forecast. */
import * as z from 'zod';
import { isTimeZone } from '../../../ingest/records/time-zone.ts';
import { filterQuery, isoTime, range } from './common.ts';
import { withInterval } from './memory.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

const monthCostQuery = z.strictObject({
  ...filterQuery,
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, { error: 'expected a time zone of the IANA data base, such as Europe/Berlin' })
    .default('UTC')
    .describe('Zone whose calendar month it is'),
});

export const monthCostAnswer = z
  .object({
    month: z.string().describe('2026-11'),
    timeZone: z.string(),
    range: range.describe('From the beginning of the month until now'),
    endsAt: isoTime.describe('End of the month'),
    costUsd: z.number().nullable().describe('By REPORT lines; without declared Managed Instances'),
    costReason: z.string().nullable().describe('Why costUsd is null, or what it leaves out; null if it is complete'),
    costReasonCode: optionalReasonCode,
    forecast: withInterval
      .extend({ weeks: z.number().int().describe('Whole weeks before today that it is computed from') })
      .nullable()
      .describe('Of the whole month, with its 95 % prediction interval; see forecastReason'),
    forecastReason: z.string().nullable().describe('Why forecast is null; null if it is known'),
    forecastDays: z
      .object({ known: z.number().int(), required: z.number().int() })
      .nullable()
      .describe('Whole days before today that data covers, where they are too few for a forecast; null otherwise'),
    days: z.array(z.object({ at: isoTime, costUsd: z.number().nullable() })).describe('Days of UTC, oldest first'),
  })
  .meta({ id: 'MonthCost' });
export type MonthCostAnswer = z.infer<typeof monthCostAnswer>;

export const monthCostRoutes = declareRoutes({
  getMonthCost: {
    method: 'get',
    path: '/api/v1/cost/month',
    scope: 'read',
    tag: 'Overview',
    summary: 'Get the cost of the current calendar month, with a forecast',
    query: monthCostQuery,
    answer: monthCostAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
