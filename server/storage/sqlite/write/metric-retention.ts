/** Deletes points and sums of metrics of one function (0: of none) and day, a slice at a time. */
import type Database from 'better-sqlite3';

/** Rows per slice. */
const SLICE = 4000;

export class MetricRetention {
  readonly #points;
  readonly #aggregates;
  readonly #forget;

  constructor(db: Database.Database) {
    const events = db.prepare(
      `DELETE FROM metric_event WHERE (function_id, at_ms, identity) IN (
         SELECT function_id, at_ms, identity FROM metric_event WHERE function_id = ? AND at_ms >= ? AND at_ms < ? LIMIT ${SLICE})`,
    );
    this.#points = [events, rowsOf(db, 'metric_point', 'start_ms'), rowsOf(db, 'metric_5m', 'bucket')];
    this.#aggregates = [rowsOf(db, 'metric_1h', 'bucket'), rowsOf(db, 'metric_1d', 'bucket')];
    this.#forget = {
      series: db.prepare('DELETE FROM metric_series WHERE function_id = ? AND last_ms < ?'),
      drops: db.prepare('DELETE FROM metric_drop WHERE function_id = ? AND last_ms < ?'),
    };
  }

  /** Points, identities of lines, and sums of five minutes. Returns false if there are none. */
  points(functionId: number, fromMs: number, toMs: number): boolean {
    return this.#points.some((drop) => drop.run(functionId, fromMs, toMs).changes > 0);
  }

  /** Wider sums; then series of which nothing is left, since days are deleted in their order. Returns false if there are none. */
  aggregates(functionId: number, fromMs: number, toMs: number): boolean {
    if (this.#aggregates.some((drop) => drop.run(functionId, fromMs, toMs).changes > 0)) return true;
    const series = this.#forget.series.run(functionId, toMs).changes;
    return series + this.#forget.drops.run(functionId, toMs).changes > 0;
  }
}

/** Rows of the function's series, each found by its key. */
function rowsOf(db: Database.Database, table: string, time: string) {
  return db.prepare<[number, number, number]>(
    `DELETE FROM ${table} WHERE (series_id, ${time}) IN (
       SELECT row.series_id, row.${time} FROM metric_series AS series CROSS JOIN ${table} AS row
       WHERE series.function_id = ? AND row.series_id = series.id AND row.${time} >= ? AND row.${time} < ? LIMIT ${SLICE})`,
  );
}
