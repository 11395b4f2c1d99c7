/** Tables `metric_5m`, `metric_1h` and `metric_1d`: sums of points, which are read again, and of printed values, which are added. */
import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { METRIC_LEVELS } from '../../metrics/levels.ts';

/** Values of a series that were printed in one bucket. */
interface Values {
  readonly seriesId: number;
  readonly functionId: number;
  readonly bucket: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly sketch: Sketch;
}

interface StoredBucket {
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly sketch: Uint8Array | null;
}

const [FIVE_MINUTES, HOUR, DAY] = METRIC_LEVELS;

export class MetricRollups {
  readonly #sql;
  /** Printed values by series and five minutes. */
  readonly #values = new Map<string, Values>();
  /** By series and five minutes: buckets with new points. */
  readonly #points = new Map<string, Pick<Values, 'seriesId' | 'functionId' | 'bucket'>>();

  constructor(db: Database.Database) {
    this.#sql = prepare(db);
  }

  /** Adds values of a line. A weight says how often a value came. */
  add(
    { id: seriesId, functionId }: { readonly id: number; readonly functionId: number },
    atMs: number,
    values: readonly (readonly [value: number, weight: number])[],
  ): void {
    const bucket = Math.floor(atMs / FIVE_MINUTES.widthMs) * FIVE_MINUTES.widthMs;
    const mine = held(this.#values, { seriesId, functionId, bucket });
    for (const [value, weight] of values) {
      mine.count += weight;
      mine.sum += value * weight;
      mine.min = Math.min(mine.min, value);
      mine.max = Math.max(mine.max, value);
      mine.sketch.add(value, weight);
    }
  }

  /** Notes that a point was stored or replaced. */
  touch({ id: seriesId, functionId }: { readonly id: number; readonly functionId: number }, startMs: number): void {
    const bucket = Math.floor(startMs / FIVE_MINUTES.widthMs) * FIVE_MINUTES.widthMs;
    this.#points.set(`${seriesId}/${bucket}`, { seriesId, functionId, bucket });
  }

  /** Part of the commit. */
  flush(): void {
    this.#addValues();
    this.#readPoints();
    this.reset();
  }

  /** Drops what waits, after a rollback. */
  reset(): void {
    this.#values.clear();
    this.#points.clear();
  }

  #addValues(): void {
    let finer = this.#values;
    for (const { table, widthMs } of METRIC_LEVELS) {
      const wider = new Map<string, Values>();
      for (const one of finer.values()) merge(held(wider, { ...one, bucket: startOf(one.bucket, widthMs) }), one);
      for (const { seriesId, functionId, bucket, sketch, ...sums } of wider.values()) {
        const stored = this.#sql[table].find.get(seriesId, bucket) as StoredBucket | undefined;
        const all = stored === undefined ? sums : joined(stored, sums);
        const encoded = stored === undefined || stored.sketch === null ? sketch.encode() : union(stored.sketch, sketch);
        this.#sql[table].save.run(seriesId, bucket, functionId, all.count, all.sum, all.min, all.max, encoded);
      }
      finer = wider;
    }
  }

  /** Sums the points of each bucket anew: the result depends neither on their order nor on those that were replaced. */
  #readPoints(): void {
    const days = new Map<string, Pick<Values, 'seriesId' | 'functionId' | 'bucket'>>();
    const hours = new Map(days);
    for (const one of this.#points.values()) {
      this.#save(FIVE_MINUTES.table, one, this.#ofPoints(one.seriesId, one.bucket, FIVE_MINUTES.widthMs));
      const hour = { ...one, bucket: startOf(one.bucket, HOUR_MS) };
      hours.set(`${hour.seriesId}/${hour.bucket}`, hour);
    }
    for (const one of hours.values()) {
      this.#save(HOUR.table, one, this.#ofPoints(one.seriesId, one.bucket, HOUR_MS));
      const day = { ...one, bucket: startOf(one.bucket, DAY_MS) };
      days.set(`${day.seriesId}/${day.bucket}`, day);
    }
    for (const one of days.values())
      this.#save(DAY.table, one, this.#sql.hours.get(one.seriesId, one.bucket, one.bucket + DAY_MS) as StoredBucket);
  }

  #ofPoints(seriesId: number, bucket: number, widthMs: number): StoredBucket | undefined {
    return this.#sql.points.get(seriesId, bucket, bucket + widthMs) as StoredBucket | undefined;
  }

  #save(
    table: (typeof METRIC_LEVELS)[number]['table'],
    { seriesId, functionId, bucket }: Pick<Values, 'seriesId' | 'functionId' | 'bucket'>,
    sums: StoredBucket | undefined,
  ): void {
    if (sums === undefined) return;
    this.#sql[table].save.run(seriesId, bucket, functionId, sums.count, sums.sum, sums.min, sums.max, null);
  }
}

function startOf(ms: number, widthMs: number): number {
  return Math.floor(ms / widthMs) * widthMs;
}

function held(all: Map<string, Values>, key: Pick<Values, 'seriesId' | 'functionId' | 'bucket'>): Values {
  const { seriesId, functionId, bucket } = key;
  const name = `${seriesId}/${bucket}`;
  const known = all.get(name);
  if (known !== undefined) return known;
  const [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const added = { seriesId, functionId, bucket, count: 0, sum: 0, min, max, sketch: new Sketch() };
  all.set(name, added);
  return added;
}

function merge(into: Values, one: Values): void {
  into.count += one.count;
  into.sum += one.sum;
  into.min = Math.min(into.min, one.min);
  into.max = Math.max(into.max, one.max);
  into.sketch.merge(one.sketch);
}

function joined(stored: StoredBucket, sums: Pick<Values, 'count' | 'sum' | 'min' | 'max'>) {
  return {
    count: stored.count + sums.count,
    sum: stored.sum + sums.sum,
    min: Math.min(stored.min ?? sums.min, sums.min),
    max: Math.max(stored.max ?? sums.max, sums.max),
  };
}

function union(stored: Uint8Array, sketch: Sketch): Uint8Array {
  const all = Sketch.decode(stored);
  all.merge(sketch);
  return all.encode();
}

/** Sums of rows. A bucket has a least and a greatest value if each of its points with values states them. */
const SUMS = `sum(count) AS count, sum(sum) AS sum,
  iif(count(iif(count > 0 AND min IS NULL, 1, NULL)) = 0, min(iif(count > 0, min, NULL)), NULL) AS min,
  iif(count(iif(count > 0 AND max IS NULL, 1, NULL)) = 0, max(iif(count > 0, max, NULL)), NULL) AS max, NULL AS sketch`;

function prepare(db: Database.Database) {
  const level = (table: string) => ({
    find: db.prepare(`SELECT count, sum, min, max, sketch FROM ${table} WHERE series_id = ? AND bucket = ?`),
    save: db.prepare(
      `INSERT OR REPLACE INTO ${table} (series_id, bucket, function_id, count, sum, min, max, sketch)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  });
  return {
    metric_5m: level('metric_5m'),
    metric_1h: level('metric_1h'),
    metric_1d: level('metric_1d'),
    // Of points of several periods, those that cover the most time are counted: the same time is never counted twice.
    points: db.prepare(
      `SELECT ${SUMS} FROM metric_point WHERE series_id = ? AND start_ms >= ? AND start_ms < ?
       GROUP BY period_ms ORDER BY count(*) * period_ms DESC, period_ms LIMIT 1`,
    ),
    hours: db.prepare(`SELECT ${SUMS} FROM metric_1h WHERE series_id = ? AND bucket >= ? AND bucket < ?`),
  };
}
