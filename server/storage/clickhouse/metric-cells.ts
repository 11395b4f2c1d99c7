/** Sums of metrics by series and bucket, computed from points and printed values, or from the hours that took their place. */

/**
 * SELECT of the sums of printed values: each line once, whatever brought it, and not beside sums of a transfer that hold it; of sums that
 * come again, the newest. `where`: on `function_id`, and on `series_id`; bound: `width`, `fromMs` and `toMs`.
 */
export function valueCells(where: CellFilter, withSketches: boolean): string {
  return `SELECT function_id AS functionId, series_id AS seriesId, intDiv(at_ms, {width:Int64}) * {width:Int64} AS bucket,
      sum(v.count) AS count, sum(v.sum) AS sum, min(v.min) AS min, max(v.max) AS max ${withSketches ? ', sumMap(v.sketch) AS bins' : ''}
    FROM (SELECT function_id, series_id, at_ms, identity, argMax(f.count, received_ms) AS count, argMax(f.sum, received_ms) AS sum,
        argMax(f.min, received_ms) AS min, argMax(f.max, received_ms) AS max
        ${withSketches ? ', argMax(f.sketch, received_ms) AS sketch' : ''}
      FROM metric_value AS f WHERE ${where.functions} AND ${where.series}
        AND at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} AND (function_id, at_ms, identity) NOT IN (
          SELECT function_id, at_ms, identity FROM moved_metric_line
          WHERE ${where.functions} AND at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64})
      GROUP BY function_id, series_id, at_ms, identity) AS v
    GROUP BY function_id, series_id, bucket`;
}

/** Conditions on the rows of a table. */
export interface CellFilter {
  readonly functions: string;
  readonly series: string;
}

/**
 * SELECT of the sums of points: the newest of a repeated point. Of points of several periods in one bucket, those that cover the most time are
 * counted: five minutes at the finest, an hour in wider buckets. Bound as in {@link valueCells}.
 */
export function pointCells(where: CellFilter): string {
  return `SELECT functionId, seriesId, bucket, count, sum, min, max FROM (
    SELECT function_id AS functionId, series_id AS seriesId, intDiv(start_ms, {width:Int64}) * {width:Int64} AS bucket, period_ms,
      sum(p.count) AS count, sum(p.sum) AS sum,
      if(countIf(p.count > 0 AND p.min IS NULL) = 0, minIf(p.min, p.count > 0), NULL) AS min,
      if(countIf(p.count > 0 AND p.max IS NULL) = 0, maxIf(p.max, p.count > 0), NULL) AS max,
      count() * period_ms AS covered
    FROM (SELECT function_id, series_id, start_ms, period_ms, argMax(f.count, stored_ms) AS count, argMax(f.sum, stored_ms) AS sum,
        argMax(tuple(f.min), stored_ms).1 AS min, argMax(tuple(f.max), stored_ms).1 AS max
      FROM metric_point AS f WHERE ${where.functions} AND ${where.series}
        AND start_ms >= {fromMs:Int64} AND start_ms < {toMs:Int64}
      GROUP BY function_id, series_id, start_ms, period_ms) AS p
    GROUP BY function_id, series_id, bucket, period_ms
    ORDER BY covered DESC, period_ms LIMIT 1 BY functionId, seriesId, bucket)`;
}

/** `cells` of hours, and of each hour that is stored as a row of its own that row instead. */
export function orHours(cells: string, where: CellFilter, withSketches: boolean): string {
  const bins = withSketches ? ', bins' : '';
  return `SELECT functionId, seriesId, bucket, count, sum, min, max ${bins} FROM (
      SELECT 0 AS isHour, functionId, seriesId, bucket, count, sum, CAST(min, 'Nullable(Float64)') AS min,
        CAST(max, 'Nullable(Float64)') AS max ${bins} FROM (${cells})
      UNION ALL SELECT 1 AS isHour, function_id AS functionId, series_id AS seriesId, h.bucket AS bucket, argMax(h.count, stored_ms) AS count,
        argMax(h.sum, stored_ms) AS sum, argMax(tuple(h.min), stored_ms).1 AS min, argMax(tuple(h.max), stored_ms).1 AS max
        ${withSketches ? ', argMax(h.sketch, stored_ms) AS bins' : ''}
      FROM metric_hour AS h WHERE ${where.functions} AND ${where.series} AND h.bucket >= {fromMs:Int64} AND h.bucket < {toMs:Int64}
      GROUP BY function_id, series_id, h.bucket)
    ORDER BY isHour DESC LIMIT 1 BY functionId, seriesId, bucket`;
}
