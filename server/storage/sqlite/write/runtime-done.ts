/** Table `runtime_done`: how long the runtime worked on an attempt. */
import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import type { RuntimeDone as RuntimeDoneEvent } from '../../../../ingest/records/stream-events.ts';

export class RuntimeDone {
  readonly #add;

  constructor(db: Database.Database) {
    this.#add = db.prepare(
      'INSERT OR IGNORE INTO runtime_done (environment_id, request_id, at_ms, runtime_us) VALUES (?, ?, ?, ?)',
    );
  }

  /** Returns the number of new rows. */
  add(environmentId: number, { requestId, atMs, runtimeMs }: RuntimeDoneEvent): number {
    return this.#add.run(environmentId, requestIdBytes(requestId), atMs, Math.round(runtimeMs * 1000)).changes;
  }
}
