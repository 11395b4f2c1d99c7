/** Rows of metrics: series, points, values of lines, and what is beyond the limits of series. */
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { EmbeddedMetrics, MetricStatistics } from '../../../../ingest/records/metric.ts';
import { functionOfMetric } from '../../../../ingest/records/metric-function.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { pointProblem, storableValues } from '../../metrics/admission.ts';
import type { MetricSeries } from '../../metrics/identity.ts';
import { seriesOfPoint, seriesOfValues, seriesParts } from '../../metrics/identity.ts';
import type { DropReason, MetricLimits } from '../../metrics/quota.ts';
import { SeriesQuota, seriesProblem } from '../../metrics/quota.ts';
import { hashOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import type { Rows, Value } from './fact-table.ts';
import { ofImport, tableOf } from './fact-table.ts';
import type { Add } from './function-named.ts';
import { functionNamed } from './function-named.ts';

/** Other processes add series too. */
const MAX_AGE_MS = MINUTE_MS;
/** Longest text of what was not stored. */
const MOST_CHARS = 255;

type Row = Readonly<Record<string, Value>>;

interface Known {
  readonly keys: Set<string>;
  readonly quota: SeriesQuota;
  readonly readMs: number;
}

export interface MetricTables {
  readonly facts: readonly Rows[];
  /** Counts of what is not stored: every delivery counts. */
  readonly drops: readonly Rows[];
}

const NOTHING: MetricTables = { facts: [], drops: [] };

export class MetricRows {
  readonly #client: ClickHouseQueryClient;
  readonly #limits: MetricLimits;
  #known: Promise<Known> | null = null;
  #versionMs = Number.NEGATIVE_INFINITY;

  constructor(client: ClickHouseQueryClient, limits: MetricLimits) {
    this.#client = client;
    this.#limits = limits;
  }

  /** Returns the rows of the batch. One query a minute, for batches with metrics. `importId`: null if not imported. @throws StoreError */
  async of({ records }: Batch, nowMs: number, importId: number | null): Promise<MetricTables> {
    const isMetric = ({ record }: TelemetryEntry): boolean =>
      record.kind === 'metric-statistics' || record.kind === 'embedded-metrics';
    if (!records.some(isMetric)) return NOTHING;
    const rows = new BatchRows(await this.#read(nowMs), nowMs, this.#nextVersion(nowMs));
    for (const entry of records) {
      if (entry.record.kind === 'metric-statistics') rows.point(entry.record, entry);
      else if (entry.record.kind === 'embedded-metrics') rows.line(entry.record, entry);
    }
    return rows.tables(importId);
  }

  /** Batches of one millisecond replace each other in their order. */
  #nextVersion(nowMs: number): number {
    const isNear = Math.abs(this.#versionMs - nowMs) < MINUTE_MS;
    this.#versionMs = isNear ? Math.max(nowMs, this.#versionMs + 1) : nowMs;
    return this.#versionMs;
  }

  /** After a deletion. */
  reset(): void {
    this.#known = null;
  }

  async #read(nowMs: number): Promise<Known> {
    const known = await this.#known;
    if (known !== null && nowMs - known.readMs <= MAX_AGE_MS) return known;
    const reading = this.#readAll(nowMs);
    this.#known = reading;
    reading.catch(() => this.reset());
    return reading;
  }

  async #readAll(nowMs: number): Promise<Known> {
    const rows = await this.#client.all<{ functionId: number; seriesId: number; namespace: string }>(
      'SELECT DISTINCT function_id AS functionId, series_id AS seriesId, namespace FROM metric_series',
    );
    const keys = new Set(rows.map(({ functionId, seriesId }) => `${functionId}/${seriesId}`));
    return {
      keys,
      quota: new SeriesQuota(
        this.#limits,
        rows.map((row) => ({ ...row, n: 1 })),
      ),
      readMs: nowMs,
    };
  }
}

/** Id of a series within its function. */
export function seriesIdOf(series: MetricSeries): number {
  // A function that turns out to be another one keeps its series.
  const [source = '', owner = '', ...rest] = seriesParts(series);
  return hashOf(source, ...(series.functionId === 0 ? [owner] : []), ...rest);
}

class BatchRows {
  readonly #known: Known;
  readonly #nowMs: number;
  readonly #versionMs: number;
  readonly #tables = new Map<string, Row[]>();
  readonly #series = new Map<string, Row & { first_ms: number; last_ms: number; unit: string }>();
  readonly #points = new Map<string, Row>();
  readonly #drops = new Map<string, Row & { n: number }>();

  /** `versionMs`: of points, of which the greatest counts. */
  constructor(known: Known, nowMs: number, versionMs: number) {
    this.#known = known;
    this.#nowMs = nowMs;
    this.#versionMs = versionMs;
  }

  point(point: MetricStatistics, entry: TelemetryEntry): void {
    const name = functionOfMetric(point);
    const account = point.account ?? entry.account;
    const region = point.region ?? entry.region;
    const functionId = name === null ? 0 : functionNamed({ account, region, name }, this.#add);
    const series = seriesOfPoint(point, functionId, entry);
    const problem = pointProblem(point);
    if (problem !== null) {
      this.#drop(series, problem);
      return;
    }
    const { startMs, periodMs, count, sum, min, max, percentiles, source } = point;
    const seriesId = this.#seriesOf(series, startMs, null);
    if (seriesId === null) return;
    // The last of a batch replaces the others, as the newest of several batches does.
    this.#points.set(`${functionId}/${seriesId}/${startMs}/${periodMs}`, {
      function_id: functionId,
      series_id: seriesId,
      start_ms: startMs,
      period_ms: periodMs,
      origin: source,
      count,
      sum,
      min,
      max,
      percentiles: percentiles === null ? '' : JSON.stringify(percentiles),
      stored_ms: this.#versionMs,
    });
  }

  line(line: EmbeddedMetrics, entry: TelemetryEntry): void {
    const { functionName: name, requestId, atMs, identity, metrics } = line;
    const { account, region } = entry;
    const functionId = name === null ? 0 : functionNamed({ account, region, name }, this.#add);
    for (const metric of metrics) {
      const values = storableValues(metric.values);
      for (const dimensions of metric.dimensionSets) {
        const series = seriesOfValues(metric, dimensions, functionId, entry);
        if (values.length < metric.values.length) this.#drop(series, 'not-a-number');
        if (values.length === 0) continue;
        const seriesId = this.#seriesOf(series, atMs, requestId);
        if (seriesId === null) continue;
        this.#add('metric_value', {
          function_id: functionId,
          series_id: seriesId,
          at_ms: atMs,
          identity,
          ...sumsOf(values),
          received_ms: this.#nowMs,
        });
      }
    }
  }

  /** Tables of rows; an undo of the import keeps those of no function. */
  tables(importId: number | null): MetricTables {
    for (const row of this.#series.values()) this.#add('metric_series', row);
    for (const row of this.#points.values()) this.#add('metric_point', row);
    const isOwn = (row: Row): boolean => row['function_id'] !== 0;
    const facts = [...this.#tables].flatMap(([table, rows]) => [
      ...(rows.some(isOwn) ? [ofImport(tableOf(table, rows.filter(isOwn)), importId)] : []),
      ...(rows.every(isOwn)
        ? []
        : [
            tableOf(
              table,
              rows.filter((row) => !isOwn(row)),
            ),
          ]),
    ]);
    const drops = [...this.#drops.values()];
    return { facts, drops: drops.length === 0 ? [] : [tableOf('metric_drop', drops)] };
  }

  readonly #add: Add = (table, row) => {
    const rows = this.#tables.get(table) ?? [];
    this.#tables.set(table, rows);
    rows.push(row);
  };

  /** Null if the series is not stored. */
  #seriesOf(series: MetricSeries, atMs: number, requestId: string | null): number | null {
    const seriesId = seriesIdOf(series);
    const key = `${series.functionId}/${seriesId}`;
    if (!this.#known.keys.has(key)) {
      const reason = seriesProblem(series, requestId) ?? this.#known.quota.admit(series);
      if (reason !== null) {
        this.#drop(series, reason);
        return null;
      }
      this.#known.keys.add(key);
    }
    const { functionId, source, account, region, namespace, name, unit, dimensions } = series;
    const row = this.#series.get(key) ?? {
      function_id: functionId,
      series_id: seriesId,
      source,
      account,
      region,
      namespace,
      name,
      unit: unit ?? '',
      dimensions: JSON.stringify(dimensions),
      first_ms: atMs,
      last_ms: atMs,
    };
    row.first_ms = Math.min(row.first_ms, atMs);
    row.last_ms = Math.max(row.last_ms, atMs);
    if (row.unit === '') row.unit = unit ?? '';
    this.#series.set(key, row);
    return seriesId;
  }

  #drop({ functionId, source, namespace, name }: MetricSeries, reason: DropReason): void {
    const named = {
      function_id: functionId,
      source,
      namespace: namespace.slice(0, MOST_CHARS),
      name: name.slice(0, MOST_CHARS),
      reason,
    };
    const key = JSON.stringify(named);
    const row = this.#drops.get(key) ?? { ...named, n: 0, first_ms: this.#nowMs, last_ms: this.#nowMs };
    row.n += 1;
    this.#drops.set(key, row);
  }
}

function sumsOf(values: readonly (readonly [value: number, weight: number])[]) {
  const sketch = new Sketch();
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [value, weight] of values) {
    count += weight;
    sum += value * weight;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sketch.add(value, weight);
  }
  return { count, sum, min, max, sketch: Object.fromEntries(sketch.bins()) };
}
