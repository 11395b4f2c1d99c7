/** Tables `metric_*`: points of CloudWatch, and values of lines in the embedded metric format. */
import type Database from 'better-sqlite3';
import type { EmbeddedMetrics, MetricStatistics } from '../../../../ingest/records/metric.ts';
import { functionOfMetric } from '../../../../ingest/records/metric-function.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { pointProblem, storableValues } from '../../metrics/admission.ts';
import { seriesOfPoint, seriesOfValues } from '../../metrics/identity.ts';
import type { MetricLimits } from '../../metrics/quota.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { MetricRollups } from './metric-rollups.ts';
import { MetricSeriesTable } from './metric-series.ts';

export class Metrics {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #series: MetricSeriesTable;
  readonly #rollups: MetricRollups;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex, limits: MetricLimits) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#series = new MetricSeriesTable(db, limits);
    this.#rollups = new MetricRollups(db);
    this.#sql = prepare(db);
  }

  /** Returns the number of changed rows; null if the points of the day were deleted, so that it could be counted twice. */
  point(point: MetricStatistics, entry: TelemetryEntry): number | null {
    const name = functionOfMetric(point);
    const account = point.account ?? entry.account;
    const region = point.region ?? entry.region;
    const functionId = name === null ? 0 : this.#dimensions.functionNamed({ account, region, name });
    const { startMs, periodMs, count, sum, min, max, percentiles, source } = point;
    if (!this.#detailDays.takes('metrics', functionId, startMs)) return null;
    const series = seriesOfPoint(point, functionId, entry);
    const problem = pointProblem(point);
    if (problem !== null) {
      this.#series.drop(series, problem);
      return 0;
    }
    const stored = this.#series.of(series, startMs);
    if (stored === null) return 0;
    const stated = percentiles === null ? null : JSON.stringify(percentiles);
    const values = [source, count, sum, min, max, stated];
    const { changes } = this.#sql.point.run(stored.id, startMs, periodMs, functionId, ...values);
    if (changes > 0) this.#rollups.touch(stored, startMs);
    return changes;
  }

  /** Returns 0 for a line that is counted already; null if the identities of its day were deleted, so that it could be counted twice. */
  line({ functionName, requestId, atMs, identity, metrics }: EmbeddedMetrics, entry: TelemetryEntry): number | null {
    const functionId = functionName === null ? 0 : this.#dimensions.functionNamed({ ...entry, name: functionName });
    if (!this.#detailDays.takes('metrics', functionId, atMs)) return null;
    if (this.#sql.event.run(functionId, atMs, Buffer.from(identity, 'hex')).changes === 0) return 0;
    for (const metric of metrics) {
      const values = storableValues(metric.values);
      for (const dimensions of metric.dimensionSets) {
        const series = seriesOfValues(metric, dimensions, functionId, entry);
        if (values.length < metric.values.length) this.#series.drop(series, 'not-a-number');
        if (values.length === 0) continue;
        const stored = this.#series.of(series, atMs, requestId);
        if (stored !== null) this.#rollups.add(stored, atMs, values);
      }
    }
    return 1;
  }

  /** Part of the commit. */
  flush(nowMs: number): void {
    this.#rollups.flush();
    this.#series.flush(nowMs);
  }

  /** After a rollback, or after retention deleted series. */
  reset(): void {
    this.#rollups.reset();
    this.#series.reset();
  }
}

function prepare(db: Database.Database) {
  return {
    // A point that says the same again changes nothing.
    point: db.prepare(
      `INSERT INTO metric_point (series_id, start_ms, period_ms, function_id, origin, count, sum, min, max, percentiles)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET origin = excluded.origin, count = excluded.count, sum = excluded.sum, min = excluded.min,
         max = excluded.max, percentiles = excluded.percentiles
       WHERE (count, sum, min, max, percentiles) IS NOT
         (excluded.count, excluded.sum, excluded.min, excluded.max, excluded.percentiles)`,
    ),
    event: db.prepare('INSERT OR IGNORE INTO metric_event (function_id, at_ms, identity) VALUES (?, ?, ?)'),
  };
}
