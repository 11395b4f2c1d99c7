/** Table `alert_delivery`: the outbox of notifications and reports. */
import type Database from 'better-sqlite3';
import type { NewDelivery } from '../../questions/alerts/types.ts';

/** Part of a transaction. A pending delivery of a group is superseded by the group's next one; '' is no group. */
export function addDeliveries(control: Database.Database, deliveries: readonly NewDelivery[]): void {
  const supersede = control.prepare(
    "UPDATE alert_delivery SET state = 'superseded', ended_ms = ? WHERE receiver_id = ? AND group_id = ? AND state = 'pending'",
  );
  const add = control.prepare(
    `INSERT INTO alert_delivery (id, receiver_id, group_id, type, body, state, attempts, created_ms, next_ms)
     VALUES (@id, @receiverId, @groupId, @type, @body, 'pending', 0, @createdMs, @createdMs)`,
  );
  for (const delivery of deliveries) {
    if (delivery.groupId !== '') supersede.run(delivery.createdMs, delivery.receiverId, delivery.groupId);
    add.run(delivery);
  }
}
