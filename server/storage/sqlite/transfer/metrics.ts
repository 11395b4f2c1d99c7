/** Reads series of metrics with their points, and with sums of printed values. */
import type Database from 'better-sqlite3';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { DETAIL_DAY } from '../../enums.ts';
import { METRIC_LEVELS } from '../../metrics/levels.ts';
import { metricDimensions, parseStored } from '../../stored-json.ts';
import type { MovedMetric, MovedMetricDays, MovedMetricLines, MovedMetricRow } from '../../transfer/history.ts';

interface SeriesRow extends Omit<MovedMetric, 'dimensions' | 'rows'> {
  readonly id: number;
  readonly dimensions: string;
}

/** Returns series by series. Hours stand for the times whose points or five minutes retention has deleted. */
export function* metricsOf(db: Database.Database): Generator<MovedMetric> {
  const series = db.prepare<[], SeriesRow>(SERIES).all();
  const points = db.prepare<[number], MovedMetricRow>(POINTS);
  const buckets = db.prepare<[number], Omit<MovedMetricRow, 'sketch'> & { readonly sketch: Uint8Array | null }>(
    BUCKETS,
  );
  const hours = {
    cloudwatch: db.prepare<[number], BucketRow>(hoursWithout('metric_point', 'start_ms')),
    emf: db.prepare<[number], BucketRow>(hoursWithout('metric_5m', 'bucket')),
  };
  for (const { id, dimensions, ...row } of series) {
    const parsed = parseStored(metricDimensions, dimensions, `metric_series ${id}`);
    if (parsed === null) continue;
    const own = row.source === 'cloudwatch' ? points.all(id) : buckets.all(id).map(withBins);
    yield { ...row, dimensions: parsed, rows: [...hours[row.source].all(id).map(withBins), ...own] };
  }
}

type BucketRow = Omit<MovedMetricRow, 'sketch'> & { readonly sketch: Uint8Array | null };

function withBins({ sketch, ...row }: BucketRow): MovedMetricRow {
  return { ...row, sketch: sketch === null ? null : Sketch.decode(sketch).bins() };
}

const SERIES = `SELECT s.id, source, function.name AS functionName, iif(function.id IS NULL, s.account, function.account) AS account,
  iif(function.id IS NULL, s.region, function.region) AS region, namespace, s.name, unit, dimensions,
  s.first_ms AS firstMs, s.last_ms AS lastMs
  FROM metric_series AS s LEFT JOIN function ON function.id = s.function_id ORDER BY s.id`;

const POINTS = `SELECT start_ms AS atMs, period_ms AS widthMs, origin, count, sum, min, max, percentiles, NULL AS sketch
  FROM metric_point WHERE series_id = ?`;

const COLUMNS = "'stream' AS origin, count, sum, min, max, NULL AS percentiles, sketch";

const BUCKETS = `SELECT bucket AS atMs, ${METRIC_LEVELS[0].widthMs} AS widthMs, ${COLUMNS} FROM metric_5m WHERE series_id = ?`;

function hoursWithout(table: string, time: string): string {
  return `SELECT bucket AS atMs, ${HOUR_MS} AS widthMs, ${COLUMNS} FROM metric_1h AS hour WHERE series_id = ? AND NOT EXISTS (
    SELECT 1 FROM ${table} AS row WHERE row.series_id = hour.series_id AND row.${time} >= hour.bucket
      AND row.${time} < hour.bucket + ${HOUR_MS})`;
}

/** Lines of one part. */
const LINES = 5000;

interface LineRow {
  readonly atMs: number;
  readonly identity: string;
}

/** Returns identities of lines whose values are in sums, function by function. */
export function* metricLinesOf(db: Database.Database): Generator<MovedMetricLines> {
  const functions = db.prepare<[], Omit<MovedMetricLines, 'lines'> & { readonly id: number }>(LINE_FUNCTIONS).all();
  const after = db.prepare<[number, number, number, string], LineRow>(LINES_AFTER);
  for (const { id, ...named } of functions) {
    for (let last: LineRow | undefined = { atMs: Number.MIN_SAFE_INTEGER, identity: '' }; last !== undefined; ) {
      const lines: readonly LineRow[] = after.all(id, last.atMs, last.atMs, last.identity);
      if (lines.length > 0) yield { ...named, lines };
      last = lines.length < LINES ? undefined : lines.at(-1);
    }
  }
}

const LINE_FUNCTIONS = `SELECT DISTINCT event.function_id AS id, iif(function.id IS NULL, '', function.account) AS account,
  iif(function.id IS NULL, '', function.region) AS region, function.name AS functionName
  FROM metric_event AS event LEFT JOIN function ON function.id = event.function_id ORDER BY 1`;

const LINES_AFTER = `SELECT at_ms AS atMs, lower(hex(identity)) AS identity FROM metric_event
  WHERE function_id = ? AND (at_ms > ? OR (at_ms = ? AND identity > unhex(?))) ORDER BY at_ms, metric_event.identity LIMIT ${LINES}`;

/** Returns the days whose points and lines retention has deleted, or begun to delete, function by function. */
export function* metricDaysOf(db: Database.Database): Generator<MovedMetricDays> {
  const days = db
    .prepare<[number], number>(`SELECT day FROM kept_day WHERE ${EXPIRED_METRICS} AND scope = ? ORDER BY day`)
    .pluck();
  const functions = db.prepare<[], Omit<MovedMetricDays, 'days'> & { readonly id: number }>(EXPIRED_FUNCTIONS).all();
  for (const { id, ...named } of functions) yield { ...named, days: days.all(id) };
}

const EXPIRED_METRICS = `kind = 'metrics' AND dropped IN (${DETAIL_DAY.expired}, ${DETAIL_DAY.expiring})`;

const EXPIRED_FUNCTIONS = `SELECT DISTINCT scope AS id, iif(function.id IS NULL, '', function.account) AS account,
  iif(function.id IS NULL, '', function.region) AS region, function.name AS functionName
  FROM kept_day LEFT JOIN function ON function.id = kept_day.scope WHERE ${EXPIRED_METRICS} ORDER BY 1`;
