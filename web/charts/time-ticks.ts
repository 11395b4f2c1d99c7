/** Chooses tick positions for a time axis. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * 1000),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 4, 7, 14, 28, 56, 112, 224, 448].map((n) => n * DAY_MS),
];

/**
 * Epoch ms of at most `maxTicks` ticks in `fromMs` to `toMs`: multiples of the smallest round step that fits.
 * `offsetMs`: what the displayed time zone is ahead of UTC, so that ticks fall on its full hours and midnights.
 */
export function timeTicks(fromMs: number, toMs: number, maxTicks: number, offsetMs = 0): readonly number[] {
  const stepMs = STEPS_MS.find((step) => (toMs - fromMs) / step <= Math.max(1, maxTicks - 1)) ?? toMs - fromMs;
  if (!(stepMs > 0)) return [];
  const first = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const count = Math.floor((toMs - first) / stepMs) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => first + at * stepMs);
}

/** What is written at a tick: the day at midnight, the time of day elsewhere. The time that is pointed at has both. */
export function tickText(ms: number, offsetMs = 0): string {
  const text = new Date(ms + offsetMs).toISOString();
  if (text.slice(11, 19) === '00:00:00') return text.slice(5, 10);
  return text.slice(11, text.slice(17, 19) === '00' ? 16 : 19);
}
