/** Alert state as a process loads it, alert events, and deliveries. */

import type { Databases } from '../../sqlite/databases.ts';
import type { AlertReader, AlertSnapshot, StoredAlertEvent, StoredDelivery } from './types.ts';

type Query<K extends keyof AlertReader> = Parameters<AlertReader[K]>[0];

/** Everything but events and deliveries. JSON columns are returned as text. */
export async function alertSnapshot(db: Databases): Promise<AlertSnapshot> {
  const { control } = db;
  const settings = await control.selectFrom('setting').selectAll().where('key', 'like', 'alerts.%').execute();
  const setting = (key: string): string | null => settings.find((row) => row.key === key)?.value ?? null;
  return {
    rules: await control.selectFrom('alert_rule').select(['id', 'rule']).orderBy('id').execute(),
    ruleStates: await control
      .selectFrom('alert_watch')
      .select(['rule_id as ruleId', 'until_ms as untilMs', 'error', 'errors', 'late', 'skipped', 'took_ms as tookMs'])
      .execute(),
    instances: await control
      .selectFrom('alert_instance')
      .select(['rule_id as ruleId', 'series', 'state', 'alert'])
      .execute(),
    groups: await control.selectFrom('alert_group').select(['id', 'receiver_id as receiverId', 'state']).execute(),
    receivers: await control.selectFrom('alert_receiver').selectAll().orderBy('id').execute(),
    silences: await control.selectFrom('alert_silence').select(['id', 'silence', 'ends_ms as endsMs']).execute(),
    routing: setting('alerts.routing'),
    dispatchedSeq: Number(setting('alerts.dispatched') ?? 0),
  };
}

/** Alert events by sequence number, filtered and limited. */
export async function alertEvents(db: Databases, query: Query<'alertEvents'>): Promise<readonly StoredAlertEvent[]> {
  let select = db.control
    .selectFrom('alert_event')
    .select(['seq', 'alert_id as alertId', 'rule_id as ruleId', 'status', 'at_ms as atMs', 'alert']);
  if (query.afterSeq !== undefined) select = select.where('seq', '>', query.afterSeq);
  if (query.beforeSeq !== undefined) select = select.where('seq', '<', query.beforeSeq);
  if (query.ruleId !== undefined) select = select.where('rule_id', '=', query.ruleId);
  if (query.fromMs !== undefined) select = select.where('at_ms', '>=', query.fromMs);
  if (query.toMs !== undefined) select = select.where('at_ms', '<', query.toMs);
  return select
    .orderBy('seq', query.newestFirst === true ? 'desc' : 'asc')
    .limit(query.limit)
    .execute();
}

const DELIVERY = [
  'seq',
  'id',
  'receiver_id as receiverId',
  'group_id as groupId',
  'type',
  'body',
  'state',
  'attempts',
  'created_ms as createdMs',
  'first_ms as firstMs',
  'next_ms as nextMs',
  'ended_ms as endedMs',
] as const;

/** The oldest pending delivery of each receiver, if it is due. */
export async function dueDeliveries(db: Databases, query: Query<'dueDeliveries'>): Promise<readonly StoredDelivery[]> {
  let oldest = db.control
    .selectFrom('alert_delivery')
    .select(({ fn }) => fn.min<number>('seq').as('seq'))
    .where('state', '=', 'pending')
    .groupBy('receiver_id');
  if (query.receiverId !== undefined) oldest = oldest.where('receiver_id', '=', query.receiverId);
  const first = await oldest.execute();
  if (first.length === 0) return [];
  return db.control
    .selectFrom('alert_delivery')
    .select(DELIVERY)
    .where(
      'seq',
      'in',
      first.map((row) => row.seq),
    )
    .where('next_ms', '<=', query.nowMs)
    .execute();
}

/** Deliveries with their attempts, newest first. */
export async function alertDeliveries(
  db: Databases,
  query: Query<'alertDeliveries'>,
): ReturnType<AlertReader['alertDeliveries']> {
  let select = db.control.selectFrom('alert_delivery').select(DELIVERY);
  if (query.receiverId !== undefined) select = select.where('receiver_id', '=', query.receiverId);
  if (query.state !== undefined) select = select.where('state', '=', query.state);
  if (query.sinceMs !== undefined) select = select.where('created_ms', '>=', query.sinceMs);
  if (query.beforeSeq !== undefined) select = select.where('seq', '<', query.beforeSeq);
  const deliveries = await select.orderBy('seq', 'desc').limit(query.limit).execute();
  if (deliveries.length === 0) return [];
  const attempts = await db.control
    .selectFrom('alert_attempt')
    .select(['delivery_id as deliveryId', 'attempt', 'at_ms as atMs', 'took_ms as tookMs', 'status', 'error', 'answer'])
    .where(
      'delivery_id',
      'in',
      deliveries.map((row) => row.id),
    )
    .orderBy('attempt')
    .execute();
  return deliveries.map((row) => ({ ...row, log: attempts.filter((one) => one.deliveryId === row.id) }));
}
