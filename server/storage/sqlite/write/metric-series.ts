/** Tables `metric_series` and `metric_drop`: which series are stored, and what was not stored of others. */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { MetricSeries } from '../../metrics/identity.ts';
import { seriesParts } from '../../metrics/identity.ts';
import type { DropReason, MetricLimits } from '../../metrics/quota.ts';
import { SeriesQuota, seriesProblem } from '../../metrics/quota.ts';

/** Metrics that are listed by name among those that were not stored; the others are counted together. */
const MOST_DROPS = 1000;

export interface StoredSeries {
  readonly id: number;
  readonly functionId: number;
  unit: string | null;
  firstMs: number;
  lastMs: number;
}

interface Drop extends Pick<MetricSeries, 'functionId' | 'source' | 'namespace' | 'name'> {
  readonly reason: DropReason;
  n: number;
}

export class MetricSeriesTable {
  readonly #limits: MetricLimits;
  readonly #known = new Map<string, StoredSeries>();
  readonly #changed = new Set<StoredSeries>();
  readonly #drops = new Map<string, Drop>();
  readonly #sql;
  /** Null before the stored series are counted. */
  #quota: SeriesQuota | null = null;

  constructor(db: Database.Database, limits: MetricLimits) {
    this.#limits = limits;
    this.#sql = prepare(db);
  }

  /**
   * Finds or inserts the series of a value at `atMs`. Returns null, and counts the value as dropped, if the series is not stored.
   * `requestId`: of the line that states the value, or null.
   */
  of(series: MetricSeries, atMs: number, requestId: string | null = null): StoredSeries | null {
    const key = JSON.stringify(seriesParts(series));
    const found = this.#known.get(key) ?? this.#find(key, series, atMs, requestId);
    if (found === null) return null;
    if (found.unit === null && series.unit !== null) this.#change(found, { unit: series.unit });
    if (atMs < found.firstMs) this.#change(found, { firstMs: atMs });
    if (atMs > found.lastMs) this.#change(found, { lastMs: atMs });
    return found;
  }

  /** Counts a value that is not stored. */
  drop({ functionId, source, namespace, name }: MetricSeries, reason: DropReason): void {
    const named = { functionId, source, namespace: namespace.slice(0, 255), name: name.slice(0, 255), reason };
    const key = JSON.stringify(named);
    const drop = this.#drops.get(key) ?? { ...named, n: 0 };
    this.#drops.set(key, drop);
    drop.n += 1;
  }

  /** Part of the commit. */
  flush(nowMs: number): void {
    for (const { id, unit, firstMs, lastMs } of this.#changed) this.#sql.save.run(unit, firstMs, lastMs, id);
    this.#changed.clear();
    if (this.#drops.size === 0) return;
    let room = MOST_DROPS - (this.#sql.drops.get() as number);
    for (const { functionId, source, namespace, name, reason, n } of this.#drops.values()) {
      const isListed = this.#sql.isListed.get(functionId, source, namespace, name, reason) !== undefined;
      if (!isListed) room -= 1;
      const of =
        isListed || room >= 0 ? ([functionId, source, namespace, name] as const) : ([0, source, '', ''] as const);
      this.#sql.drop.run(...of, reason, n, nowMs, nowMs);
    }
    this.#drops.clear();
  }

  /** After a rollback, or after series were deleted. */
  reset(): void {
    this.#known.clear();
    this.#changed.clear();
    this.#drops.clear();
    this.#quota = null;
  }

  #find(key: string, series: MetricSeries, atMs: number, requestId: string | null): StoredSeries | null {
    const digest = createHash('sha256').update(key).digest().subarray(0, 16);
    const row = this.#sql.find.get(digest) as StoredSeries | undefined;
    const found = row ?? this.#add(digest, series, atMs, requestId);
    if (found !== null) this.#known.set(key, found);
    return found;
  }

  #add(digest: Uint8Array, series: MetricSeries, atMs: number, requestId: string | null): StoredSeries | null {
    this.#quota ??= new SeriesQuota(
      this.#limits,
      this.#sql.counts.all() as ConstructorParameters<typeof SeriesQuota>[1],
    );
    const reason = seriesProblem(series, requestId) ?? this.#quota.admit(series);
    if (reason !== null) {
      this.drop(series, reason);
      return null;
    }
    const { functionId, source, account, region, namespace, name, unit, dimensions } = series;
    const texts = [source, account, region, namespace, name, unit, JSON.stringify(dimensions)];
    const { lastInsertRowid } = this.#sql.add.run(functionId, digest, ...texts, atMs, atMs);
    return { id: Number(lastInsertRowid), functionId, unit, firstMs: atMs, lastMs: atMs };
  }

  #change(series: StoredSeries, change: Partial<StoredSeries>): void {
    Object.assign(series, change);
    this.#changed.add(series);
  }
}

function prepare(db: Database.Database) {
  return {
    find: db.prepare(
      'SELECT id, function_id AS functionId, unit, first_ms AS firstMs, last_ms AS lastMs FROM metric_series WHERE digest = ?',
    ),
    counts: db.prepare(
      'SELECT function_id AS functionId, namespace, count(*) AS n FROM metric_series GROUP BY function_id, namespace',
    ),
    add: db.prepare(
      `INSERT INTO metric_series (function_id, digest, source, account, region, namespace, name, unit, dimensions, first_ms, last_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    save: db.prepare('UPDATE metric_series SET unit = ?, first_ms = ?, last_ms = ? WHERE id = ?'),
    isListed: db.prepare(
      'SELECT 1 FROM metric_drop WHERE function_id = ? AND source = ? AND namespace = ? AND name = ? AND reason = ?',
    ),
    drops: db.prepare('SELECT count(*) FROM metric_drop').pluck(),
    drop: db.prepare(
      `INSERT INTO metric_drop (function_id, source, namespace, name, reason, n, first_ms, last_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET n = n + excluded.n, last_ms = max(last_ms, excluded.last_ms)`,
    ),
  };
}
