/** Table `durable_line`: first and last line of each invocation of a durable execution. */
import type Database from 'better-sqlite3';
import type { DurableLine } from '../../../../ingest/records/durable-line.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';

export class DurableLines {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#add = db.prepare(
      `INSERT INTO durable_line (function_id, execution, request_id, operation, first_ms, last_ms)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)
       WHERE excluded.first_ms < first_ms OR excluded.last_ms > last_ms`,
    );
  }

  /** Returns the number of changed rows; null if the day's raw events were deleted. */
  write(line: DurableLine, entry: TelemetryEntry, nowMs: number): number | null {
    const { account, region, functionName: name, execution, requestId, operation } = line;
    const functionId = this.#dimensions.functionNamed({ account, region, name });
    const atMs = entry.atMs ?? nowMs;
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    return this.#add.run(functionId, execution, requestId, operation, atMs, atMs).changes;
  }
}
