/** What is stored of lines beside what they say: the lines themselves, how much they were, when the runtime was done. */
import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/request-id.ts';
import type { Batch, LogVolume } from '../../../../ingest/sink.ts';
import type { EnvironmentState, Identities } from './identities.ts';
import { environmentOf } from './identities.ts';

const HOUR_MS = 3_600_000;

interface Volume {
  readonly groupId: number;
  readonly hourMs: number;
  events: number;
  bytes: number;
}

export class LogLines {
  readonly #volumes = new Map<string, Volume>();
  readonly #identities: Identities;
  readonly #sql;

  constructor(db: Database.Database, identities: Identities) {
    this.#identities = identities;
    this.#sql = prepare(db);
  }

  /** Answers how many of the batch's `runtimeDone` are new. */
  write(batch: Batch, environments: readonly EnvironmentState[], nowMs: number): number {
    let fresh = 0;
    for (const chunk of batch.raw) {
      const { id } = environmentOf(environments, chunk.stream);
      this.#sql.raw.run(id, nowMs, chunk.firstMs, chunk.lastMs, chunk.events, chunk.digest, chunk.gzip);
    }
    for (const { stream, requestId, atMs, runtimeMs } of batch.runtimeDone) {
      const { id } = environmentOf(environments, stream);
      const us = Math.round(runtimeMs * 1000);
      fresh += this.#sql.runtimeDone.run(id, requestIdBytes(requestId), atMs, us).changes;
    }
    for (const volume of batch.volumes) this.#volume(volume);
    return fresh;
  }

  /** Part of the commit. */
  flush(): void {
    for (const { groupId, hourMs, events, bytes } of this.#volumes.values()) {
      this.#sql.volume.run(groupId, hourMs, events, bytes);
    }
    this.reset();
  }

  reset(): void {
    this.#volumes.clear();
  }

  #volume(volume: LogVolume): void {
    const groupId = this.#identities.logGroup(volume);
    const hourMs = Math.floor(volume.atMs / HOUR_MS) * HOUR_MS;
    if (this.#sql.message.run(hourMs, groupId, volume.digest).changes === 0) return;
    const key = `${groupId}/${hourMs}`;
    const sum = this.#volumes.get(key) ?? { groupId, hourMs, events: 0, bytes: 0 };
    this.#volumes.set(key, sum);
    sum.events += volume.events;
    sum.bytes += volume.bytes;
  }
}

function prepare(db: Database.Database) {
  return {
    raw: db.prepare(
      'INSERT OR IGNORE INTO raw_chunk (environment_id, received_ms, first_ms, last_ms, events, digest, gzip) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    runtimeDone: db.prepare(
      'INSERT OR IGNORE INTO runtime_done (environment_id, request_id, at_ms, runtime_us) VALUES (?, ?, ?, ?)',
    ),
    message: db.prepare('INSERT OR IGNORE INTO log_message (hour_ms, log_group_id, digest) VALUES (?, ?, ?)'),
    volume: db.prepare(
      `INSERT INTO log_volume (log_group_id, hour_ms, events, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes`,
    ),
  };
}
