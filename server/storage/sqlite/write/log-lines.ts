/** Tables `raw_chunk`, `log_volume` and `runtime_done`: compressed log lines, bytes per log group and hour, runtime durations. */

import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { LogVolume } from '../../../../ingest/records/raw-chunk.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { environmentOf } from './environments.ts';

interface Volume {
  readonly groupId: number;
  readonly hourMs: number;
  events: number;
  bytes: number;
}

/** Counts of `runtimeDone` events: new, duplicate, and of days whose raw events were deleted. */
export interface Done {
  readonly fresh: number;
  readonly known: number;
  readonly expired: number;
}

export class LogLines {
  readonly #volumes = new Map<string, Volume>();
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#sql = prepare(db);
  }

  write(batch: Batch, environments: readonly EnvironmentState[], nowMs: number): Done {
    let fresh = 0;
    let expired = 0;
    for (const chunk of batch.raw) {
      const { id, functionId } = environmentOf(environments, chunk.stream);
      if (!this.#detailDays.takes('function', functionId, chunk.lastMs)) continue;
      this.#sql.raw.run(id, nowMs, chunk.firstMs, chunk.lastMs, chunk.events, chunk.digest, chunk.gzip);
    }
    for (const { stream, requestId, atMs, runtimeMs } of batch.runtimeDone) {
      const { id, functionId } = environmentOf(environments, stream);
      if (!this.#detailDays.takes('function', functionId, atMs)) {
        expired += 1;
        continue;
      }
      const us = Math.round(runtimeMs * 1000);
      fresh += this.#sql.runtimeDone.run(id, requestIdBytes(requestId), atMs, us).changes;
    }
    for (const volume of batch.volumes) this.#volume(volume);
    return { fresh, expired, known: batch.runtimeDone.length - fresh - expired };
  }

  /** Writes collected volumes. Part of the commit. */
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
    const groupId = this.#dimensions.logGroup(volume);
    const hourMs = Math.floor(volume.atMs / HOUR_MS) * HOUR_MS;
    if (!this.#detailDays.takes('log-group', groupId, hourMs)) return;
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
