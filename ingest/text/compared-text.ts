/** Words of comparisons: names of the compared metrics, their values, and changes. Pages, reports and the command line share them. */
import { DASH, duration, percent, usd } from './quantities.ts';

/** Unit of a compared metric; the change of a ratio is in percentage points, others are relative. */
export type ComparedUnit = 'ms' | 'ratio' | 'USD';

export const COMPARED_NAMES = {
  p50: 'Duration p50',
  p95: 'Duration p95',
  p99: 'Duration p99',
  initP50: 'Init p50',
  errorRate: 'Error rate',
  coldStartRate: 'Cold-start rate',
  costPer1k: 'Cost per 1,000',
} as const;

export function comparedValue(value: number | null, unit: ComparedUnit): string {
  return unit === 'ms' ? duration(value) : unit === 'USD' ? usd(value) : percent(value);
}

/** With its sign: `+12 %`; of ratios `−3.4 points`. */
export function comparedChange(change: number | null, unit: ComparedUnit): string {
  if (change === null) return DASH;
  const sign = change > 0 ? '+' : change < 0 ? '−' : '';
  const size = percent(Math.abs(change));
  return `${sign}${unit === 'ratio' ? size.replace('%', 'points') : size}`;
}
