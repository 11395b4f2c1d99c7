/** Calendar weeks and months of a report, in UTC. Pure. */
import { DAY_MS, WEEK_MS } from '../../../ingest/records/time.ts';

export interface Period {
  /** `2026-11` for a month, `2026-W48` for a week that begins on its Monday. */
  readonly key: string;
  /** ISO 8601 number of a week; null for a month. */
  readonly week: number | null;
  /** `2026-11-23`. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly fromMs: number;
  /** Excluded. */
  readonly toMs: number;
}

/** The last months and weeks, the newest first; the first of each has not ended yet. */
export function monthsUntil(nowMs: number, n: number): readonly Period[] {
  const now = new Date(nowMs);
  return Array.from({ length: n }, (_, back) => monthOf(now.getUTCFullYear(), now.getUTCMonth() - back));
}

/** The last month that is whole. */
export function lastMonth(nowMs: number): Period {
  const now = new Date(nowMs);
  return monthOf(now.getUTCFullYear(), now.getUTCMonth() - 1);
}

export function weeksUntil(nowMs: number, n: number): readonly Period[] {
  const monday = mondayOf(nowMs);
  return Array.from({ length: n }, (_, back) => weekAt(monday - back * WEEK_MS));
}

/** The period that a key names; null for text that names none. */
export function periodOf(key: string): Period | null {
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(key);
  if (month !== null) return monthOf(Number(month[1]), Number(month[2]) - 1);
  const week = /^(\d{4})-W([0-5]\d)$/.exec(key);
  if (week === null) return null;
  // The first week has the fourth of January in it (ISO 8601).
  const found = weekAt(mondayOf(Date.UTC(Number(week[1]), 0, 4)) + (Number(week[2]) - 1) * WEEK_MS);
  return found.key === key ? found : null;
}

/** The period of the same kind before. */
export function previousOf({ key, fromMs }: Period): Period {
  if (key.includes('W')) return weekAt(fromMs - WEEK_MS);
  const first = new Date(fromMs);
  return monthOf(first.getUTCFullYear(), first.getUTCMonth() - 1);
}

function monthOf(year: number, month: number): Period {
  const fromMs = Date.UTC(year, month, 1);
  return { key: dayOf(fromMs).slice(0, 7), week: null, ...between(fromMs, Date.UTC(year, month + 1, 1)) };
}

function weekAt(mondayMs: number): Period {
  // The year of a week is that of its Thursday.
  const thursday = new Date(mondayMs + 3 * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = Math.round((mondayMs - mondayOf(Date.UTC(year, 0, 4))) / WEEK_MS) + 1;
  return { key: `${year}-W${String(week).padStart(2, '0')}`, week, ...between(mondayMs, mondayMs + WEEK_MS) };
}

function between(fromMs: number, toMs: number): Omit<Period, 'key' | 'week'> {
  return { fromMs, toMs, firstDay: dayOf(fromMs), lastDay: dayOf(toMs - DAY_MS) };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function mondayOf(ms: number): number {
  const midnight = Math.floor(ms / DAY_MS) * DAY_MS;
  return midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY_MS;
}
