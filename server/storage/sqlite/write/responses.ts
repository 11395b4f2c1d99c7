/** Table `response`: response times and sizes of requests. */
import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import type { ResponseTiming } from '../../../../ingest/records/response-timing.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { micros, whole } from './units.ts';

export class Responses {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO response (function_id, at_ms, request_id, first_byte_us, response_us, bytes)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows; null if the day's raw events were deleted. */
  write(response: ResponseTiming): number | null {
    const { account, region, functionName: name, atMs } = response;
    const functionId = this.#dimensions.functionNamed({ account, region, name });
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    return this.#add.run(
      functionId,
      atMs,
      requestIdBytes(response.requestId),
      micros(response.firstByteMs),
      micros(response.responseMs),
      whole(response.bytes),
    ).changes;
  }
}
