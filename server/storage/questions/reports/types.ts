/** Schedules of reports, and reports that were made. Part of the control plane. */
import type { NewDelivery } from '../alerts/types.ts';

/** What a report is limited to; empty for everything. */
export interface ReportFilters {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** Id (account:region:name), or a name that is unambiguous. */
  readonly function?: string | undefined;
}

export interface ReportSchedule {
  readonly id: string;
  readonly name: string;
  readonly every: 'week' | 'month';
  /** 1 (Monday) to 7; of weekly reports. */
  readonly weekday: number;
  /** 1 to 28; of monthly reports. */
  readonly day: number;
  /** 0 to 23, in the time zone. */
  readonly hour: number;
  /** IANA name. Weeks and months are those of its calendar. */
  readonly timeZone: string;
  /** Of the report and its messages. */
  readonly language: 'en' | 'ja' | 'ko';
  readonly filters: ReportFilters;
  /** Ids of receivers. */
  readonly receivers: readonly string[];
  /** Reports that are kept; older ones are deleted. */
  readonly keep: number;
  readonly enabled: boolean;
}

export interface StoredSchedule {
  readonly schedule: ReportSchedule;
  /** Reports that were due before this time are not made up for, epoch ms. */
  readonly sinceMs: number;
  /** Key of the last period with a report by schedule, also if that was deleted; null before the first. */
  readonly lastPeriod: string | null;
  /** Its end, epoch ms. */
  readonly lastToMs: number | null;
}

export interface StoredReport {
  readonly id: string;
  readonly scheduleId: string;
  /** Key of the period: `2026-11`, `2026-W48`. */
  readonly period: string;
  readonly by: 'schedule' | 'request';
  readonly fromMs: number;
  readonly toMs: number;
  /** When it was due; null if it was made on request. */
  readonly dueMs: number | null;
  readonly madeMs: number;
  readonly htmlBytes: number;
  readonly csvBytes: number;
}

/** A report with its files, gzipped. */
export interface ReportFiles extends StoredReport {
  readonly name: string;
  readonly html: Uint8Array;
  readonly csv: Uint8Array;
}

export interface ReportReader {
  /** Returns all schedules, by id. */
  reportSchedules(query: Record<string, never>): Promise<readonly StoredSchedule[]>;
  /** Returns reports without their files, newest first; of one schedule if it is given. */
  reports(query: { readonly scheduleId?: string }): Promise<readonly StoredReport[]>;
  /** Returns a report with its files; null if there is none. */
  reportFiles(query: { readonly id: string }): Promise<ReportFiles | null>;
}

export interface ReportStore {
  /** Creates or replaces a schedule. `sinceMs` replaces that of a stored one, epoch ms. */
  saveReportSchedule(schedule: ReportSchedule, sinceMs: number): Promise<void>;
  /** Deletes a schedule with its reports. Returns false if there is none. */
  deleteReportSchedule(id: string): Promise<boolean>;
  /**
   * Stores a report together with its deliveries, and deletes the oldest beyond `keep`, in one transaction. Returns false, and stores
   * nothing, if the schedule was deleted, or had a report by schedule about this or a later period, and this is one as well.
   */
  addReport(report: ReportFiles, deliveries: readonly NewDelivery[], keep: number): Promise<boolean>;
}

/** Schedules that can be stored. */
export const MOST_SCHEDULES = 50;
