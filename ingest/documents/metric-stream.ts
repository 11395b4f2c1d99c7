/** Periods of metrics as CloudWatch metric streams write them in JSON: one object for each metric and minute. */
import type { MetricStatistics } from '../records/metric.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import { isEpochMs, MINUTE_MS } from '../records/time.ts';
import { parsedMember, statesMoreThan } from '../text/json-members.ts';
import type { Json } from './json.ts';
import { isObject, textAt } from './json.ts';
import { MOST_DIMENSIONS, metricDimensions, metricName, metricUnit } from './metric-text.ts';

/** Metric streams name themselves in each object. */
export function looksLikeMetric(value: Json): boolean {
  return value['metric_stream_name'] !== undefined;
}

/** The statistics of a period, as a format states them. */
export interface StatedStatistics {
  readonly count: unknown;
  readonly sum: unknown;
  readonly min: unknown;
  readonly max: unknown;
}

type Figures = Pick<MetricStatistics, 'count' | 'sum' | 'min' | 'max'>;
type FigureProblem = 'metric-without-value' | 'metric-value-impossible';
type Percentiles = MetricStatistics['percentiles'];

/**
 * Checks figures that a metric cannot have. The minimum may be 0 beside a larger sum: EBS reports minimum and maximum so.
 */
export function readFigures({ count, sum, min, max }: StatedStatistics): Figures | FigureProblem {
  if (typeof count !== 'number' || typeof sum !== 'number') return 'metric-without-value';
  const [least, most] = [statistic(min), statistic(max)];
  const isPossible = Number.isFinite(count) && count >= 0 && Number.isFinite(sum) && (count > 0 || sum === 0);
  if (!isPossible || least === undefined || most === undefined) return 'metric-value-impossible';
  if (least !== null && most !== null && least > most) return 'metric-value-impossible';
  return { count, sum, min: least, max: most };
}

/** Null if it is absent, undefined if it is no number. */
function statistic(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * Reads one object of a metric stream. `text` is what it was parsed from, or "" if that is not known. `isPart`: not all of the text was
 * parsed; names of dimensions and percentiles are then read from it.
 */
export function readMetric(record: Json, text = '', isPart = false): DocumentResult {
  const whole = (name: string): unknown => (isPart ? parsedMember(text, name) : record[name]);
  const [namespace, name] = [metricName(record['namespace']), metricName(record['metric_name'])];
  if (namespace === null || name === null) return { ok: false, reason: 'metric-without-name' };
  const unit = metricUnit(record['unit']);
  if (unit === undefined) return { ok: false, reason: 'metric-without-name' };
  const startMs = record['timestamp'];
  if (typeof startMs !== 'number' || !Number.isInteger(startMs) || !isEpochMs(startMs))
    return { ok: false, reason: 'metric-without-time' };
  const value = record['value'];
  if (!isObject(value)) return { ok: false, reason: 'metric-without-value' };
  const figures = readFigures({ count: value['count'], sum: value['sum'], min: value['min'], max: value['max'] });
  if (typeof figures === 'string') return { ok: false, reason: figures };
  const further = statesMoreThan(MOST_STATISTICS, text, 'value') ? null : readPercentiles(whole('value'));
  if (further === null) return { ok: false, reason: 'metric-value-impossible' };
  const dimensions = statesMoreThan(MOST_DIMENSIONS, text, 'dimensions') ? null : dimensionsOf(whole('dimensions'));
  if (dimensions === null) return { ok: false, reason: 'metric-dimensions-unreadable' };
  const metric: MetricStatistics = {
    kind: 'metric-statistics',
    source: 'stream',
    account: textAt(record, 'account_id'),
    region: textAt(record, 'region'),
    namespace,
    name,
    unit,
    dimensions,
    startMs,
    periodMs: MINUTE_MS,
    ...figures,
    percentiles: further.percentiles,
  };
  return further.isWhole
    ? { ok: true, records: [metric] }
    : { ok: true, records: [metric], ignored: 'metric-statistic' };
}

const PERCENTILE = /^p(\d{1,3}(?:\.\d{1,10})?)$/;
/** A stream sends at most 20 additional statistics (MetricStreamStatisticsConfiguration). */
const MOST_STATISTICS = 100;

const FIGURES: ReadonlySet<string> = new Set(['count', 'sum', 'min', 'max']);

/** Null if a percentile is no number. `isWhole`: there are no other statistics, such as trimmed means. */
function readPercentiles(stated: unknown): { readonly percentiles: Percentiles; readonly isWhole: boolean } | null {
  const found: (readonly [percent: number, value: number])[] = [];
  let [members, others] = [0, 0];
  const value: Json = isObject(stated) ? stated : {};
  for (const key in value) {
    members += 1;
    if (members > MOST_STATISTICS) return null;
    if (FIGURES.has(key)) continue;
    const percent = Number(PERCENTILE.exec(key)?.[1] ?? Number.NaN);
    const statistic = value[key];
    if (!(percent <= 100)) others += 1;
    else if (typeof statistic === 'number' && Number.isFinite(statistic)) found.push([percent, statistic]);
    else return null;
  }
  return { percentiles: found.length === 0 ? null : found.toSorted(([a], [b]) => a - b), isWhole: others === 0 };
}

/** A metric without dimensions has an empty object. */
function dimensionsOf(value: unknown): MetricStatistics['dimensions'] | null {
  if (value === undefined || value === null) return [];
  return isObject(value) ? metricDimensions(Object.entries(value)) : null;
}
