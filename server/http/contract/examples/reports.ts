/** Examples of the operations in ../reports.ts. */
import type { reportRoutes } from '../reports.ts';
import type { ExamplesOf } from '../route.ts';

const schedule = {
  ...{ id: 'weekly', name: 'Weekly report', every: 'week' as const, weekday: 1, day: 1, hour: 8 },
  ...{
    timeZone: 'Europe/Berlin',
    language: 'en' as const,
    filters: {},
    receivers: ['team-mail'],
    keep: 12,
    enabled: true,
  },
};
const report = {
  ...{ id: 'weekly.2026-W47', schedule: 'weekly', period: '2026-W47', by: 'schedule' as const },
  ...{ from: '2026-11-15T23:00:00.000Z', to: '2026-11-22T23:00:00.000Z' },
  ...{ dueAt: '2026-11-23T07:00:00.000Z', madeAt: '2026-11-23T07:00:21.000Z', late: false },
  ...{ htmlBytes: 21_480, csvBytes: 918 },
};
const view = {
  ...schedule,
  ...{ revision: '3f1c0a9be2d45871', nextAt: '2026-11-30T07:00:00.000Z', nextPeriod: '2026-W48' },
  ...{ last: report, error: null },
};

export const reportExamples: ExamplesOf<typeof reportRoutes> = {
  listReportSchedules: { answer: { items: [view], nextCursor: null } },
  saveReportSchedule: {
    params: { id: 'weekly' },
    body: { ...schedule, revision: null },
    answer: { ...view, last: null },
  },
  deleteReportSchedule: { params: { id: 'weekly' }, answer: {} },
  sendReport: {
    params: { id: 'weekly' },
    body: { period: '2026-W47' },
    answer: { ...report, id: 'weekly.2026-W47.9f2c1d7be04a9f2c1d7be04a', by: 'request', dueAt: null },
  },
  listReports: { params: { id: 'weekly' }, answer: { items: [report], nextCursor: null } },
  getReport: {
    params: { id: 'weekly.2026-W47' },
    query: { format: 'csv' },
    answer: 'function,account,region,cost_usd,before_usd',
  },
  previewReport: { query: { every: 'month', period: '2026-10' }, answer: '<!doctype html>\n<html lang="en">' },
};
