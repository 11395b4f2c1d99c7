/** The time range and the refresh interval, as the URL holds them: relative (`now-24h`) or absolute (ISO 8601) times. */
import { parseTime } from '../../ingest/records/time.ts';

export interface Range {
  readonly from: string;
  readonly to: string;
  /** The end moves with the clock: the data changes, so it can be refreshed. */
  readonly relative: boolean;
}

export const PRESETS: readonly (readonly [from: string, label: string])[] = [
  ['now-1h', 'Last hour'],
  ['now-6h', 'Last 6 hours'],
  ['now-24h', 'Last 24 hours'],
  ['now-3d', 'Last 3 days'],
  ['now-7d', 'Last 7 days'],
  ['now-30d', 'Last 30 days'],
  ['now-90d', 'Last 90 days'],
  ['now-365d', 'Last year'],
];

export const REFRESH_INTERVALS: readonly (readonly [value: string, label: string, ms: number])[] = [
  ['', 'Off', 0],
  ['10s', '10 s', 10_000],
  ['30s', '30 s', 30_000],
  ['1m', '1 min', 60_000],
];

/** The time range of a URL's query; the last 24 hours where it has none. */
export function rangeOf(query: URLSearchParams): Range {
  const from = query.get('from') ?? 'now-24h';
  const to = query.get('to') ?? 'now';
  return { from, to, relative: to.startsWith('now') };
}

/** The refresh interval of a URL's query, in ms; 0 is off. */
export function refreshMsOf(query: URLSearchParams): number {
  return REFRESH_INTERVALS.find(([value]) => value === query.get('refresh'))?.[2] ?? 0;
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

/** The range for people: the preset's label, or both ends. */
export function rangeLabel(range: Range): string {
  const preset = PRESETS.find(([from]) => from === range.from && range.to === 'now');
  const short = (text: string): string => text.replace('T', ' ').replace(/(\d\d:\d\d):[\d.]+Z$/, '$1');
  return preset?.[1] ?? `${short(range.from)} – ${short(range.to)}`;
}
