/** Tables `rollup_5m`, `rollup_1h` and `rollup_1d`: collects a commit's changes and writes each changed bucket once. */
import type Database from 'better-sqlite3';
import type { InvocationMetrics, RollupTable } from '../../rollup/bucket.ts';
import { COUNT_COLUMNS, LEVELS, RollupBucket } from '../../rollup/bucket.ts';

/** Keyed by series and bucket. */
type Level = Map<number, Touched>;

interface Touched {
  readonly functionId: number;
  readonly seriesId: number;
  readonly bucket: number;
  readonly cell: RollupBucket;
}

/** Number of buckets per series; enough until the year 2200. */
const BUCKETS = 2 ** 25;

export class Rollups {
  readonly #touched: Level = new Map();
  /** Bucket of the previous row, which the next row usually shares. */
  #newest: Touched | null = null;
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = new Map(LEVELS.map((level) => [level.table, prepare(db, level.table)]));
  }

  add(functionId: number, seriesId: number, endMs: number, row: InvocationMetrics, times: 1 | -1): void {
    const width = LEVELS[0].widthMs;
    const bucket = Math.floor(endMs / width) * width;
    if (this.#newest === null || this.#newest.seriesId !== seriesId || this.#newest.bucket !== bucket) {
      this.#newest = touch(this.#touched, functionId, seriesId, bucket);
    }
    this.#newest.cell.add(row, times);
  }

  reset(): void {
    this.#touched.clear();
    this.#newest = null;
  }

  /** Writes buckets of every width. Part of the commit. */
  flush(): void {
    // Widen all levels first: writing a bucket merges stored counts into it, which wider levels must not count again.
    let cells = this.#touched;
    const levels = LEVELS.map(({ table, widthMs }, at) => {
      if (at > 0) cells = widen(cells, widthMs);
      return { sql: this.#sql.get(table), cells };
    });
    for (const level of levels) {
      if (level.sql !== undefined) for (const entry of level.cells.values()) writeCell(level.sql, entry);
    }
    this.#touched.clear();
    this.#newest = null;
  }
}

function touch(level: Level, functionId: number, seriesId: number, bucket: number): Touched {
  const key = seriesId * BUCKETS + bucket / LEVELS[0].widthMs;
  let entry = level.get(key);
  if (entry === undefined) {
    entry = { functionId, seriesId, bucket, cell: new RollupBucket() };
    level.set(key, entry);
  }
  return entry;
}

function widen(level: Level, widthMs: number): Level {
  const wide: Level = new Map();
  for (const { functionId, seriesId, bucket, cell } of level.values()) {
    touch(wide, functionId, seriesId, Math.floor(bucket / widthMs) * widthMs).cell.merge(cell);
  }
  return wide;
}

function writeCell(sql: ReturnType<typeof prepare>, entry: Touched): void {
  const { cell } = entry;
  const stored = sql.read.get(entry.functionId, entry.bucket, entry.seriesId) as
    | { duration: Uint8Array; cold: Uint8Array | null }
    | undefined;
  if (stored !== undefined) {
    cell.duration.mergeEncoded(stored.duration);
    if (stored.cold !== null) cell.mergeEncodedCold(stored.cold);
  }
  const values: unknown[] = [entry.functionId, entry.bucket, entry.seriesId];
  for (let at = 0; at < COUNT_COLUMNS.length; at += 1) values.push(cell.counts[at]);
  values.push(cell.maxMemoryMb, cell.duration.encode(), cell.encodeCold());
  sql.write.run(values);
  // The last of its invocations moved to another series or bucket.
  if (cell.count('n') <= 0) sql.dropEmpty.run(entry.functionId, entry.bucket, entry.seriesId);
}

function prepare(db: Database.Database, table: RollupTable) {
  const columns = COUNT_COLUMNS.join(', ');
  const sums = COUNT_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
  return {
    // Most have no cold start: null saves an empty buffer.
    read: db.prepare(
      `SELECT duration, nullif(cold, x'') AS cold FROM ${table} WHERE function_id = ? AND bucket = ? AND series_id = ?`,
    ),
    dropEmpty: db.prepare(`DELETE FROM ${table} WHERE function_id = ? AND bucket = ? AND series_id = ? AND n = 0`),
    write: db.prepare(
      `INSERT INTO ${table} (function_id, bucket, series_id, ${columns}, max_memory_mb, duration, cold)
       VALUES (?, ?, ?, ${COUNT_COLUMNS.map(() => '?').join(', ')}, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ${sums},
         max_memory_mb = max(ifnull(max_memory_mb, 0), ifnull(excluded.max_memory_mb, 0)),
         duration = excluded.duration, cold = excluded.cold`,
    ),
  };
}
