/** Alert state as a process loads it, alert events, and deliveries. */

import { sql } from 'kysely';
import type { Databases } from '../../sqlite/databases.ts';
import type { RowChecks } from '../../stored-rows.ts';
import { isCount, isDuration, isOneOf, isTime, MAX_TIME_MS, orNull, validPage, validRows } from '../../stored-rows.ts';
import type {
  AlertReader,
  AlertSnapshot,
  StoredAlertEvent,
  StoredAttempt,
  StoredDelivery,
  StoredRuleState,
} from './types.ts';

const RULE_STATE: RowChecks<StoredRuleState> = {
  untilMs: isTime,
  errors: isCount,
  late: isCount,
  skipped: isCount,
  tookMs: isDuration,
};
const SILENCE: RowChecks<AlertSnapshot['silences'][number]> = { endsMs: isTime };
const EVENT: RowChecks<StoredAlertEvent> = { status: isOneOf('firing', 'resolved'), atMs: isTime };
const DELIVERY_ROW: RowChecks<StoredDelivery> = {
  state: isOneOf('pending', 'delivered', 'superseded', 'refused', 'exhausted', 'gone', 'cancelled'),
  attempts: isCount,
  createdMs: isTime,
  firstMs: orNull(isTime),
  nextMs: isTime,
  endedMs: orNull(isTime),
};
const ATTEMPT: RowChecks<StoredAttempt> = {
  attempt: isCount,
  atMs: isTime,
  tookMs: isDuration,
  status: orNull(isCount),
};

type Query<K extends keyof AlertReader> = Parameters<AlertReader[K]>[0];

/** Everything but events and deliveries. JSON columns are returned as text. */
export async function alertSnapshot(db: Databases): Promise<AlertSnapshot> {
  const { control } = db;
  const settings = await control.selectFrom('setting').selectAll().where('key', 'like', 'alerts.%').execute();
  const setting = (key: string): string | null => settings.find((row) => row.key === key)?.value ?? null;
  return {
    rules: await control.selectFrom('alert_rule').select(['id', 'rule']).orderBy('id').execute(),
    ruleStates: validRows(
      await control
        .selectFrom('alert_watch')
        .select(['rule_id as ruleId', 'until_ms as untilMs', 'error', 'errors', 'late', 'skipped', 'took_ms as tookMs'])
        .execute(),
      RULE_STATE,
      ({ ruleId }) => `alert_watch of rule ${ruleId}`,
    ),
    instances: await control
      .selectFrom('alert_instance')
      .select(['rule_id as ruleId', 'series', 'state', 'alert'])
      .execute(),
    groups: await control.selectFrom('alert_group').select(['id', 'receiver_id as receiverId', 'state']).execute(),
    receivers: await control.selectFrom('alert_receiver').selectAll().orderBy('id').execute(),
    silences: validRows(
      await control.selectFrom('alert_silence').select(['id', 'silence', 'ends_ms as endsMs']).execute(),
      SILENCE,
      ({ id }) => `alert_silence ${id}`,
    ),
    routing: setting('alerts.routing'),
    managed: setting('alerts.managed'),
    dispatchedSeq: dispatchedSeq(setting('alerts.dispatched')),
  };
}

/** If the number cannot be read, all stored events are dispatched again: groups leave out what they have notified. */
function dispatchedSeq(text: string | null): number {
  const stored = [{ seq: Number(text ?? 0) }];
  return validRows(stored, { seq: isCount }, () => 'setting alerts.dispatched')[0]?.seq ?? 0;
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
  const ordered = select.orderBy('seq', query.newestFirst === true ? 'desc' : 'asc');
  const read = (limit: number): Promise<StoredAlertEvent[]> => ordered.limit(limit).execute();
  return validPage(query.limit, read, EVENT, ({ seq }) => `alert_event ${seq}`);
}

/** Deliveries that are read at once. */
/** Deliveries of one receiver that are read at once: one is sent at a time. */
const DUE_OF_RECEIVER = 10;

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

/**
 * The oldest valid pending delivery of each group at each receiver, if it is due, of the ten oldest groups of each receiver: an
 * invalid one does not hold up those behind it. Tests belong to no group and count each by itself.
 */
export async function dueDeliveries(db: Databases, query: Query<'dueDeliveries'>): Promise<readonly StoredDelivery[]> {
  let oldest = db.control
    .selectFrom('alert_delivery')
    .select(({ fn }) => fn.min<number>('seq').as('seq'))
    .where('state', '=', 'pending')
    .where((eb) => eb.between('created_ms', 0, MAX_TIME_MS))
    .where((eb) => eb.between('next_ms', 0, MAX_TIME_MS))
    .where((eb) => eb.between('attempts', 0, Number.MAX_SAFE_INTEGER))
    .where((eb) => eb.or([eb('first_ms', 'is', null), eb.between('first_ms', 0, MAX_TIME_MS)]))
    .where((eb) => eb.or([eb('ended_ms', 'is', null), eb.between('ended_ms', 0, MAX_TIME_MS)]))
    .groupBy(['receiver_id', 'group_id', sql`CASE WHEN group_id = '' THEN seq END`]);
  if (query.receiverId !== undefined) oldest = oldest.where('receiver_id', '=', query.receiverId);
  const due = db.control
    .selectFrom('alert_delivery')
    .select(['seq', sql<number>`row_number() OVER (PARTITION BY receiver_id ORDER BY seq)`.as('place')])
    .where('seq', 'in', oldest)
    .where('next_ms', '<=', query.nowMs);
  // Some of each receiver: one with very many does not crowd out the others.
  const chosen = db.control.selectFrom(due.as('due')).select('seq').where('place', '<=', DUE_OF_RECEIVER);
  const rows = await db.control
    .selectFrom('alert_delivery')
    .select(DELIVERY)
    .where('seq', 'in', chosen)
    .orderBy('seq')
    .execute();
  return validRows(rows, DELIVERY_ROW, deliveryName);
}

const deliveryName = ({ seq }: StoredDelivery): string => `alert_delivery ${seq}`;

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
  const ordered = select.orderBy('seq', 'desc');
  const read = (limit: number): Promise<StoredDelivery[]> => ordered.limit(limit).execute();
  const deliveries = await validPage(query.limit, read, DELIVERY_ROW, deliveryName);
  if (deliveries.length === 0) return [];
  const stored = await db.control
    .selectFrom('alert_attempt')
    .select(['delivery_id as deliveryId', 'attempt', 'at_ms as atMs', 'took_ms as tookMs', 'status', 'error', 'answer'])
    .where(
      'delivery_id',
      'in',
      deliveries.map((row) => row.id),
    )
    .orderBy('attempt')
    .execute();
  const name = ({ deliveryId, attempt }: StoredAttempt): string => `alert_attempt ${attempt} of ${deliveryId}`;
  const attempts = validRows(stored, ATTEMPT, name);
  return deliveries.map((row) => ({ ...row, log: attempts.filter((one) => one.deliveryId === row.id) }));
}
