/**
 * Index from request id to invocation. Each commit appends its entries as one blob; they are merged later into a table
 * clustered by day and hash. Random index writes during ingest would cost more than the rows.
 */

import type Database from 'better-sqlite3';
import { DAY_MS } from '../../../../ingest/records/time.ts';

export interface RequestLocation {
  readonly functionId: number;
  readonly environmentId: number;
  readonly endMs: number;
}

export const ENTRY_BYTES = 20;
const BUCKETS = 1 << 18;
/** Entries stored with one statement. */
const TOGETHER = 16;
const COLUMNS = 5;

export interface RequestIndexSizes {
  /** Entries at which half is merged regardless of load; also bounds the entries that a lookup scans. */
  readonly capacity: number;
  /** Entries merged per transaction, to the end of their row. */
  readonly slice: number;
}

export const REQUEST_INDEX_SIZES: RequestIndexSizes = { capacity: 524_288, slice: 65_536 };

export class RequestIndex {
  readonly #db: Database.Database;
  readonly #sizes: RequestIndexSizes;
  readonly #hash: Uint32Array;
  readonly #function: Uint32Array;
  readonly #environment: Int32Array;
  readonly #end: Float64Array;
  /** Entries of a bucket: each plus one, because arrays of zeros take no memory before they are written. 0 ends the list. */
  readonly #next: Int32Array;
  readonly #heads = new Int32Array(BUCKETS);
  #size = 0;
  /** Entries below this index are in the hash table; the others are added at the next lookup. */
  #linked = 0;
  /** Entries below this index are in the pending table; the others belong to the current commit. */
  #committed = 0;
  readonly #sql;

  constructor(db: Database.Database, sizes = REQUEST_INDEX_SIZES) {
    this.#db = db;
    this.#sizes = sizes;
    this.#hash = new Uint32Array(sizes.capacity);
    this.#function = new Uint32Array(sizes.capacity);
    this.#environment = new Int32Array(sizes.capacity);
    this.#end = new Float64Array(sizes.capacity);
    this.#next = new Int32Array(sizes.capacity);
    this.#sql = {
      pending: db.prepare('SELECT entries FROM request_index_pending ORDER BY id').pluck(),
      oldest: db.prepare('SELECT id, length(entries) AS bytes FROM request_index_pending ORDER BY id'),
      append: db.prepare('INSERT INTO request_index_pending (entries) VALUES (?)'),
      drop: db.prepare('DELETE FROM request_index_pending WHERE id <= ?'),
      add: prepareAdd(db, 1),
      addTogether: prepareAdd(db, TOGETHER),
      find: db.prepare(
        `SELECT function_id AS functionId, environment_id AS environmentId, end_ms AS endMs
         FROM request_index WHERE day = ? AND hash = ?`,
      ),
    };
    this.reload();
  }

  get size(): number {
    return this.#size;
  }

  /** Reloads pending entries from the table: at start, and after a rollback. */
  reload(): void {
    this.#size = 0;
    this.#unlink();
    for (const blob of this.#sql.pending.iterate() as Iterable<Buffer>) {
      for (let at = 0; at + ENTRY_BYTES <= blob.length; at += ENTRY_BYTES) {
        this.#put(blob.readUInt32LE(at), {
          functionId: blob.readUInt32LE(at + 4),
          environmentId: blob.readInt32LE(at + 8),
          endMs: blob.readDoubleLE(at + 12),
        });
      }
    }
    this.#committed = this.#size;
  }

  add(hash: number, location: RequestLocation): void {
    if (this.#size === this.#sizes.capacity) {
      this.flush();
      while (this.#size > this.#sizes.capacity / 2) this.#mergeWithin();
    }
    this.#put(hash, location);
  }

  /**
   * Returns candidates with this hash that ended within the days, which are few. The caller compares request ids. Seeks in one day after
   * the other: in a range of days SQLite would read all of their entries.
   */
  find(hash: number, fromMs: number, toMs: number): RequestLocation[] {
    const found: RequestLocation[] = [];
    for (let at = day(fromMs); at <= day(toMs); at += 1)
      found.push(...(this.#sql.find.all(at, hash) as RequestLocation[]));
    this.#link();
    for (let link = this.#heads[hash % BUCKETS] ?? 0; link !== 0; link = this.#next[link - 1] ?? 0) {
      const at = link - 1;
      if (this.#hash[at] !== hash) continue;
      const endMs = this.#end[at] ?? 0;
      if (endMs < fromMs || endMs > toMs) continue;
      found.push({ functionId: this.#function[at] ?? 0, environmentId: this.#environment[at] ?? 0, endMs });
    }
    return found;
  }

  /** Appends this commit's entries. Part of the commit. */
  flush(): void {
    if (this.#size === this.#committed) return;
    const blob = Buffer.allocUnsafe((this.#size - this.#committed) * ENTRY_BYTES);
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    for (let at = this.#committed; at < this.#size; at += 1) {
      const offset = (at - this.#committed) * ENTRY_BYTES;
      view.setUint32(offset, this.#hash[at] ?? 0, true);
      view.setUint32(offset + 4, this.#function[at] ?? 0, true);
      view.setInt32(offset + 8, this.#environment[at] ?? 0, true);
      view.setFloat64(offset + 12, this.#end[at] ?? 0, true);
    }
    this.#sql.append.run(blob);
    this.#committed = this.#size;
  }

  /** Merges the oldest pending entries in one transaction. Returns false if there are none. */
  mergeSlice(): boolean {
    if (this.#committed === 0) return false;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      this.#mergeWithin();
      this.#db.exec('COMMIT');
      return true;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      this.reload();
      throw error;
    }
  }

  /** Merges whole blobs, oldest first, sorted like the table is clustered. */
  #mergeWithin(): void {
    let entries = 0;
    let upTo = 0;
    for (const blob of this.#sql.oldest.iterate() as Iterable<{ id: number; bytes: number }>) {
      upTo = blob.id;
      entries += blob.bytes / ENTRY_BYTES;
      if (entries >= this.#sizes.slice) break;
    }
    const order = this.#inOrder(entries);
    const rest = entries % TOGETHER;
    const values = new Array<number>(TOGETHER * COLUMNS);
    for (let from = 0; from < entries - rest; from += TOGETHER) {
      for (let at = 0; at < TOGETHER; at += 1) this.#fill(values, at * COLUMNS, order[from + at] ?? 0);
      this.#sql.addTogether.run(values);
    }
    const last = new Array<number>(COLUMNS);
    for (const entry of order.slice(entries - rest)) {
      this.#fill(last, 0, entry);
      this.#sql.add.run(last);
    }
    this.#sql.drop.run(upTo);
    this.#forget(entries);
  }

  /** Indexes of the oldest entries by day, then by hash. */
  #inOrder(entries: number): readonly number[] {
    // A hash and an index are one exact number, so that sorting calls no function.
    const keys = new Float64Array(entries);
    for (let at = 0; at < entries; at += 1) keys[at] = (this.#hash[at] ?? 0) * this.#sizes.capacity + at;
    const byDay = new Map<number, number[]>();
    for (const key of keys.sort()) {
      const entry = key % this.#sizes.capacity;
      const endDay = day(this.#end[entry] ?? 0);
      const others = byDay.get(endDay);
      if (others === undefined) byDay.set(endDay, [entry]);
      else others.push(entry);
    }
    return [...byDay].toSorted(([a], [b]) => a - b).flatMap(([, ofDay]) => ofDay);
  }

  /** Writes the columns of an entry to `values`. */
  #fill(values: number[], from: number, entry: number): void {
    const endMs = this.#end[entry] ?? 0;
    values[from] = day(endMs);
    values[from + 1] = this.#hash[entry] ?? 0;
    values[from + 2] = endMs;
    values[from + 3] = this.#function[entry] ?? 0;
    values[from + 4] = this.#environment[entry] ?? 0;
  }

  /** Removes the oldest entries and moves the rest to the front. */
  #forget(entries: number): void {
    const left = this.#size - entries;
    for (const column of [this.#hash, this.#function, this.#environment, this.#end])
      column.copyWithin(0, entries, this.#size);
    this.#size = left;
    this.#committed -= entries;
    this.#unlink();
  }

  #unlink(): void {
    if (this.#linked > 0) this.#heads.fill(0);
    this.#linked = 0;
  }

  #link(): void {
    for (let at = this.#linked; at < this.#size; at += 1) {
      const bucket = (this.#hash[at] ?? 0) % BUCKETS;
      this.#next[at] = this.#heads[bucket] ?? 0;
      this.#heads[bucket] = at + 1;
    }
    this.#linked = this.#size;
  }

  #put(hash: number, location: RequestLocation): void {
    const at = this.#size;
    this.#hash[at] = hash;
    this.#function[at] = location.functionId;
    this.#environment[at] = location.environmentId;
    this.#end[at] = location.endMs;
    this.#size = at + 1;
  }
}

/** Adds entries with one statement. Those that are stored already change nothing. */
function prepareAdd(db: Database.Database, entries: number): Database.Statement {
  const values = new Array(entries).fill('(?, ?, ?, ?, ?)').join(', ');
  return db.prepare(
    `INSERT OR IGNORE INTO request_index (day, hash, end_ms, function_id, environment_id) VALUES ${values}`,
  );
}

function day(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
