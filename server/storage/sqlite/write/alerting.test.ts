/** What each write of alerts leaves in the tables. Values differ, so that no column can be taken for another. */
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EvaluatedRule, NewDelivery, StoredAttempt } from '../../questions/alerts/types.ts';
import { migrate } from '../migrate.ts';
import type { AlertingCall } from './alerting.ts';
import { applyAlerting } from './alerting.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
  migrate(db, ':memory:', 'migrations/sqlite/control');
  return () => db.close();
});

const apply = (call: AlertingCall) => applyAlerting(db, call);
const rows = (query: string) => db.prepare(query).all();
const all = (table: string) => rows(`SELECT * FROM ${table}`);
const settings = () =>
  Object.fromEntries((all('setting') as { key: string; value: string }[]).map(({ key, value }) => [key, value]));

test('rules, receivers, silences and routes are created, and replaced as a whole', () => {
  for (const n of [1, 2]) {
    apply({ name: 'saveRule', args: ['r', `rule ${n}`, 10 + n] });
    apply({ name: 'saveReceiver', args: ['hook', `receiver ${n}`, `secret ${n}`] });
    apply({ name: 'saveSilence', args: ['s', `silence ${n}`, 20 + n] });
    apply({ name: 'saveRouting', args: [`routes ${n}`] });
  }
  apply({ name: 'saveRule', args: ['other', 'rule', 9] });
  expect(all('alert_rule')).toEqual([
    { id: 'other', rule: 'rule', updated_ms: 9 },
    { id: 'r', rule: 'rule 2', updated_ms: 12 },
  ]);
  expect(all('alert_receiver')).toEqual([{ id: 'hook', receiver: 'receiver 2', secrets: 'secret 2' }]);
  expect(all('alert_silence')).toEqual([{ id: 's', silence: 'silence 2', ends_ms: 22 }]);
  expect(settings()).toEqual({ 'alerts.routing': 'routes 2' });
});

describe('a configuration of files', () => {
  const resolved = { alertId: 'al', ruleId: 'gone', status: 'resolved' as const, atMs: 5, alert: 'ended' };
  const configuration = {
    evaluations: [
      { ruleState: null, ruleId: 'gone', removeRule: true, changed: [], removed: ['x'], events: [resolved] },
    ],
    rules: [{ id: 'new', rule: 'rule' }],
    receivers: [{ id: 'pager', receiver: 'receiver', secrets: 'secrets' }],
    removedReceivers: ['old'],
    routing: 'routes',
    managed: 'marks',
    nowMs: 7,
  };
  const saveOlder = () => {
    apply({ name: 'saveRule', args: ['gone', 'rule', 1] });
    apply({ name: 'saveReceiver', args: ['old', 'receiver', 'secrets'] });
  };

  test('is stored with the alerts that it resolves', () => {
    saveOlder();
    apply({ name: 'saveConfiguration', args: [configuration] });
    expect(all('alert_rule')).toEqual([{ id: 'new', rule: 'rule', updated_ms: 7 }]);
    expect(all('alert_receiver')).toEqual([{ id: 'pager', receiver: 'receiver', secrets: 'secrets' }]);
    expect(all('alert_event')).toMatchObject([{ alert_id: 'al', rule_id: 'gone', status: 'resolved' }]);
    expect(settings()).toEqual({ 'alerts.routing': 'routes', 'alerts.managed': 'marks' });
    apply({ name: 'saveConfiguration', args: [{ ...configuration, routing: null, managed: 'others' }] });
    expect(settings()).toEqual({ 'alerts.routing': 'routes', 'alerts.managed': 'others' });
  });

  test('is not stored at all if a part of it cannot be', () => {
    saveOlder();
    // The last of its parts: what came before it is undone.
    const broken = { ...configuration, managed: null as unknown as string };
    expect(() => apply({ name: 'saveConfiguration', args: [broken] })).toThrow('NOT NULL');
    expect(all('alert_rule')).toEqual([{ id: 'gone', rule: 'rule', updated_ms: 1 }]);
    expect(all('alert_receiver')).toEqual([{ id: 'old', receiver: 'receiver', secrets: 'secrets' }]);
    expect([all('alert_event'), settings()]).toEqual([[], {}]);
  });
});

describe('evaluations', () => {
  const state = { ruleId: 'r', untilMs: 100, error: null, errors: 0, late: 1, skipped: 2, tookMs: 3.6 };
  const none = { ruleState: null, ruleId: 'r', removeRule: false, changed: [], removed: [], events: [] };
  const evaluate = (...results: readonly Partial<EvaluatedRule>[]) =>
    apply({ name: 'saveEvaluations', args: [results.map((result) => ({ ...none, ...result }))] });
  const instance = (ruleId: string, series: string, state: string) => ({ ruleId, series, state, alert: `of ${state}` });

  test('the state of a rule is replaced; without one the stored state stays', () => {
    evaluate({ ruleState: state });
    evaluate({});
    const row = { rule_id: 'r', until_ms: 100, error: null, errors: 0, late: 1, skipped: 2, took_ms: 4 };
    expect(all('alert_watch')).toEqual([row]);
    evaluate({ ruleState: { ...state, untilMs: 200, error: 'timeout', errors: 5, late: 6, skipped: 7, tookMs: 8.4 } });
    expect(all('alert_watch')).toEqual([
      { rule_id: 'r', until_ms: 200, error: 'timeout', errors: 5, late: 6, skipped: 7, took_ms: 8 },
    ]);
  });

  test('instances are stored, changed and dropped, each of its own rule', () => {
    evaluate({ changed: [instance('r', 'a', 'pending'), instance('r', 'b', 'pending')] });
    evaluate(
      { changed: [instance('r', 'a', 'firing')], removed: ['b'] },
      { ruleId: 'q', changed: [instance('q', 'b', 'pending')] },
    );
    expect(all('alert_instance')).toEqual([
      { rule_id: 'q', series: 'b', state: 'pending', alert: 'of pending' },
      { rule_id: 'r', series: 'a', state: 'firing', alert: 'of firing' },
    ]);
  });

  test('events are appended in their order', () => {
    const event = { alertId: 'a', ruleId: 'r', status: 'firing', atMs: 7, alert: '{1}' } as const;
    evaluate({ events: [event, { ...event, status: 'resolved', atMs: 8, alert: '{2}' }] });
    expect(all('alert_event')).toEqual([
      { seq: 1, alert_id: 'a', rule_id: 'r', status: 'firing', at_ms: 7, alert: '{1}' },
      { seq: 2, alert_id: 'a', rule_id: 'r', status: 'resolved', at_ms: 8, alert: '{2}' },
    ]);
  });

  test('a removed rule leaves neither state nor instances; its events and other rules stay', () => {
    for (const ruleId of ['r', 'q']) {
      apply({ name: 'saveRule', args: [ruleId, 'rule', 1] });
      evaluate({ ruleId, ruleState: { ...state, ruleId }, changed: [instance(ruleId, 'a', 'firing')] });
    }
    const event = { alertId: 'a', ruleId: 'r', status: 'resolved', atMs: 8, alert: '{}' } as const;
    evaluate({ ruleId: 'r', removeRule: true, events: [event] });
    const left = (table: string, key = 'rule_id') => rows(`SELECT ${key} AS id FROM ${table}`);
    expect([left('alert_rule', 'id'), left('alert_watch'), left('alert_instance')]).toEqual(
      Array.from({ length: 3 }, () => [{ id: 'q' }]),
    );
    expect(left('alert_event')).toEqual([{ id: 'r' }]);
  });

  test('an evaluation that fails in part stores nothing of it', () => {
    const broken = { alertId: 'a', ruleId: 'r', status: null, atMs: 1, alert: '{}' } as never;
    expect(() => evaluate({ ruleState: state, events: [broken] })).toThrow('NOT NULL');
    expect(all('alert_watch')).toEqual([]);
  });
});

const delivery = (id: string, change: Partial<NewDelivery> = {}): NewDelivery => ({
  id,
  receiverId: 'hook',
  groupId: 'g',
  type: 'alert.firing',
  body: `body of ${id}`,
  createdMs: 50,
  ...change,
});
const dispatch = (seq: number, ...deliveries: readonly NewDelivery[]) =>
  apply({ name: 'saveDispatch', args: [{ seq, changed: [], removed: [], deliveries }] });
const states = () =>
  Object.fromEntries(
    (rows('SELECT id, state FROM alert_delivery') as { id: string; state: string }[]).map(({ id, state }) => [
      id,
      state,
    ]),
  );

describe('dispatch', () => {
  test('groups are stored, changed and dropped, with the sequence number that they reach', () => {
    const group = (id: string, state: string) => ({ id, receiverId: `to ${id}`, state });
    const call = { removed: [], deliveries: [] };
    apply({ name: 'saveDispatch', args: [{ ...call, seq: 4, changed: [group('g', '1'), group('h', '1')] }] });
    apply({ name: 'saveDispatch', args: [{ ...call, seq: 9, changed: [group('g', '2')], removed: ['h'] }] });
    expect(all('alert_group')).toEqual([{ id: 'g', receiver_id: 'to g', state: '2' }]);
    expect(settings()).toEqual({ 'alerts.dispatched': '9' });
  });

  test('a delivery waits from its creation on', () => {
    dispatch(1, delivery('d'));
    expect(all('alert_delivery')).toEqual([
      {
        seq: 1,
        id: 'd',
        receiver_id: 'hook',
        group_id: 'g',
        type: 'alert.firing',
        body: 'body of d',
        state: 'pending',
        attempts: 0,
        created_ms: 50,
        first_ms: null,
        next_ms: 50,
        ended_ms: null,
      },
    ]);
  });

  test('the next delivery of a group supersedes the one that waits at the same receiver; tests stay', () => {
    dispatch(
      1,
      delivery('old'),
      delivery('other group', { groupId: 'h' }),
      delivery('other receiver', { receiverId: 'pager' }),
      delivery('test', { groupId: '' }),
    );
    db.exec("UPDATE alert_delivery SET state = 'delivered' WHERE id = 'other group'");
    dispatch(
      2,
      delivery('new', { createdMs: 70 }),
      delivery('later', { groupId: 'h' }),
      delivery('t2', { groupId: '' }),
    );
    expect(states()).toEqual({
      old: 'superseded',
      'other group': 'delivered',
      'other receiver': 'pending',
      test: 'pending',
      new: 'pending',
      later: 'pending',
      t2: 'pending',
    });
    expect(rows("SELECT ended_ms FROM alert_delivery WHERE id = 'old'")).toEqual([{ ended_ms: 70 }]);
  });
});

describe('attempts', () => {
  const attempt: StoredAttempt = {
    deliveryId: 'd',
    attempt: 1,
    atMs: 60,
    tookMs: 12.5,
    status: 503,
    error: null,
    answer: 'busy',
  };
  const progress = () => rows('SELECT state, attempts, first_ms, next_ms, ended_ms FROM alert_delivery');
  beforeEach(() => {
    dispatch(1, delivery('d'));
    apply({ name: 'saveAttempt', args: [{ attempt, state: 'pending', nextMs: 90 }] });
  });

  test('one that failed is logged, and the next is planned', () => {
    expect(all('alert_attempt')).toEqual([
      { delivery_id: 'd', attempt: 1, at_ms: 60, took_ms: 13, status: 503, error: null, answer: 'busy' },
    ]);
    expect(progress()).toEqual([{ state: 'pending', attempts: 1, first_ms: 60, next_ms: 90, ended_ms: null }]);
  });

  test('the last one ends the delivery, and the time of the first stays', () => {
    apply({
      name: 'saveAttempt',
      args: [{ attempt: { ...attempt, attempt: 2, atMs: 95 }, state: 'gone', nextMs: 95 }],
    });
    expect(progress()).toEqual([{ state: 'gone', attempts: 2, first_ms: 60, next_ms: 95, ended_ms: 95 }]);
    expect(rows('SELECT attempt FROM alert_attempt')).toEqual([{ attempt: 1 }, { attempt: 2 }]);
  });

  test('the result of a repeated report replaces it; an earlier attempt does not lower the count', () => {
    apply({ name: 'saveAttempt', args: [{ attempt: { ...attempt, attempt: 3 }, state: 'pending', nextMs: 99 }] });
    apply({
      name: 'saveAttempt',
      args: [{ attempt: { ...attempt, status: null, error: 'timeout', answer: null }, state: 'pending', nextMs: 100 }],
    });
    expect(rows('SELECT attempt, status, error, answer FROM alert_attempt')).toEqual([
      { attempt: 1, status: null, error: 'timeout', answer: null },
      { attempt: 3, status: 503, error: null, answer: 'busy' },
    ]);
    expect(progress()).toMatchObject([{ attempts: 3, next_ms: 100 }]);
  });

  test('a delivery that was superseded meanwhile stays so', () => {
    dispatch(2, delivery('newer', { createdMs: 65 }));
    apply({ name: 'saveAttempt', args: [{ attempt: { ...attempt, attempt: 2 }, state: 'pending', nextMs: 99 }] });
    expect(states()).toEqual({ d: 'superseded', newer: 'pending' });
    expect(rows("SELECT ended_ms FROM alert_delivery WHERE id = 'd'")).toEqual([{ ended_ms: 65 }]);
  });

  test('of an answer the first KiB is kept', () => {
    const answer = `${'a'.repeat(1024)}b`;
    apply({ name: 'saveAttempt', args: [{ attempt: { ...attempt, answer }, state: 'pending', nextMs: 9 }] });
    expect(rows('SELECT answer FROM alert_attempt')).toEqual([{ answer: 'a'.repeat(1024) }]);
  });

  test('deliveries that ended are sent again from the first attempt on; one that waits is left alone', () => {
    apply({ name: 'saveAttempt', args: [{ attempt: { ...attempt, attempt: 2 }, state: 'exhausted', nextMs: 60 }] });
    dispatch(2, delivery('waiting'));
    expect(apply({ name: 'redeliver', args: [['d', 'waiting', 'unknown'], 500] })).toBe(1);
    expect(progress()).toEqual([
      { state: 'pending', attempts: 0, first_ms: null, next_ms: 500, ended_ms: null },
      { state: 'pending', attempts: 0, first_ms: null, next_ms: 50, ended_ms: null },
    ]);
  });
});

test('a removed receiver takes its groups along, and what waited for it is cancelled', () => {
  for (const id of ['hook', 'pager']) apply({ name: 'saveReceiver', args: [id, '{}', '{}'] });
  const groups = ['hook', 'pager'].map((receiverId) => ({ id: `of ${receiverId}`, receiverId, state: '' }));
  const sent = delivery('sent', { groupId: '' });
  const deliveries = [sent, delivery('waiting'), delivery('other', { receiverId: 'pager' })];
  apply({ name: 'saveDispatch', args: [{ seq: 1, changed: groups, removed: [], deliveries }] });
  db.exec("UPDATE alert_delivery SET state = 'delivered' WHERE id = 'sent'");
  apply({ name: 'removeReceiver', args: ['hook', 300] });
  expect(rows('SELECT id FROM alert_receiver')).toEqual([{ id: 'pager' }]);
  expect(rows('SELECT id FROM alert_group')).toEqual([{ id: 'of pager' }]);
  expect(states()).toEqual({ sent: 'delivered', waiting: 'cancelled', other: 'pending' });
  expect(rows("SELECT ended_ms FROM alert_delivery WHERE id = 'waiting'")).toEqual([{ ended_ms: 300 }]);
});

test('after the clock went back, only what waits moves with it', () => {
  dispatch(1, delivery('sent', { groupId: '' }), delivery('waiting'));
  db.exec("UPDATE alert_delivery SET state = 'delivered' WHERE id = 'sent'");
  apply({ name: 'onClockRewind', args: [20] });
  expect(rows('SELECT id, next_ms FROM alert_delivery')).toEqual([
    { id: 'sent', next_ms: 50 },
    { id: 'waiting', next_ms: 30 },
  ]);
});

describe('history', () => {
  const event = (atMs: number) => ({ alertId: 'a', ruleId: 'r', status: 'firing', atMs, alert: '{}' }) as const;
  const result = { ruleState: null, ruleId: 'r', removeRule: false, changed: [], removed: [] };
  const times = () =>
    (rows('SELECT at_ms FROM alert_event ORDER BY seq') as { at_ms: number }[]).map(({ at_ms: ms }) => ms);
  beforeEach(() => {
    apply({ name: 'saveEvaluations', args: [[{ ...result, events: [event(99), event(100), event(98)] }]] });
  });

  test('events are deleted once they are old, and in groups', () => {
    apply({ name: 'deleteBefore', args: [100] });
    expect(times()).toEqual([99, 100, 98]);
    dispatch(2);
    apply({ name: 'deleteBefore', args: [100] });
    expect(times()).toEqual([100, 98]);
    dispatch(3);
    apply({ name: 'deleteBefore', args: [100] });
    expect(times()).toEqual([100]);
  });

  test('deliveries and their attempts are deleted by their end, and silences too', () => {
    const names = ['old', 'new', 'waiting'];
    dispatch(1, ...names.map((id) => delivery(id, { groupId: '' })));
    const attempt = { attempt: 1, tookMs: 1, status: 200, error: null, answer: null };
    for (const [deliveryId, atMs, state] of [
      ['old', 99, 'delivered'],
      ['new', 100, 'delivered'],
      ['waiting', 20, 'pending'],
    ] as const)
      apply({ name: 'saveAttempt', args: [{ attempt: { ...attempt, deliveryId, atMs }, state, nextMs: atMs }] });
    for (const endsMs of [99, 100]) apply({ name: 'saveSilence', args: [`ends ${endsMs}`, '{}', endsMs] });
    apply({ name: 'deleteBefore', args: [100] });
    expect(Object.keys(states())).toEqual(['new', 'waiting']);
    expect(rows('SELECT delivery_id AS id FROM alert_attempt')).toEqual([{ id: 'new' }, { id: 'waiting' }]);
    expect(rows('SELECT id FROM alert_silence')).toEqual([{ id: 'ends 100' }]);
  });
});
