/** Tables `report_schedule` and `report` of the control plane. Parts of transactions. */
import type Database from 'better-sqlite3';
import type { ReportStore } from '../../questions/reports/types.ts';
import { addDeliveries } from './deliveries.ts';

type Arguments<K extends keyof ReportStore> = Parameters<ReportStore[K]>;

export function saveReportSchedule(
  control: Database.Database,
  [schedule, sinceMs]: Arguments<'saveReportSchedule'>,
): void {
  control
    .prepare(
      `INSERT INTO report_schedule (id, schedule, since_ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET schedule = excluded.schedule, since_ms = excluded.since_ms`,
    )
    .run(schedule.id, JSON.stringify(schedule), sinceMs);
}

/** Returns false if there is none with this id. */
export function deleteReportSchedule(control: Database.Database, id: string): boolean {
  control.prepare('DELETE FROM report WHERE schedule_id = ?').run(id);
  return control.prepare('DELETE FROM report_schedule WHERE id = ?').run(id).changes > 0;
}

/** Returns false, and stores nothing, if the schedule is gone or the period had its report. */
export function addReport(control: Database.Database, [report, deliveries, keep]: Arguments<'addReport'>): boolean {
  const { html, csv, ...row } = report;
  const isOpen = control
    .prepare(
      row.by === 'schedule'
        ? `UPDATE report_schedule SET last_period = @period, last_to_ms = @toMs
           WHERE id = @scheduleId AND last_period IS NOT @period AND ifnull(last_to_ms, 0) < @toMs`
        : 'UPDATE report_schedule SET id = id WHERE id = @scheduleId',
    )
    .run(row.by === 'schedule' ? row : { scheduleId: row.scheduleId });
  if (isOpen.changes === 0) return false;
  control
    .prepare(
      `INSERT INTO report (id, schedule_id, name, period, made_by, from_ms, to_ms, due_ms, made_ms, html_bytes, csv_bytes, html, csv)
       VALUES (@id, @scheduleId, @name, @period, @by, @fromMs, @toMs, @dueMs, @madeMs, @htmlBytes, @csvBytes, @html, @csv)`,
    )
    .run({ ...row, html: Buffer.from(html), csv: Buffer.from(csv) });
  addDeliveries(control, deliveries);
  control
    .prepare(
      `DELETE FROM report WHERE schedule_id = @scheduleId AND id NOT IN (
         SELECT id FROM report WHERE schedule_id = @scheduleId ORDER BY made_ms DESC, id DESC LIMIT @keep)`,
    )
    .run({ scheduleId: report.scheduleId, keep });
  return true;
}
