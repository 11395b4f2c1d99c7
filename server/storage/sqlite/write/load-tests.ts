/** Table `load_test`: results of load tests. */
import type Database from 'better-sqlite3';
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { functionNamedBy } from '../../function-id.ts';
import type { DimensionCache } from './dimension-cache.ts';

export class LoadTests {
  readonly #dimensions: DimensionCache;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO load_test (digest, function_id, imported_ms, at_ms, tool, name, result)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows. */
  write(test: LoadTest, entry: TelemetryEntry, nowMs: number): number {
    const { functionName } = test;
    const functionId =
      functionName === null ? null : this.#dimensions.functionNamed(functionNamedBy(functionName, entry));
    const { kind: _kind, tool, name, atMs, functionName: _function, ...result } = test;
    return this.#add.run(entry.digest, functionId, nowMs, atMs, tool, name, JSON.stringify(result)).changes;
  }
}
