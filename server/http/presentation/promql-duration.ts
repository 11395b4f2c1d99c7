/** Durations as Prometheus writes them: units from long to short, each at most once. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '../../../ingest/records/time.ts';

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS = [365 * DAY_MS, WEEK_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, 1];

/** A duration such as `1h30m`, ms; null if the text is none. */
export function promqlDurationMs(text: string): number | null {
  const parts = DURATION.exec(text);
  if (text === '' || parts === null) return null;
  return UNITS_MS.reduce((sum, unit, at) => sum + Number(parts[at + 1] ?? 0) * unit, 0);
}
