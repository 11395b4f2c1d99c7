/** Chooses tick positions for axes of times, lengths of time and shares. */
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

const STEPS_OF_LENGTHS_MS = [...[1, 2, 5, 10, 20, 50, 100, 200, 500], ...STEPS_MS];
const STEPS_OF_SHARES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1];

/** At most `maxTicks` ticks of lengths of time in ms: 2 and 4 minutes, not 1.67 and 3.33. None below milliseconds. */
export function lengthTicks(from: number, to: number, maxTicks: number): readonly number[] {
  return roundTicks(STEPS_OF_LENGTHS_MS, from, to, maxTicks);
}

/** At most `maxTicks` ticks of shares, 1 for all: 100 % is one of them where the axis ends there. None below a tenth of a percent. */
export function shareTicks(from: number, to: number, maxTicks: number): readonly number[] {
  return roundTicks(STEPS_OF_SHARES, from, to, maxTicks);
}

/** None where the ticks of the first step are fewer than two. */
function roundTicks(steps: readonly number[], from: number, to: number, maxTicks: number): readonly number[] {
  const step = steps.find((one) => (to - from) / one <= Math.max(1, maxTicks - 1));
  if (step === undefined || step > to - from) return [];
  const [first, last] = [Math.ceil(from / step), Math.floor(to / step)];
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** What is written at a tick: the day at midnight, the time of day elsewhere. The time that is pointed at has both. */
export function tickText(ms: number, offsetMs = 0): string {
  const text = new Date(ms + offsetMs).toISOString();
  if (text.slice(11, 19) === '00:00:00') return text.slice(5, 10);
  return text.slice(11, text.slice(17, 19) === '00' ? 16 : 19);
}
