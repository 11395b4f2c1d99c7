/** Table `tuning_run`: results of power tuning. */
import type Database from 'better-sqlite3';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { TuningRun } from '../../../../ingest/records/tuning-run.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { whole } from './units.ts';

export class TuningRuns {
  readonly #dimensions: DimensionCache;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO tuning_run
         (digest, function_id, imported_ms, at_ms, invocations, cold_starts, chosen_mb, points)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows. */
  write(run: TuningRun, entry: TelemetryEntry, nowMs: number): number {
    const functionId = this.#dimensions.functionNamed({
      account: run.account ?? entry.account,
      region: run.region ?? entry.region,
      name: run.functionName ?? '',
    });
    // Imports that an undo applies again may be older than some fields.
    const { atMs = null, invocations = null, coldStarts = null } = run;
    const cold = coldStarts === null ? null : Number(coldStarts);
    const points = JSON.stringify(run.points);
    return this.#add.run(entry.digest, functionId, nowMs, atMs, invocations, cold, whole(run.chosenMb), points).changes;
  }
}
