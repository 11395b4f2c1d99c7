/** Schedules of reports, and reports that were made. */
import type { Databases } from '../../sqlite/databases.ts';
import { parseStored, reportSchedule } from '../../stored-json.ts';
import type { RowChecks } from '../../stored-rows.ts';
import { isCount, isOneOf, isTime, orNull, validRows } from '../../stored-rows.ts';
import type { ReportFiles, StoredReport, StoredSchedule } from './types.ts';

const SCHEDULE = { sinceMs: isTime, lastToMs: orNull(isTime) };
const REPORT = {
  by: isOneOf('schedule', 'request'),
  fromMs: isTime,
  toMs: isTime,
  dueMs: orNull(isTime),
  madeMs: isTime,
  htmlBytes: isCount,
  csvBytes: isCount,
} satisfies RowChecks<StoredReport>;

export async function reportSchedules({ control }: Databases): Promise<readonly StoredSchedule[]> {
  const rows = await control
    .selectFrom('report_schedule')
    .select(['id', 'schedule as json', 'since_ms as sinceMs', 'last_period as lastPeriod', 'last_to_ms as lastToMs'])
    .orderBy('id')
    .execute();
  const name = ({ id }: { readonly id: string }): string => `report_schedule ${id}`;
  return validRows(rows, SCHEDULE, name).flatMap((row) => {
    const schedule = parseStored(reportSchedule, row.json, name(row));
    const { sinceMs, lastPeriod, lastToMs } = row;
    return schedule === null ? [] : [{ schedule, sinceMs, lastPeriod, lastToMs }];
  });
}

const COLUMNS = [
  'id',
  'schedule_id as scheduleId',
  'period',
  'made_by as by',
  'from_ms as fromMs',
  'to_ms as toMs',
  'due_ms as dueMs',
  'made_ms as madeMs',
  'html_bytes as htmlBytes',
  'csv_bytes as csvBytes',
] as const;

const reportName = ({ id }: { readonly id: string }): string => `report ${id}`;

export async function reports(
  { control }: Databases,
  { scheduleId }: { readonly scheduleId?: string },
): Promise<readonly StoredReport[]> {
  let select = control.selectFrom('report').select(COLUMNS);
  if (scheduleId !== undefined) select = select.where('schedule_id', '=', scheduleId);
  return validRows(await select.orderBy('made_ms', 'desc').orderBy('id', 'desc').execute(), REPORT, reportName);
}

export async function reportFiles(
  { control }: Databases,
  { id }: { readonly id: string },
): Promise<ReportFiles | null> {
  const rows = await control
    .selectFrom('report')
    .select([...COLUMNS, 'name', 'html', 'csv'])
    .where('id', '=', id)
    .execute();
  const [row] = validRows(rows, REPORT, reportName);
  return row === undefined ? null : { ...row, html: Uint8Array.from(row.html), csv: Uint8Array.from(row.csv) };
}
