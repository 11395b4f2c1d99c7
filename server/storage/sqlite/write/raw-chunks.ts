/** Table `raw_chunk`: compressed log lines of an environment. */
import type Database from 'better-sqlite3';
import type { RawChunk } from '../../../../ingest/records/raw-chunk.ts';

export class RawChunks {
  readonly #add;

  constructor(db: Database.Database) {
    this.#add = db.prepare(
      'INSERT OR IGNORE INTO raw_chunk (environment_id, received_ms, first_ms, last_ms, events, digest, gzip) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** Stores the chunk unless the environment has it already. */
  add(environmentId: number, chunk: RawChunk, receivedMs: number): void {
    const { firstMs, lastMs, events, digest, gzip } = chunk;
    this.#add.run(environmentId, receivedMs, firstMs, lastMs, events, digest, gzip);
  }
}
