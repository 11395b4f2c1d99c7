/** Reads a time range as people write it. Loaded when the field for it is first used. */

import type { ParsedResult } from 'chrono-node/en';
import { casual } from 'chrono-node/en';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseIsoTime, parseTime, WEEK_MS } from '../../ingest/records/time.ts';
import { t } from '../i18n/translate.ts';
import type { Zone } from './zone.ts';
import { fromZoned, zoneOffsetMs } from './zone.ts';

/** Parameters of the URL, or why the text is not understood. */
export type ReadRange =
  | { readonly ok: true; readonly from: string; readonly to: string }
  | { readonly ok: false; readonly reason: string };

export const UNDERSTOOD = '3h, yesterday, last monday 9:00–12:00, nov 3 to nov 5, 2026-11-20, 2026-11-20T09:00/12:00';

/** The range that a text means at `nowMs`. Days and clock times are those of `zone`. */
export function readRange(text: string, zone: Zone, nowMs: number): ReadRange {
  const given = text.trim().replaceAll(/\s+/g, ' ');
  const range =
    relativeRange(given) ??
    isoRange(given, zone) ??
    calendarRange(given, zone, nowMs) ??
    spokenRange(given, zone, nowMs);
  if (range === null)
    return {
      ok: false,
      reason: t('“{text}” is not understood. What is: {examples}.', { text: given, examples: UNDERSTOOD }),
    };
  const [fromMs, endMs] = [parseTime(range.from, nowMs), parseTime(range.to, nowMs)];
  if (fromMs === null || endMs === null || fromMs >= endMs)
    return { ok: false, reason: t('“{text}” would end before it begins.', { text: given }) };
  if (fromMs >= nowMs) return { ok: false, reason: t('“{text}” has not begun yet.', { text: given }) };
  return { ok: true, ...range };
}

interface Ends {
  readonly from: string;
  readonly to: string;
}

type ParsedComponents = ParsedResult['start'];

const ends = (fromMs: number, endMs: number): Ends => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(endMs).toISOString(),
});

const AMOUNT =
  /^(?:(?:the )?(?:last|past) )?(\d{1,6}) ?(s|m|h|d|w|sec|min|hr|secs|mins|hrs|seconds?|minutes?|hours?|days?|weeks?)$/i;
const RELATIVE = /^now(?:[+-]\d{1,6}[smhdw])?$/;
/** Between two ends: `to`, a dash or a slash, which `now-1h` and days have within. */
const BETWEEN = / ?(?: to | until |\/|–|—| - ) ?/;

/** `3h`, `last 2 days`, `now-7d to now-1d`. */
function relativeRange(text: string): Ends | null {
  const [, n, unit = ''] = AMOUNT.exec(text) ?? [];
  if (n !== undefined) return { from: `now-${Number(n)}${unit.slice(0, 1).toLowerCase()}`, to: 'now' };
  const [from = '', to = 'now', ...more] = text.toLowerCase().split(BETWEEN);
  return from !== 'now' && RELATIVE.test(from) && RELATIVE.test(to) && more.length === 0 ? { from, to } : null;
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const CLOCK = /^\d\d:\d\d(?::\d\d)?$/;
const HAS_ZONE = /(?:z|[+-]\d\d:?\d\d)$/i;

/** Two times of ISO 8601, or one day. The second may be a clock time of the first one's day. */
function isoRange(text: string, zone: Zone): Ends | null {
  const [first = '', second, ...more] = text.split(BETWEEN);
  if (more.length > 0) return null;
  const fromMs = isoMs(first, zone);
  if (fromMs === null) return null;
  if (second === undefined) return DATE.test(first) ? ends(fromMs, dayAfter(fromMs, zone)) : null;
  const endMs = isoMs(CLOCK.test(second) ? `${first.slice(0, 10)}T${second}` : second, zone);
  return endMs === null ? null : ends(fromMs, endMs);
}

/** Without a zone of its own the time is one of the clocks of `zone`. */
function isoMs(text: string, zone: Zone): number | null {
  const ms = parseIsoTime(text);
  if (ms === null) return null;
  return HAS_ZONE.test(text) && !DATE.test(text) ? ms : fromZoned(ms, zone);
}

/** The end of the zone's day that holds this time. */
function dayAfter(ms: number, zone: Zone): number {
  const clockMs = ms + zoneOffsetMs(ms, zone);
  return fromZoned((Math.floor(clockMs / DAY_MS) + 1) * DAY_MS, zone);
}

/** 1 January 1970 was a Thursday: weeks begin three days before it. */
const MONDAY_MS = 3 * DAY_MS;

/** `today`, `yesterday`, `this week`, `last month`: whole days, weeks from Monday, months and years of the calendar. */
function calendarRange(text: string, zone: Zone, nowMs: number): Ends | null {
  const clockMs = nowMs + zoneOffsetMs(nowMs, zone);
  const today = Math.floor(clockMs / DAY_MS) * DAY_MS;
  const week = Math.floor((today + MONDAY_MS) / WEEK_MS) * WEEK_MS - MONDAY_MS;
  const [year, month] = [new Date(clockMs).getUTCFullYear(), new Date(clockMs).getUTCMonth()];
  const until = (startMs: number, endMs: number): Ends =>
    ends(fromZoned(startMs, zone), Math.min(fromZoned(endMs, zone), nowMs));
  switch (text.toLowerCase()) {
    case 'today':
      return until(today, today + DAY_MS);
    case 'yesterday':
      return until(today - DAY_MS, today);
    case 'this week':
      return until(week, week + WEEK_MS);
    case 'last week':
      return until(week - WEEK_MS, week);
    case 'this month':
      return until(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
    case 'last month':
      return until(Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1));
    case 'this year':
      return until(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
    default:
      return null;
  }
}

/** Days and clock times in English. Text that is understood in part only is refused: it could mean something else. */
function spokenRange(text: string, zone: Zone, nowMs: number): Ends | null {
  const [, since, rest = text] = /^(?:(since)|from|on) (.*)$/i.exec(text) ?? [];
  const reference = { instant: new Date(nowMs), timezone: zoneOffsetMs(nowMs, zone) / MINUTE_MS };
  const [found, ...more] = casual.parse(rest, reference);
  if (found === undefined || more.length > 0 || found.text.length !== rest.length) return null;
  const fromMs = msOf(found.start, zone);
  const openEnd = since !== undefined || / ago$/i.test(rest);
  const endMs = openEnd ? nowMs : found.end ? exactEnd(found.end, zone) : endOf(found.start, zone);
  const backMs = openEnd ? 0 : stepBack(found.start, fromMs, nowMs, zone);
  return ends(fromMs - backMs, endMs - backMs);
}

/** Where only a day is named, its midnight. */
function msOf(components: ParsedComponents, zone: Zone): number {
  const get = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'): number => components.get(name) ?? 0;
  const hasClock = components.isCertain('hour');
  const clock = hasClock ? ([get('hour'), get('minute'), get('second')] as const) : ([0, 0, 0] as const);
  const clockMs = Date.UTC(get('year'), get('month') - 1, get('day'), ...clock);
  const offset = components.isCertain('timezoneOffset') ? components.get('timezoneOffset') : null;
  return offset === null ? fromZoned(clockMs, zone) : clockMs - offset * MINUTE_MS;
}

/** A named end is itself, a day is named with all of its hours. */
function exactEnd(components: ParsedComponents, zone: Zone): number {
  return components.isCertain('hour') ? msOf(components, zone) : endOf(components, zone);
}

/** The end of what one time names: an hour from a clock time on, the whole day, or the whole month. */
function endOf(components: ParsedComponents, zone: Zone): number {
  const fromMs = msOf(components, zone);
  if (components.isCertain('hour')) return fromMs + HOUR_MS;
  const isDay = components.isCertain('day') || components.isCertain('weekday');
  if (isDay || !components.isCertain('month')) return dayAfter(fromMs, zone);
  return fromZoned(Date.UTC(components.get('year') ?? 0, components.get('month') ?? 0, 1), zone);
}

/** Telemetry is of the past: a weekday, a month or a clock time that is yet to come means the one before. */
function stepBack(components: ParsedComponents, fromMs: number, nowMs: number, zone: Zone): number {
  if (fromMs < nowMs) return 0;
  if (components.isCertain('weekday') && !components.isCertain('day')) return WEEK_MS;
  if (components.isCertain('month') && !components.isCertain('year')) {
    const before = new Date(fromMs + zoneOffsetMs(fromMs, zone));
    before.setUTCFullYear(before.getUTCFullYear() - 1);
    return fromMs - fromZoned(before.getTime(), zone);
  }
  return components.isCertain('day') ? 0 : DAY_MS;
}
