/** Table `response`: response times and sizes of requests. Of two copies, the one whose time is not truncated to the second is kept. */
import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import { exactBounds, secondOf } from '../../../../ingest/records/attempt.ts';
import type { ResponseTiming } from '../../../../ingest/records/response-timing.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { micros, whole } from './units.ts';

export class Responses {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#sql = prepare(db);
  }

  /** Returns the number of new rows; null if the day's raw events were deleted. */
  write(response: ResponseTiming): number | null {
    const { account, region, functionName: name, atMs } = response;
    const functionId = this.#dimensions.functionNamed({ account, region, name });
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    const requestId = requestIdBytes(response.requestId);
    const [fromMs, toMs] = exactBounds(atMs);
    if (toMs > fromMs && this.#sql.exact.get(functionId, fromMs + 1, toMs, requestId) !== undefined) return 0;
    const cameBefore = toMs === fromMs && this.#sql.dropCut.run(functionId, secondOf(atMs), requestId).changes > 0;
    const { changes } = this.#sql.add.run(
      functionId,
      atMs,
      requestId,
      micros(response.firstByteMs),
      micros(response.responseMs),
      whole(response.bytes),
    );
    return cameBefore ? 0 : changes;
  }
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      `INSERT OR IGNORE INTO response (function_id, at_ms, request_id, first_byte_us, response_us, bytes)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    exact: db.prepare('SELECT 1 FROM response WHERE function_id = ? AND at_ms BETWEEN ? AND ? AND request_id = ?'),
    dropCut: db.prepare('DELETE FROM response WHERE function_id = ? AND at_ms = ? AND request_id = ?'),
  };
}
