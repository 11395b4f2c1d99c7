/** Table `network_event`: network events of CloudTrail. */
import type Database from 'better-sqlite3';
import type { NetworkEvent } from '../../../../ingest/records/network-event.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';

export class NetworkEvents {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO network_event (id, at_ms, account, region, name, error_code, subnet_id, security_groups,
       eni_id, addresses, function_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows. */
  write(event: NetworkEvent, entry: TelemetryEntry, nowMs: number): number {
    const account = event.account ?? entry.account;
    const region = event.region ?? entry.region;
    const functionId =
      event.functionName === null
        ? null
        : this.#dimensions.functionNamed({ account, region, name: event.functionName });
    const atMs = event.atMs ?? entry.atMs ?? nowMs;
    this.#detailDays.takes('network', 0, atMs);
    return this.#add.run(
      event.id === '' ? entry.digest : event.id,
      atMs,
      account,
      region,
      event.name,
      event.errorCode,
      event.subnetId,
      JSON.stringify(event.securityGroupIds),
      event.eniId,
      event.addresses,
      functionId,
    ).changes;
  }
}
