/** Table `resource_use`: CPU, memory, network and files of an invocation, as Lambda Insights reports them. */
import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import type { ResourceUse } from '../../../../ingest/records/resource-use.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { micros, whole } from './units.ts';

export class ResourceUses {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO resource_use (function_id, at_ms, request_id, version, trace_id, cold_start, timed_out,
       duration_us, init_us, billed_mb_ms, used_memory_max_mb, total_memory_mb, cpu_user_us, cpu_system_us, cpu_total_us,
       rx_bytes, tx_bytes, tmp_free_bytes, tmp_max_bytes, fd_use, threads_max, shutdown_reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows; null if the day's raw events were deleted. */
  write(use: ResourceUse, entry: TelemetryEntry, nowMs: number): number | null {
    const functionId = this.#dimensions.functionNamed({ ...entry, name: use.functionName });
    const atMs = use.atMs ?? entry.atMs ?? nowMs;
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    return this.#add.run(
      functionId,
      atMs,
      use.requestId === null ? null : requestIdBytes(use.requestId),
      use.version,
      use.traceId,
      use.coldStart === null ? null : Number(use.coldStart),
      Number(use.timedOut),
      micros(use.durationMs),
      micros(use.initDurationMs),
      whole(use.billedMbMs),
      use.usedMemoryMaxMb,
      use.totalMemoryMb,
      micros(use.cpuUserMs),
      micros(use.cpuSystemMs),
      micros(use.cpuTotalMs),
      whole(use.rxBytes),
      whole(use.txBytes),
      whole(use.tmpFreeBytes),
      whole(use.tmpMaxBytes),
      whole(use.fdUse),
      whole(use.threadsMax),
      use.shutdownReason,
    ).changes;
  }
}
