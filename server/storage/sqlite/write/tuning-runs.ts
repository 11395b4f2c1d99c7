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
      'INSERT OR IGNORE INTO tuning_run (digest, function_id, imported_ms, chosen_mb, points) VALUES (?, ?, ?, ?, ?)',
    );
  }

  /** Returns the number of new rows. */
  write(run: TuningRun, entry: TelemetryEntry, nowMs: number): number {
    const functionId = this.#dimensions.functionNamed({ ...entry, name: run.functionName ?? '' });
    const { digest } = entry;
    return this.#add.run(digest, functionId, nowMs, whole(run.chosenMb), JSON.stringify(run.points)).changes;
  }
}
