/** Table `gateway_request`: requests in access logs of API Gateway. */
import type Database from 'better-sqlite3';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import type { GatewayRequest } from '../../../../ingest/records/gateway-request.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { micros, whole } from './units.ts';

export class GatewayRequests {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO gateway_request (log_group_id, at_ms, request_id, lambda_request_id, route, status,
       integration_latency_us, response_latency_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows. */
  write(request: GatewayRequest, entry: TelemetryEntry, nowMs: number): number {
    const groupId = this.#dimensions.logGroup(entry);
    const atMs = request.atMs ?? entry.atMs ?? nowMs;
    this.#detailDays.takes('gateway', groupId, atMs);
    return this.#add.run(
      groupId,
      atMs,
      request.requestId,
      request.lambdaRequestId === null ? null : requestIdBytes(request.lambdaRequestId),
      request.route,
      whole(request.status),
      micros(request.integrationLatencyMs),
      micros(request.responseLatencyMs),
    ).changes;
  }
}
