/** Names, units and dimensions of metrics, within the limits of CloudWatch: anyone may have written them. */
import type { Dimensions } from '../records/metric.ts';
import { compareText } from '../text/compare-text.ts';
import { plain } from '../text/printable.ts';

/** Dimensions of one metric that CloudWatch allows (PutMetricData, MetricDatum). */
export const MOST_DIMENSIONS = 30;
const NAME_CHARS = 255;
const VALUE_CHARS = 1024;
/** The longest unit of CloudWatch is `Kilobytes/Second`. */
const UNIT_CHARS = 32;

/** The name of a metric, of its namespace or of a dimension; null if CloudWatch can have none like it. */
export function metricName(value: unknown): string | null {
  return textOf(value, NAME_CHARS);
}

/** Null if there is none, undefined if it cannot be read. */
export function metricUnit(value: unknown): string | null | undefined {
  return value === undefined || value === null ? null : (textOf(value, UNIT_CHARS) ?? undefined);
}

/** Dimensions by name; null if CloudWatch can have none like them. */
export function metricDimensions(pairs: readonly (readonly [name: unknown, value: unknown])[]): Dimensions | null {
  if (pairs.length > MOST_DIMENSIONS) return null;
  const read: (readonly [string, string])[] = [];
  for (const [name, value] of pairs) {
    const [own, text] = [metricName(name), textOf(value, VALUE_CHARS)];
    if (own === null || text === null) return null;
    read.push([own, text]);
  }
  const sorted = read.length > 1 ? read.toSorted(([a], [b]) => compareText(a, b)) : read;
  return sorted.some(([name], at) => at > 0 && name === sorted[at - 1]?.[0]) ? null : sorted;
}

/** Not empty, not longer, and without characters that nobody sees. */
function textOf(value: unknown, chars: number): string | null {
  if (typeof value !== 'string' || value === '' || value.length > chars) return null;
  return USUAL.test(value) || (value.isWellFormed() && plain(value) === value) ? value : null;
}

/** Printable ASCII, which nearly all names are. */
const USUAL = /^[ -~]*$/;
