/** The time range and the refresh interval, as the URL holds them: relative (`now-24h`) or absolute (ISO 8601) times. */

import { DAY_MS, HOUR_MS, MINUTE_MS, parseTime, SECOND_MS } from '../../ingest/records/time.ts';
import type { Message } from '../i18n/translate.ts';
import { message, translated } from '../i18n/translate.ts';
import type { Zone } from './zone.ts';
import { zoneOffsetMs } from './zone.ts';

export interface Range {
  readonly from: string;
  readonly to: string;
  /** The end moves with the clock: the data changes, so it can be refreshed. */
  readonly relative: boolean;
}

/** Starts of ranges that end now, which the time control offers. */
export const PRESETS: readonly string[] = [
  'now-1h',
  'now-6h',
  'now-24h',
  'now-3d',
  'now-7d',
  'now-30d',
  'now-90d',
  'now-365d',
];

/** By the unit of the start. */
const LAST: Readonly<Record<string, Message>> = {
  m: message('Last {n, plural, one {minute} other {# minutes}}'),
  h: message('Last {n, plural, one {hour} other {# hours}}'),
  d: message('Last {n, plural, one {day} =365 {year} other {# days}}'),
  w: message('Last {n, plural, one {week} other {# weeks}}'),
};

export const REFRESH_INTERVALS: readonly (readonly [value: string, ms: number])[] = [
  ['', 0],
  ['10s', 10_000],
  ['30s', 30_000],
  ['1m', MINUTE_MS],
];

/** The time range of a URL's query; the last 24 hours where it has none. */
export function rangeOf(query: URLSearchParams): Range {
  const from = query.get('from') ?? 'now-24h';
  const to = query.get('to') ?? 'now';
  return { from, to, relative: to.startsWith('now') };
}

/** The refresh interval of a URL's query, in ms; 0 is off. */
export function refreshMsOf(query: URLSearchParams): number {
  return REFRESH_INTERVALS.find(([value]) => value === query.get('refresh'))?.[1] ?? 0;
}

/** Converts a relative or absolute time to epoch ms. Returns `nowMs` for text that is neither: the API reports it. */
export function toMs(text: string, nowMs: number): number {
  return parseTime(text, nowMs) ?? nowMs;
}

/** The range shifted by half its length, as absolute times. */
export function shifted(range: Range, direction: -1 | 1, nowMs: number): { from: string; to: string } {
  const fromMs = toMs(range.from, nowMs);
  const endMs = toMs(range.to, nowMs);
  const stepMs = ((endMs - fromMs) / 2) * direction;
  return { from: new Date(fromMs + stepMs).toISOString(), to: new Date(endMs + stepMs).toISOString() };
}

/** The range made twice as long around its middle. It does not reach beyond now unless it did before. */
export function zoomedOut(range: Range, nowMs: number): { from: string; to: string } {
  const fromMs = toMs(range.from, nowMs);
  const endMs = toMs(range.to, nowMs);
  const halfMs = (endMs - fromMs) / 2;
  const to = Math.min(endMs + halfMs, Math.max(nowMs, endMs));
  return { from: new Date(to - 4 * halfMs).toISOString(), to: new Date(to).toISOString() };
}

/** Both ends of a range in epoch ms. */
export function boundsOf(range: Range, nowMs: number): { readonly fromMs: number; readonly endMs: number } {
  return { fromMs: toMs(range.from, nowMs), endMs: toMs(range.to, nowMs) };
}

const UNITS = [
  [DAY_MS, message('{n} d')],
  [HOUR_MS, message('{n} h')],
  [MINUTE_MS, message('{n} min')],
  [SECOND_MS, message('{n} s')],
] as const;

/** A length of time exactly, in whole units: `24 h`, `1 h 30 min`, `7 d`. Days are used from three days on. */
export function lengthText(ms: number): string {
  let rest = Math.round(ms / SECOND_MS) * SECOND_MS;
  const parts: string[] = [];
  for (const [unitMs, text] of UNITS) {
    if (unitMs === DAY_MS && ms < 3 * DAY_MS) continue;
    const n = Math.floor(rest / unitMs);
    rest -= n * unitMs;
    if (n > 0) parts.push(translated(text, { n: String(n) }));
  }
  return parts.length === 0 ? translated(UNITS[3][1], { n: '0' }) : parts.join(' ');
}

/** `2026-11-21 03:04`, with seconds where they are not zero, as the zone's clocks show it. */
export function clockText(ms: number, zone: Zone): string {
  const text = new Date(ms + zoneOffsetMs(ms, zone)).toISOString();
  const seconds = text.slice(16, 19);
  return `${text.slice(0, 10)} ${text.slice(11, 16)}${seconds === ':00' ? '' : seconds}`;
}

/** `Last 12 hours` of a range that ends now; null of others. */
export function lastText({ from, to }: Range): string | null {
  const [, n, unit = ''] = /^now-(\d+)([mhdw])$/.exec(from) ?? [];
  const text = LAST[unit];
  return to !== 'now' || text === undefined ? null : translated(text, { n: Number(n) });
}

/**
 * That many days up to the end of the page's range, for answers that need days of data whatever the range: 14 for a recommended memory
 * size, 7 for keep-alive.
 */
export function daysUntilEnd(query: URLSearchParams, days: number): { readonly from: string; readonly to: string } {
  const { to } = rangeOf(query);
  // Rounded to the hour: a request that differs at each render would be sent without end.
  const toHourMs = Math.floor(toMs(to, Date.now()) / HOUR_MS) * HOUR_MS;
  return { from: to === 'now' ? `now-${days}d` : String(toHourMs - days * DAY_MS), to };
}

/** The range for people: `Last 12 hours`, or both ends as the zone's clocks show them. */
export function rangeLabel(range: Range, zone: Zone): string {
  const last = lastText(range);
  if (last !== null) return last;
  const end = (text: string): string => {
    const ms = parseTime(text, 0);
    return text.startsWith('now') || ms === null ? text : clockText(ms, zone);
  };
  const [from, to] = [end(range.from), end(range.to)];
  // The same day is named once.
  return from.length > 11 && to.startsWith(from.slice(0, 11)) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`;
}
