import { DAY_MS } from '../../ingest/records/time.ts';
import { shownLanguage } from './translate.ts';

/** The name of a day of the week; 1 is Monday. */
export function weekdayName(weekday: number): string {
  // 1 January 2024 was one.
  const ms = Date.UTC(2024, 0, 1) + (weekday - 1) * DAY_MS;
  return new Intl.DateTimeFormat(shownLanguage(), { weekday: 'long', timeZone: 'UTC' }).format(ms);
}
