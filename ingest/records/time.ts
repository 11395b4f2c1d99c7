/** Units of time, and how times and durations are written and parsed. The one home of both for `ingest/` and `server/`. */

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: WEEK_MS,
};

/** Parses epoch ms (`1700000000000`), ISO 8601, `now` or `now-24h` into epoch ms. Returns null for anything else. */
export function parseTime(text: string, nowMs: number): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const relative = /^now(?:([+-])(\d{1,6})([smhdw]))?$/.exec(text);
  if (relative !== null) {
    const [, sign, amount, unit] = relative;
    if (sign === undefined) return nowMs;
    return nowMs + (sign === '-' ? -1 : 1) * Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

/** Formats epoch ms as ISO 8601 in UTC with milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** Parses a duration such as `1h30m` into ms. Text without any `<number><unit>` pair gives 0. */
export function durationMs(text: string): number {
  let total = 0;
  for (const [, n = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) total += Number(n) * (UNITS[unit] ?? 0);
  return total;
}

/** Formats ms as the shortest equivalent duration: 5,400,000 becomes `1h30m`. */
export function durationText(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, width] of Object.entries(UNITS).toReversed()) {
    const n = Math.floor(rest / width);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * width;
  }
  return text === '' ? '0s' : text;
}
