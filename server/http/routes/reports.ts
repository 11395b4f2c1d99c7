/** Handlers of weekly and monthly reports. */
import { createHash } from 'node:crypto';
import { ApiError } from '../../../ingest/api/api-client.ts';
import { iso } from '../../../ingest/records/time.ts';
import { isTimeZone } from '../../../ingest/records/time-zone.ts';
import { readAnswers } from '../../jobs/reports/content.ts';
import { isReportFormat, REPORT_FORMATS } from '../../jobs/reports/messages.ts';
import { filesOf, isLate } from '../../jobs/reports/reports.ts';
import { lastWhole, nextDue } from '../../jobs/reports/schedule-times.ts';
import { reportCatalogue } from '../../jobs/reports/texts/texts.ts';
import type { ReportFilters, ReportSchedule, StoredReport, StoredSchedule } from '../../storage/ports.ts';
import { MOST_SCHEDULES } from '../../storage/ports.ts';
import { shapeAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import type { Period } from '../contract/periods.ts';
import { periodOf } from '../contract/periods.ts';
import type { ReportScheduleView, ReportsAnswer, ScheduleDocument } from '../contract/reports.ts';
import { reportRoutes } from '../contract/reports.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { functionOf } from '../query.ts';
import { rejectInvalid } from '../validation.ts';

export const reportHandlers = implement(reportRoutes, {
  listReportSchedules: async ({ context }) => {
    const [schedules, made] = await Promise.all([
      context.store.read.reportSchedules({}),
      context.store.read.reports({}),
    ]);
    return { items: schedules.map((stored) => scheduleView(stored, made, context)), nextCursor: null };
  },
  saveReportSchedule: async ({ context, params, body: { revision, ...document } }) => {
    const all = await context.store.read.reportSchedules({});
    const before = all.find(({ schedule }) => schedule.id === params.id) ?? null;
    if (revision !== undefined && revision !== (before === null ? null : revisionOf(before.schedule)))
      throw new ProblemError(
        'conflict',
        revision === null
          ? `There is a schedule ${params.id}. Nothing was saved. Choose another id, or change that schedule.`
          : `Schedule ${params.id} was changed or deleted after it was read. Nothing was saved. Read it again, apply your change to it and save that.`,
      );
    rejectInvalid(scheduleErrors(document, params.id, context));
    if (before === null && all.length >= MOST_SCHEDULES)
      throw new ProblemError('conflict', `There are ${MOST_SCHEDULES} schedules already: delete one first`);
    const sinceMs = before !== null && isSameTimes(before.schedule, document) ? before.sinceMs : context.now();
    await context.store.control.saveReportSchedule(document, sinceMs);
    const stored = { schedule: document, sinceMs, lastPeriod: null, lastToMs: null };
    return scheduleView(stored, await context.store.read.reports({ scheduleId: params.id }), context);
  },
  deleteReportSchedule: async ({ context, params }) => {
    if (!(await context.store.control.deleteReportSchedule(params.id))) throw unknownSchedule(params.id);
    return {};
  },
  sendReport: async ({ context, params, body }) => {
    const { schedule } = await scheduleById(params.id, context);
    const period = chosenPeriod(body.period, schedule, context.now());
    const receivers = body.receivers ?? schedule.receivers;
    rejectInvalid(receiverErrors(receivers, context));
    await rejectUnknown(schedule.filters, context);
    const made = await context.reports.send(schedule, period, receivers).catch(rejectRefused);
    if (made === null) throw unknownSchedule(params.id);
    return reportView(made);
  },
  listReports: async ({ context, params }) => {
    await scheduleById(params.id, context);
    const made = await context.store.read.reports({ scheduleId: params.id });
    return { items: made.map(reportView), nextCursor: null };
  },
  getReport: async ({ context, params, query }) => {
    const found = await context.store.read.reportFiles({ id: params.id });
    if (found === null) throw new ProblemError('not-found', `No report ${params.id}`);
    const files = await filesOf(found);
    if (files === null)
      throw new ProblemError(
        'not-found',
        `Report ${params.id} is damaged. Make it again with the period ${found.period}.`,
      );
    return document(files[query.format].toString('utf8'), query.format, `thermocline-${found.period}`, 'attachment');
  },
  previewReport: async ({
    context,
    callApi,
    query: { every, timeZone, language, period: key, format, ...filters },
  }) => {
    if (!isTimeZone(timeZone)) rejectInvalid([{ field: 'timeZone', message: TIME_ZONE }]);
    const period = chosenPeriod(key, { every, timeZone }, context.now());
    await rejectUnknown(filters, context);
    const answers = await readAnswers(callApi, { period, timeZone, filters }).catch(rejectRefused);
    const catalogue = await reportCatalogue(language);
    const page = { name: null, madeAt: iso(context.now()), note: null, language, catalogue };
    const { answer, meta } = await shapeAnswer(context.analysis, 'reportFiles', answers, page);
    const name = `thermocline-${period.key}`;
    if (format === 'csv') return document(meta.csv, format, name, 'attachment');
    return document(answer.bytes, format, name, 'inline');
  },
});

/** @throws ProblemError (not-found, ambiguous) if the report is of one function and there is none of this name, or several */
async function rejectUnknown({ function: name }: ReportFilters, { store }: Context): Promise<void> {
  if (name !== undefined) await functionOf(name, store);
}

/** @throws ProblemError (unavailable) where a question of the report was refused because there are too many; else the error itself */
function rejectRefused(error: unknown): never {
  if (error instanceof ApiError && (error.status === 503 || error.status === 429))
    throw new ProblemError('unavailable', `The report was not made: ${error.message}`);
  throw error;
}

const TIME_ZONE = 'expected an IANA time zone such as Europe/Berlin';

/** A file. What is in it cannot run, ask other servers or be part of another page, whichever way it is opened. */
function document(
  text: string | Uint8Array<ArrayBuffer>,
  format: 'html' | 'csv',
  name: string,
  how: 'inline' | 'attachment',
): Response {
  return new Response(text, {
    headers: {
      'content-type': format === 'html' ? 'text/html; charset=utf-8' : 'text/csv; charset=utf-8; header=present',
      'content-disposition': `${how}; filename="${name}.${format}"`,
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-modals",
      'cache-control': 'no-store',
    },
  });
}

function scheduleErrors(document: ScheduleDocument, id: string, context: Context) {
  return [
    ...(document.id === id ? [] : [{ field: 'id', message: `must be ${id}, as in the path` }]),
    ...(isTimeZone(document.timeZone) ? [] : [{ field: 'timeZone', message: TIME_ZONE }]),
    ...receiverErrors(document.receivers, context),
  ];
}

function receiverErrors(ids: readonly string[], { alerts }: Context) {
  return ids.flatMap((id, at) => {
    const field = `receivers.${at}`;
    const found = alerts.receiver(id)?.receiver;
    if (found === undefined) return [{ field, message: `there is no receiver ${id}` }];
    if (ids.indexOf(id) < at) return [{ field, message: 'expected each receiver once' }];
    if (isReportFormat(found.format)) return [];
    const formats = REPORT_FORMATS.join(', ');
    return [{ field, message: `receivers of format ${found.format} take no reports: expected ${formats}` }];
  });
}

/** @throws ProblemError (400) if it names a period of another length, or one that has not begun. */
function chosenPeriod(
  key: string | undefined,
  { every, timeZone }: Pick<ReportSchedule, 'every' | 'timeZone'>,
  nowMs: number,
): Period {
  if (key === undefined) return lastWhole({ every, timeZone }, nowMs);
  const period = periodOf(key);
  const problem =
    period === null
      ? 'there is no such period'
      : (period.week === null) !== (every === 'month')
        ? `expected a ${every}, such as ${every === 'week' ? '2026-W48' : '2026-11'}`
        : period.fromMs > nowMs
          ? 'expected a period that has begun'
          : null;
  if (period === null || problem !== null) rejectInvalid([{ field: 'period', message: problem ?? '' }]);
  return period as Period;
}

async function scheduleById(id: string, { store }: Context): Promise<StoredSchedule> {
  const found = (await store.read.reportSchedules({})).find(({ schedule }) => schedule.id === id);
  if (found === undefined) throw unknownSchedule(id);
  return found;
}

const unknownSchedule = (id: string): ProblemError => new ProblemError('not-found', `No report schedule ${id}`);

/** Whether a changed schedule goes on: a report that is due by it is not lost. */
function isSameTimes(before: ReportSchedule, after: ScheduleDocument): boolean {
  const timesOf = ({ every, weekday, day, hour, timeZone, enabled }: ReportSchedule): string =>
    JSON.stringify([every, weekday, day, hour, timeZone, enabled]);
  return timesOf(before) === timesOf(after);
}

function revisionOf(schedule: ReportSchedule): string {
  return createHash('sha256').update(JSON.stringify(schedule)).digest('hex').slice(0, 16);
}

function scheduleView(
  { schedule }: StoredSchedule,
  made: readonly StoredReport[],
  { reports, now }: Context,
): ReportScheduleView {
  const next = schedule.enabled ? nextDue(schedule, now()) : null;
  const last = made.find(({ scheduleId }) => scheduleId === schedule.id);
  return {
    ...schedule,
    receivers: [...schedule.receivers],
    filters: { ...schedule.filters },
    revision: revisionOf(schedule),
    nextAt: next === null ? null : iso(next.dueMs),
    nextPeriod: next === null ? null : next.period.key,
    last: last === undefined ? null : reportView(last),
    error: reports.errorOf(schedule.id),
  };
}

function reportView({ id, scheduleId, period, by, fromMs, toMs, dueMs, madeMs, ...bytes }: StoredReport): Report {
  return {
    ...{ id, schedule: scheduleId, period, by },
    ...{ from: iso(fromMs), to: iso(toMs), dueAt: dueMs === null ? null : iso(dueMs), madeAt: iso(madeMs) },
    late: isLate({ dueMs, madeMs }),
    htmlBytes: bytes.htmlBytes,
    csvBytes: bytes.csvBytes,
  };
}

type Report = ReportsAnswer['items'][number];
