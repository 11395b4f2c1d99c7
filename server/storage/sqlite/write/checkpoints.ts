/** Table `pull_checkpoint`: how far pull has read a log group, saved in the same transaction as the events it covers. */
import type Database from 'better-sqlite3';
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';

export class Checkpoints {
  readonly #save;

  constructor(db: Database.Database) {
    this.#save = db.prepare(
      `INSERT INTO pull_checkpoint (account, region, log_group, mode, watermark_ms, scan, wide_ms, state, message, events, updated_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET watermark_ms = excluded.watermark_ms, scan = excluded.scan, wide_ms = excluded.wide_ms,
         state = excluded.state, message = excluded.message, events = excluded.events, updated_ms = excluded.updated_ms`,
    );
  }

  save(point: PullCheckpoint): void {
    this.#save.run(
      point.account,
      point.region,
      point.logGroup,
      point.mode,
      point.watermarkMs,
      point.scan === null ? null : JSON.stringify(point.scan),
      point.wideMs,
      point.state,
      point.message?.slice(0, 1024) ?? null,
      point.events,
      point.updatedMs,
    );
  }
}
