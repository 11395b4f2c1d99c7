/** The time range as the URL holds it: relative (`now-24h`) or absolute (ISO). */

export interface Range {
  readonly from: string;
  readonly to: string;
  /** Relative ranges move with the clock and can refresh. */
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

export function rangeOf(query: URLSearchParams): Range {
  const from = query.get('from') ?? 'now-24h';
  const to = query.get('to') ?? 'now';
  return { from, to, relative: to.startsWith('now') };
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Epoch ms of either form; now where it cannot be read (the server says what is wrong with it). */
export function toMs(text: string, nowMs: number): number {
  const relative = /^now(?:([+-])(\d+)([smhdw]))?$/.exec(text);
  if (relative !== null) {
    if (relative[1] === undefined) return nowMs;
    return nowMs + (relative[1] === '-' ? -1 : 1) * Number(relative[2]) * (UNITS[relative[3] ?? ''] ?? 0);
  }
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) ? ms : nowMs;
}

/** The range moved by half its length, as absolute times. */
export function shifted(range: Range, direction: -1 | 1, nowMs: number): { from: string; to: string } {
  const fromMs = toMs(range.from, nowMs);
  const toMsValue = toMs(range.to, nowMs);
  const step = ((toMsValue - fromMs) / 2) * direction;
  return { from: new Date(fromMs + step).toISOString(), to: new Date(toMsValue + step).toISOString() };
}

export function labelOf(range: Range): string {
  const preset = PRESETS.find(([from]) => from === range.from && range.to === 'now');
  const short = (text: string): string => text.replace('T', ' ').replace(/(\d\d:\d\d):[\d.]+Z$/, '$1');
  return preset?.[1] ?? `${short(range.from)} – ${short(range.to)}`;
}
