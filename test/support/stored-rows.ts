/** A SQLite store that takes batches, and everything in it without ids that depend on the order of arrival. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Batch } from '../../ingest/records/batch.ts';
import { RollupBucket } from '../../server/storage/rollup/bucket.ts';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { clearTables } from './telemetry-writer.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
const RECEIVED_MS = Date.UTC(2026, 10, 20, 10);

/** Stores in a folder. The migrations run once; each store is a copy of their result. One that was closed is emptied and used again. */
export class Stores {
  readonly #folder: string;
  readonly #idle: Subject[] = [];
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
    const db = openWriter(this.#template);
    migrate(db, this.#template, MIGRATIONS);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
  }

  get #template(): string {
    return join(this.#folder, 'template.db');
  }

  /** An empty store. */
  open(): Subject {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      idle.clear();
      return idle;
    }
    this.#count += 1;
    const path = join(this.#folder, `${this.#count}.db`);
    copyFileSync(this.#template, path);
    return new Subject(path, (subject) => this.#idle.push(subject));
  }

  /** Ends the use of the stores that were closed. */
  end(): void {
    for (const subject of this.#idle.splice(0)) subject.end();
  }
}

export class Subject {
  readonly #path: string;
  db: Database.Database;
  #writer: BatchWriter;
  readonly #giveBack: (subject: Subject) => void;

  constructor(path: string, giveBack: (subject: Subject) => void) {
    this.#path = path;
    this.#giveBack = giveBack;
    this.db = openWriter(path);
    this.db.pragma('synchronous = OFF');
    this.#writer = new BatchWriter(this.db);
  }

  write(batch: Batch): void {
    this.db.exec('BEGIN IMMEDIATE');
    this.#writer.apply(batch, { kind: 'logs', name: 'law' }, RECEIVED_MS);
    this.#writer.flush(0);
    this.db.exec('COMMIT');
  }

  /** Moves a slice of what earlier versions stored without a log stream. Returns false if nothing is left. */
  moveOldUnknown(): boolean {
    if (!this.#writer.oldUnknown.isDue()) return false;
    this.db.exec('BEGIN IMMEDIATE');
    this.#writer.oldUnknown.step();
    this.#writer.flush(0);
    this.db.exec('COMMIT');
    return true;
  }

  /** Deletes every row. Cheaper than to open another store. */
  clear(): void {
    clearTables(this.db);
    this.#writer.reset();
  }

  /** Everything in memory is lost. */
  restart(): void {
    while (this.#writer.requests.mergeSlice());
    this.db.close();
    this.db = openWriter(this.#path);
    this.#writer = new BatchWriter(this.db);
  }

  /** Lets another test have it. */
  close(): void {
    this.#giveBack(this);
  }

  /** Closes and deletes the file. */
  end(): void {
    this.db.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.#path}${suffix}`, { force: true });
  }
}

/** What is stored, without ids that depend on the order of arrival. */
export function rowsOf({ db }: Pick<Subject, 'db'>): unknown {
  const all = (sql: string): readonly unknown[] => db.prepare(sql).all();
  const rollups = ['rollup_5m', 'rollup_1h', 'rollup_1d'].map((table) =>
    all(`SELECT rollup.*, version, memory_mb FROM ${table} AS rollup JOIN series ON series.id = series_id
      ORDER BY bucket, version, memory_mb`).map((row) => {
      const {
        duration,
        cold,
        series_id: _,
        ...counts
      } = row as { duration: Uint8Array; cold: Uint8Array; series_id: number };
      const bucket = new RollupBucket();
      bucket.duration.mergeEncoded(duration);
      bucket.mergeEncodedCold(cold);
      const sketches = [...bucket.cold].map(([kind, { init, total }]) => [kind, init.histogram(), total.histogram()]);
      return { ...counts, duration: bucket.duration.histogram(), sketches: sketches.toSorted() };
    }),
  );
  const stream = `iif(environment.id > 0, log_stream, '')`;
  return {
    invocations: all(
      `SELECT ${stream} AS stream, end_ms, hex(request_id) AS id, run_ms, duration_us, billed_ms, invocation.max_memory_mb,
         status, cold, user_felt, invocation.init_us, text AS error_type, series.version, series.memory_mb, trace_id
       FROM invocation JOIN environment ON environment.id = environment_id JOIN series ON series.id = series_id
         LEFT JOIN label ON label.id = error_type_id ORDER BY end_ms, id, stream`,
    ),
    environments: all(
      `SELECT log_stream, environment.version, environment.memory_mb, init_start_ms, init_us, first_end_ms, last_end_ms,
         last_status, invocations, failures, max_memory_mb, pending_starts, environment.runtime_version
       FROM environment WHERE id > 0 ORDER BY log_stream`,
    ),
    inits: all(
      `SELECT ${stream} AS stream, at_ms, kind, duration_us, phase, status FROM init_event
       JOIN environment ON environment.id = environment_id ORDER BY at_ms, kind, stream`,
    ),
    starts: all(
      `SELECT ${stream} AS stream, request_id, start_ms FROM pending_start
       JOIN environment ON environment.id = environment_id ORDER BY start_ms, request_id, stream`,
    ),
    faults: all(
      `SELECT ${stream} AS stream, at_ms, kind, request_id, error_type FROM fault
       JOIN environment ON environment.id = environment_id ORDER BY at_ms, kind, request_id, stream`,
    ),
    extensions: all(
      `SELECT ${stream} AS stream, kind, name, state, detail, at_ms FROM extension
       JOIN environment ON environment.id = environment_id ORDER BY kind, name, state, stream`,
    ),
    responses: all('SELECT at_ms, hex(request_id) AS id, bytes FROM response ORDER BY at_ms, id'),
    functions: all('SELECT name, account, region, memory_mb, version, runtime_version FROM function ORDER BY name'),
    rollups,
  };
}
