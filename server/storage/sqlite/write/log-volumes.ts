/** Table `log_volume`: events and bytes per log group and hour. Collected until the commit. */
import type Database from 'better-sqlite3';
import type { LogVolume } from '../../../../ingest/records/raw-chunk.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { LogMessages } from './log-messages.ts';

interface Volume {
  readonly groupId: number;
  readonly hourMs: number;
  events: number;
  bytes: number;
}

export class LogVolumes {
  readonly #sums = new Map<string, Volume>();
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #messages: LogMessages;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#messages = new LogMessages(db);
    this.#add = db.prepare(
      `INSERT INTO log_volume (log_group_id, hour_ms, events, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes`,
    );
  }

  /** Counts a message unless it was counted before. */
  add(volume: LogVolume): void {
    const groupId = this.#dimensions.logGroup(volume);
    const hourMs = Math.floor(volume.atMs / HOUR_MS) * HOUR_MS;
    if (!this.#detailDays.takes('log-group', groupId, hourMs)) return;
    if (!this.#messages.add(hourMs, groupId, volume.digest)) return;
    const key = `${groupId}/${hourMs}`;
    const sum = this.#sums.get(key) ?? { groupId, hourMs, events: 0, bytes: 0 };
    this.#sums.set(key, sum);
    sum.events += volume.events;
    sum.bytes += volume.bytes;
  }

  /** Writes collected volumes. Part of the commit. */
  flush(): void {
    for (const { groupId, hourMs, events, bytes } of this.#sums.values()) {
      this.#add.run(groupId, hourMs, events, bytes);
    }
    this.reset();
  }

  reset(): void {
    this.#sums.clear();
  }
}
