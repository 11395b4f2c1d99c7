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

/** A day, and perhaps a time, of ISO 8601, with the letters in either case, `T` or a blank, and a fraction of any length. */
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/**
 * Epoch ms of a time in ISO 8601; without a zone it is UTC. Digits after milliseconds are cut, and a leap second (`:60`) is the
 * second after it. Returns null if no such time exists: 30 February, 24:01, an offset of a day.
 */
export function parseIsoTime(text: string): number | null {
  const match = ISO_TIME.exec(text);
  if (match === null) return null;
  const [, day = '', clock = '00:00', second = '00', fraction = '', zone = 'Z'] = match;
  // Date.parse takes 30 February for 2 March.
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  if (!Number.isFinite(dayMs) || !iso(dayMs).startsWith(day)) return null;
  const isLeap = second === '60' && clock.endsWith(':59');
  const digits = isLeap ? '59' : second;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${day}T${clock}:${digits}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  return Number.isFinite(ms) ? ms + (isLeap ? SECOND_MS : 0) : null;
}

const RFC_3339 = /:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Epoch ms of a time that names its zone, as RFC 3339 demands. Returns null for anything else. */
export function parseRfc3339(text: string): number | null {
  return RFC_3339.test(text) ? parseIsoTime(text) : null;
}

/** Parses epoch ms (`1700000000000`), ISO 8601, `now` or `now-24h` into epoch ms. Returns null for anything else. */
export function parseTime(text: string, nowMs: number): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const relative = /^now(?:([+-])(\d{1,6})([smhdw]))?$/.exec(text);
  if (relative === null) return parseIsoTime(text);
  const [, sign, amount, unit] = relative;
  if (sign === undefined) return nowMs;
  return nowMs + (sign === '-' ? -1 : 1) * Number(amount) * (UNITS[unit ?? ''] ?? 0);
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
