/** Makes reports: those that are due by their schedules, each once for its period, and others on request. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ApiClient } from '../../../ingest/api/api-client.ts';
import { HOUR_MS, iso } from '../../../ingest/records/time.ts';
import type { MailAttachment } from '../../alerts/egress/smtp-client.ts';
import type { Receiver } from '../../alerts/notify/receiver.ts';
import type { Period } from '../../http/contract/periods.ts';
import type {
  NewDelivery,
  ReportFiles,
  ReportSchedule,
  Store,
  StoredReport,
  StoredSchedule,
} from '../../storage/ports.ts';
import type { ReportAnswers, ReportContent } from './content.ts';
import { readAnswers } from './content.ts';
import { lateSentence } from './facts.ts';
import type { UntranslatedPage } from './html.ts';
import { isReportFormat, reportBody } from './messages.ts';
import type { DueReport } from './schedule-times.ts';
import { boundsOf, lastDue } from './schedule-times.ts';
import { reportCatalogue, textsOf } from './texts/texts.ts';

export interface ReportsOptions {
  readonly store: Pick<Store, 'read' | 'control'>;
  /** Asks the API about all data. */
  readonly ask: ApiClient;
  /** Makes the files from the answers of the API, in a thread. */
  readonly writeFiles: (
    answers: ReportAnswers,
    page: UntranslatedPage,
  ) => Promise<{ readonly html: Uint8Array; readonly csv: string; readonly content: ReportContent }>;
  readonly receivers: () => readonly Receiver[];
  readonly now: () => number;
  /** Random id without a prefix. */
  readonly newId: () => string;
  /** Base URL for links; null if not configured. */
  readonly publicUrl: string | null;
  /** Called for each schedule whose report cannot be made; it is tried again in the next round. */
  readonly onError: (error: unknown, schedule: ReportSchedule) => void;
}

/** A report that is made this long after it was due says so. */
const LATE_MS = HOUR_MS;

/** Whether it was made late. */
export function isLate({ dueMs, madeMs }: Pick<StoredReport, 'dueMs' | 'madeMs'>): boolean {
  return dueMs !== null && madeMs - dueMs > LATE_MS;
}

const compressed = promisify(gzip);
const inflated = promisify(gunzip);

/** What is made, for whom, and by what. */
interface Order {
  readonly schedule: ReportSchedule;
  readonly period: Period;
  readonly id: string;
  readonly by: StoredReport['by'];
  /** Null if it is made on request. */
  readonly dueMs: number | null;
  /** Ids of receivers. */
  readonly receivers: readonly string[];
}

export class Reports {
  readonly #options: ReportsOptions;
  /** Why the report that is due could not be made, by schedule. */
  readonly #errors = new Map<string, string>();

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** Why the report that is due could not be made; null if none is due, or it was made. */
  errorOf(scheduleId: string): string | null {
    return this.#errors.get(scheduleId) ?? null;
  }

  /** Makes what is due. Of periods that were missed, only the last: it says that it is late. */
  async round(): Promise<void> {
    const { store, now, onError } = this.#options;
    for (const stored of await store.read.reportSchedules({})) {
      const { schedule } = stored;
      const due = lastDue(schedule, now());
      if (!schedule.enabled || !isOpen(stored, due)) {
        this.#errors.delete(schedule.id);
        continue;
      }
      const { period, dueMs } = due;
      const id = `${schedule.id}.${period.key}`;
      try {
        await this.#make({ schedule, period, id, by: 'schedule', dueMs, receivers: schedule.receivers });
        this.#errors.delete(schedule.id);
      } catch (error) {
        this.#errors.set(schedule.id, error instanceof Error ? error.message : String(error));
        onError(error, schedule);
      }
    }
  }

  /** Makes and sends the report of a period now. Null if the schedule was deleted meanwhile. */
  send(schedule: ReportSchedule, period: Period, receivers: readonly string[]): Promise<StoredReport | null> {
    const id = `${schedule.id}.${period.key}.${this.#options.newId()}`;
    return this.#make({ schedule, period, id, by: 'request', dueMs: null, receivers });
  }

  /** The files of a stored report as attachments; none if it was deleted or is damaged. */
  async attachmentsOf(id: string): Promise<readonly MailAttachment[]> {
    const found = await this.#options.store.read.reportFiles({ id });
    if (found === null) return [];
    const files = await filesOf(found);
    if (files === null) return [];
    const { html, csv } = files;
    const filename = `thermocline-${found.period}`;
    return [
      { filename: `${filename}.html`, contentType: 'text/html; charset=utf-8', content: html },
      { filename: `${filename}.csv`, contentType: 'text/csv; charset=utf-8', content: csv },
    ];
  }

  async #make({ schedule, period, id, by, dueMs, receivers }: Order): Promise<StoredReport | null> {
    const { store, ask, writeFiles, now, publicUrl, newId } = this.#options;
    const { name, timeZone, filters, keep, language } = schedule;
    const catalogue = await reportCatalogue(language);
    const texts = textsOf(language, catalogue);
    const answers = await readAnswers(ask, { period, timeZone, filters });
    const madeMs = now();
    const madeAt = iso(madeMs);
    const note = dueMs !== null && isLate({ dueMs, madeMs }) ? lateSentence(iso(dueMs), madeAt, texts) : null;
    const page = { name, madeAt, note, language, catalogue };
    const { html, content, ...files } = await writeFiles(answers, page);
    const csv = Buffer.from(files.csv);
    const report: StoredReport = {
      ...{ id, scheduleId: schedule.id, period: period.key, by, dueMs, madeMs },
      ...boundsOf(period, timeZone),
      ...{ htmlBytes: html.length, csvBytes: csv.length },
    };
    const stored: ReportFiles = { ...report, name, html: await compressed(html), csv: await compressed(csv) };
    const message = { report, name, content, note, madeAt, publicUrl, texts };
    const deliveries = this.#options.receivers().flatMap((receiver): NewDelivery[] => {
      if (!receivers.includes(receiver.id) || !isReportFormat(receiver.format)) return [];
      const body = reportBody(receiver.format, message);
      const common = { receiverId: receiver.id, groupId: '', createdMs: madeMs };
      return [{ ...common, id: `msg_${newId()}`, type: 'report.ready', body }];
    });
    return (await store.control.addReport(stored, deliveries, keep)) ? report : null;
  }
}

/** Whether the report is to be made: it was due after the schedule was saved, and its period had none. */
function isOpen({ schedule, sinceMs, lastPeriod, lastToMs }: StoredSchedule, { period, dueMs }: DueReport): boolean {
  const { toMs } = boundsOf(period, schedule.timeZone);
  return dueMs >= sinceMs && period.key !== lastPeriod && toMs > (lastToMs ?? 0);
}

/** The files of a stored report; null if they are damaged. */
export async function filesOf({
  html,
  csv,
}: Pick<ReportFiles, 'html' | 'csv'>): Promise<{ readonly html: Buffer; readonly csv: Buffer } | null> {
  const options = { maxOutputLength: MOST_FILE_BYTES };
  return Promise.all([inflated(html, options), inflated(csv, options)]).then(
    ([htmlFile, csvFile]) => ({ html: htmlFile, csv: csvFile }),
    () => null,
  );
}

/** A report of a thousand functions has half a megabyte. */
const MOST_FILE_BYTES = 33_554_432;
