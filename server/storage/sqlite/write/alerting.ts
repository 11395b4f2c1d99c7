/** Writes of alerts. Runs in the writer's thread; each call is one transaction. */
import type Database from 'better-sqlite3';
import type { AlertStore, EvaluatedRule } from '../../questions/alerts/types.ts';
import { addDeliveries } from './deliveries.ts';

type Arguments<K extends keyof AlertStore> = Parameters<AlertStore[K]>;
export type AlertingCall = {
  [K in keyof AlertStore]: { readonly name: K; readonly args: Arguments<K> };
}[keyof AlertStore];

const ANSWER_BYTES = 1024;

export function applyAlerting(db: Database.Database, call: AlertingCall): unknown {
  return db.transaction(() => run(db, call))();
}

function run(db: Database.Database, call: AlertingCall): unknown {
  switch (call.name) {
    case 'saveRule':
      return savedRule(db, ...call.args);
    case 'saveEvaluations':
      return evaluated(db, ...call.args);
    case 'saveDispatch':
      return dispatched(db, ...call.args);
    case 'saveAttempt':
      return attempted(db, ...call.args);
    case 'redeliver': {
      const [ids, nowMs] = call.args;
      const again = db.prepare(
        `UPDATE alert_delivery SET state = 'pending', attempts = 0, first_ms = NULL, next_ms = ?, ended_ms = NULL
         WHERE id = ? AND state <> 'pending'`,
      );
      return ids.reduce((sum, id) => sum + again.run(nowMs, id).changes, 0);
    }
    case 'saveReceiver':
      return savedReceiver(db, ...call.args);
    case 'removeReceiver':
      return removedReceiver(db, ...call.args);
    case 'saveConfiguration':
      return configured(db, ...call.args);
    case 'saveSilence': {
      const [id, silence, endsMs] = call.args;
      db.prepare(
        `INSERT INTO alert_silence (id, silence, ends_ms) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET silence = excluded.silence, ends_ms = excluded.ends_ms`,
      ).run(id, silence, endsMs);
      return undefined;
    }
    case 'saveRouting':
      setting(db, 'alerts.routing', call.args[0]);
      return undefined;
    case 'onClockRewind':
      db.prepare("UPDATE alert_delivery SET next_ms = next_ms - ? WHERE state = 'pending'").run(call.args[0]);
      return undefined;
    case 'deleteBefore': {
      const [beforeMs] = call.args;
      const dispatched = db.prepare("SELECT value FROM setting WHERE key = 'alerts.dispatched'").pluck().get();
      db.prepare('DELETE FROM alert_event WHERE at_ms < ? AND seq <= ?').run(beforeMs, Number(dispatched ?? 0));
      db.prepare(
        'DELETE FROM alert_attempt WHERE delivery_id IN (SELECT id FROM alert_delivery WHERE ended_ms < ?)',
      ).run(beforeMs);
      db.prepare('DELETE FROM alert_delivery WHERE ended_ms < ?').run(beforeMs);
      db.prepare('DELETE FROM alert_silence WHERE ends_ms < ?').run(beforeMs);
      return undefined;
    }
  }
}

function savedRule(db: Database.Database, ...[id, rule, nowMs]: Arguments<'saveRule'>): undefined {
  db.prepare(
    `INSERT INTO alert_rule (id, rule, updated_ms) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET rule = excluded.rule, updated_ms = excluded.updated_ms`,
  ).run(id, rule, nowMs);
  return undefined;
}

function savedReceiver(db: Database.Database, ...[id, receiver, secrets]: Arguments<'saveReceiver'>): undefined {
  db.prepare(
    `INSERT INTO alert_receiver (id, receiver, secrets) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET receiver = excluded.receiver, secrets = excluded.secrets`,
  ).run(id, receiver, secrets);
  return undefined;
}

function removedReceiver(db: Database.Database, ...[id, nowMs]: Arguments<'removeReceiver'>): undefined {
  db.prepare('DELETE FROM alert_receiver WHERE id = ?').run(id);
  db.prepare('DELETE FROM alert_group WHERE receiver_id = ?').run(id);
  db.prepare(
    "UPDATE alert_delivery SET state = 'cancelled', ended_ms = ? WHERE receiver_id = ? AND state = 'pending'",
  ).run(nowMs, id);
  return undefined;
}

function configured(
  db: Database.Database,
  { evaluations, rules, receivers, removedReceivers, routing, managed, nowMs }: Arguments<'saveConfiguration'>[0],
): undefined {
  evaluated(db, evaluations);
  for (const { id, rule } of rules) savedRule(db, id, rule, nowMs);
  for (const { id, receiver, secrets } of receivers) savedReceiver(db, id, receiver, secrets);
  for (const id of removedReceivers) removedReceiver(db, id, nowMs);
  if (routing !== null) setting(db, 'alerts.routing', routing);
  setting(db, 'alerts.managed', managed);
  return undefined;
}

function evaluated(db: Database.Database, results: readonly EvaluatedRule[]): undefined {
  const sql = {
    watch: db.prepare(
      `INSERT INTO alert_watch (rule_id, until_ms, error, errors, late, skipped, took_ms)
       VALUES (@ruleId, @untilMs, @error, @errors, @late, @skipped, @tookMs)
       ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms, error = excluded.error, errors = excluded.errors,
         late = excluded.late, skipped = excluded.skipped, took_ms = excluded.took_ms`,
    ),
    save: db.prepare(
      `INSERT INTO alert_instance (rule_id, series, state, alert) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, alert = excluded.alert`,
    ),
    drop: db.prepare('DELETE FROM alert_instance WHERE rule_id = ? AND series = ?'),
    event: db.prepare('INSERT INTO alert_event (alert_id, rule_id, status, at_ms, alert) VALUES (?, ?, ?, ?, ?)'),
  };
  for (const { ruleState: watch, ruleId, removeRule, changed, removed, events } of results) {
    if (watch !== null) sql.watch.run({ ...watch, tookMs: Math.round(watch.tookMs) });
    for (const { series, state, alert } of changed) sql.save.run(ruleId, series, state, alert);
    for (const series of removed) sql.drop.run(ruleId, series);
    for (const event of events) sql.event.run(event.alertId, event.ruleId, event.status, event.atMs, event.alert);
    if (removeRule) {
      db.prepare('DELETE FROM alert_rule WHERE id = ?').run(ruleId);
      db.prepare('DELETE FROM alert_watch WHERE rule_id = ?').run(ruleId);
      db.prepare('DELETE FROM alert_instance WHERE rule_id = ?').run(ruleId);
    }
  }
  return undefined;
}

function dispatched(
  db: Database.Database,
  { seq, changed, removed, deliveries }: Arguments<'saveDispatch'>[0],
): undefined {
  const save = db.prepare(
    `INSERT INTO alert_group (id, receiver_id, state) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET state = excluded.state`,
  );
  for (const { id, receiverId, state } of changed) save.run(id, receiverId, state);
  const drop = db.prepare('DELETE FROM alert_group WHERE id = ?');
  for (const id of removed) drop.run(id);
  addDeliveries(db, deliveries);
  setting(db, 'alerts.dispatched', String(seq));
  return undefined;
}

function attempted(db: Database.Database, { attempt, state, nextMs, body }: Arguments<'saveAttempt'>[0]): undefined {
  db.prepare(
    `INSERT OR REPLACE INTO alert_attempt (delivery_id, attempt, at_ms, took_ms, status, error, answer)
     VALUES (@deliveryId, @attempt, @atMs, @tookMs, @status, @error, @answer)`,
  ).run({ ...attempt, tookMs: Math.round(attempt.tookMs), answer: attempt.answer?.slice(0, ANSWER_BYTES) ?? null });
  db.prepare(
    `UPDATE alert_delivery SET attempts = max(attempts, @attempt), first_ms = ifnull(first_ms, @atMs),
       state = CASE WHEN state = 'pending' THEN @state ELSE state END, next_ms = @nextMs,
       ended_ms = CASE WHEN @state = 'pending' THEN ended_ms ELSE @atMs END
     WHERE id = @id`,
  ).run({ id: attempt.deliveryId, attempt: attempt.attempt, atMs: attempt.atMs, state, nextMs });
  if (body !== undefined) db.prepare('UPDATE alert_delivery SET body = ? WHERE id = ?').run(body, attempt.deliveryId);
  return undefined;
}

function setting(db: Database.Database, key: string, value: string): void {
  db.prepare('INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
    key,
    value,
  );
}
