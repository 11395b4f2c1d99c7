/** When scheduled reports are due, and which period each is about: exactly one for each calendar week or month of its time zone. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { instantOf, wallClockAt } from '../../../ingest/records/zoned-time.ts';
import type { Period } from '../../http/contract/periods.ts';
import { monthsUntil, previousOf, weeksUntil } from '../../http/contract/periods.ts';
import type { ReportSchedule } from '../../storage/questions/reports/types.ts';

type Times = Pick<ReportSchedule, 'every' | 'weekday' | 'day' | 'hour' | 'timeZone'>;

export interface DueReport {
  readonly period: Period;
  /** When it was or will be due, epoch ms. */
  readonly dueMs: number;
}

/** The report that was due last: about the whole period before the one in which it was due. */
export function lastDue(times: Times, nowMs: number): DueReport {
  const current = currentPeriod(times.every, wallClockAt(nowMs, times.timeZone));
  const dueMs = dueIn(current, times);
  if (dueMs <= nowMs) return { period: previousOf(current), dueMs };
  const before = previousOf(current);
  return { period: previousOf(before), dueMs: dueIn(before, times) };
}

/** The report that is due next. */
export function nextDue(times: Times, nowMs: number): DueReport {
  const current = currentPeriod(times.every, wallClockAt(nowMs, times.timeZone));
  const dueMs = dueIn(current, times);
  if (dueMs > nowMs) return { period: previousOf(current), dueMs };
  return { period: current, dueMs: dueIn(currentPeriod(times.every, current.toMs), times) };
}

/** The last period that has ended. */
export function lastWhole({ every, timeZone }: Pick<Times, 'every' | 'timeZone'>, nowMs: number): Period {
  return previousOf(currentPeriod(every, wallClockAt(nowMs, timeZone)));
}

/** The days of the period in the time zone, epoch ms; `toMs` is excluded. */
export function boundsOf(
  { fromMs, toMs }: Period,
  timeZone: string,
): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: instantOf(fromMs, timeZone), toMs: instantOf(toMs, timeZone) };
}

function currentPeriod(every: Times['every'], wallClockMs: number): Period {
  const [current] = every === 'week' ? weeksUntil(wallClockMs, 1) : monthsUntil(wallClockMs, 1);
  if (current === undefined) throw new RangeError('no period');
  return current;
}

function dueIn({ fromMs }: Period, { every, weekday, day, hour, timeZone }: Times): number {
  const days = (every === 'week' ? weekday : day) - 1;
  return instantOf(fromMs + days * DAY_MS + hour * HOUR_MS, timeZone);
}
