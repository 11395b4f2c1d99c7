/** Table `flow_record`: VPC flow logs. */
import type Database from 'better-sqlite3';
import type { FlowRecord } from '../../../../ingest/records/flow-record.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';

export class FlowRecords {
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, days: DetailRetentionIndex) {
    this.#detailDays = days;
    this.#add = db.prepare(
      `INSERT OR IGNORE INTO flow_record (account, eni_id, from_ms, to_ms, outcome, source_address, target_address,
       target_port, protocol, packets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Returns the number of new rows. */
  write(flow: FlowRecord): number {
    this.#detailDays.takes('flow', 0, flow.fromMs);
    return this.#add.run(
      flow.account,
      flow.eniId,
      flow.fromMs,
      flow.toMs,
      flow.outcome,
      flow.sourceAddress ?? '',
      flow.targetAddress ?? '',
      flow.targetPort ?? -1,
      flow.protocol,
      flow.packets,
    ).changes;
  }
}
