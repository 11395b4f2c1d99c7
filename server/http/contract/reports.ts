/** Weekly and monthly reports: schedules, and the reports that were made. */
import * as z from 'zod';
import { id, name, revision } from './alert-fields.ts';
import { emptyAnswer, filterQuery, isoTime } from './common.ts';
import { declareRoutes } from './route.ts';

const filters = { account: filterQuery.account, region: filterQuery.region, function: filterQuery.function };
const EVERY = ['week', 'month'] as const;
const LANGUAGES = ['en', 'ja', 'ko'] as const;
export type ReportLanguage = (typeof LANGUAGES)[number];
const language = z.enum(LANGUAGES).default('en').describe('Of the report and its messages');
const timeZone = z
  .string()
  .max(64)
  .describe('IANA name such as Europe/Berlin: weeks and months are those of its calendar');
const periodKey = z
  .string()
  .regex(/^\d{4}-(?:W[0-5]\d|[01]\d)$/, { error: 'expected a month such as 2026-11 or a week such as 2026-W48' });

const scheduleFields = {
  name,
  every: z.enum(EVERY),
  weekday: z.number().int().min(1).max(7).default(1).describe('1 (Monday) to 7; of weekly reports'),
  day: z.number().int().min(1).max(28).default(1).describe('Of the month; of monthly reports'),
  hour: z.number().int().min(0).max(23).default(8).describe('In the time zone'),
  timeZone: timeZone.default('UTC'),
  language,
  filters: z.strictObject(filters).default({}).describe('What the report is limited to; {} for everything'),
  receivers: z
    .array(id)
    .max(10)
    .default([])
    .describe('Ids of receivers of format email, slack, teams, discord or native; none: reports are only stored'),
  keep: z.number().int().min(1).max(60).default(12).describe('Reports that are kept; older ones are deleted'),
  enabled: z.boolean().default(true),
};

export const savedSchedule = z
  .strictObject({
    id,
    ...scheduleFields,
    revision: revision
      .nullable()
      .optional()
      .describe(
        'That of the schedule which was read and changed, null for a new one: 409 if the stored one is another by now, or if there is one',
      ),
  })
  .meta({ id: 'SavedReportSchedule' });
export type ScheduleDocument = z.infer<typeof savedSchedule>;

const report = z
  .object({
    id: z.string(),
    schedule: z.string(),
    period: periodKey,
    from: isoTime,
    to: isoTime.describe('Excluded'),
    by: z.enum(['schedule', 'request']),
    dueAt: isoTime.nullable().describe('null if it was made on request'),
    madeAt: isoTime,
    late: z
      .boolean()
      .describe('Made more than an hour after it was due, because the server was not running or could not read'),
    htmlBytes: z.number().int(),
    csvBytes: z.number().int(),
  })
  .meta({ id: 'Report' });

const schedule = z
  .object({
    id: z.string(),
    ...scheduleFields,
    revision,
    nextAt: isoTime.nullable().describe('null while it is disabled'),
    nextPeriod: periodKey.nullable(),
    last: report.nullable(),
    error: z
      .string()
      .nullable()
      .describe('Why the report that is due could not be made; it is tried again every minute'),
  })
  .meta({ id: 'ReportSchedule' });
export type ReportScheduleView = z.infer<typeof schedule>;

export const schedulesAnswer = z
  .object({ items: z.array(schedule), nextCursor: z.null() })
  .meta({ id: 'ReportScheduleList' });
export const reportsAnswer = z
  .object({ items: z.array(report).describe('Newest first'), nextCursor: z.null() })
  .meta({ id: 'ReportList' });
export type ReportsAnswer = z.infer<typeof reportsAnswer>;

export const scheduleParams = z.object({ id });
export const reportParams = z.object({ id: z.string().max(128) });

export const sendRequest = z
  .strictObject({
    period: periodKey.optional().describe('Default: the last one that has ended'),
    receivers: z.array(id).max(10).optional().describe('Default: those of the schedule'),
  })
  .meta({ id: 'ReportRequest' });

const fileFormat = z.enum(['html', 'csv']).default('html');
export const fileQuery = z.strictObject({
  format: fileFormat.describe('html: self-contained, for A4; csv: cost by function'),
});
export const previewQuery = z.strictObject({
  ...filters,
  every: z.enum(EVERY).default('week'),
  timeZone: timeZone.default('UTC'),
  language,
  period: periodKey.optional().describe('Default: the last one that has ended'),
  format: fileFormat,
});

export const reportRoutes = declareRoutes({
  listReportSchedules: {
    method: 'get',
    path: '/api/v1/report-schedules',
    scope: 'admin',
    tag: 'Reports',
    summary: 'List schedules of reports, with the last and the next report of each',
    answer: schedulesAnswer,
  },
  saveReportSchedule: {
    method: 'put',
    path: '/api/v1/report-schedules/:id',
    scope: 'admin',
    tag: 'Reports',
    summary: 'Create or replace a schedule of a weekly or monthly report',
    params: scheduleParams,
    body: savedSchedule,
    answer: schedule,
    problems: ['conflict'],
  },
  deleteReportSchedule: {
    method: 'delete',
    path: '/api/v1/report-schedules/:id',
    scope: 'admin',
    tag: 'Reports',
    summary: 'Delete a schedule with its reports',
    params: scheduleParams,
    answer: emptyAnswer,
    problems: ['not-found'],
  },
  sendReport: {
    method: 'post',
    path: '/api/v1/report-schedules/:id/send',
    scope: 'admin',
    tag: 'Reports',
    summary: 'Make the report of a period now and send it',
    params: scheduleParams,
    body: sendRequest,
    answer: report,
    problems: ['not-found', 'ambiguous', 'conflict'],
  },
  listReports: {
    method: 'get',
    path: '/api/v1/report-schedules/:id/reports',
    scope: 'admin',
    tag: 'Reports',
    summary: 'List the stored reports of a schedule',
    params: scheduleParams,
    answer: reportsAnswer,
    problems: ['not-found'],
  },
  getReport: {
    method: 'get',
    path: '/api/v1/reports/:id',
    scope: 'admin',
    tag: 'Reports',
    summary: 'Download a stored report as HTML or CSV',
    params: reportParams,
    query: fileQuery,
    answer: z.string(),
    stream: 'document',
    problems: ['not-found'],
  },
  previewReport: {
    method: 'get',
    path: '/api/v1/report-preview',
    scope: 'read',
    tag: 'Reports',
    summary: 'Make the report of a period as HTML or CSV, without storing or sending it',
    query: previewQuery,
    answer: z.string(),
    stream: 'document',
    problems: ['not-found', 'ambiguous'],
  },
});
