/** What is loaded from the store, what is skipped, and what dispatch sees of it. */
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { testReceiver } from '../../test/support/receivers.ts';
import { ruleDocument } from '../http/contract/alert-rules.ts';
import type { AlertSnapshot } from '../storage/questions/alerts/types.ts';
import type { AlertState as State } from './alert-state.ts';
import { testAlert } from './evaluate/alert.ts';
import { ruleOf } from './rules/documents.ts';

/** Rows reported as skipped: table, row and reason. */
const skipped: (readonly string[])[] = [];
vi.resetModules();
vi.doMock('../storage/skipped-rows.ts', () => ({ reportSkippedRow: (...row: string[]) => skipped.push(row) }));
const { AlertState } = await import('./alert-state.ts');
beforeEach(() => {
  skipped.length = 0;
});
afterAll(() => {
  vi.doUnmock('../storage/skipped-rows.ts');
  vi.resetModules();
});

const EMPTY: AlertSnapshot = {
  rules: [],
  ruleStates: [],
  instances: [],
  groups: [],
  receivers: [],
  silences: [],
  routing: null,
  managed: null,
  dispatchedSeq: 0,
};

const rule = ruleOf(ruleDocument.parse({ id: 'r', name: 'R', threshold: 1, signal: { kind: 'unparsed' } }));
const alertOf = (id: string, name: string) => ({
  ...testAlert('2026-11-20T21:00:00.000Z'),
  id,
  ruleId: 'r',
  labels: { name },
});
const stateOf = (phase: string) => ({
  phase,
  activeSinceMs: 1,
  firedMs: null,
  keepSinceMs: null,
  missed: 0,
  evaluatedMs: 1,
  failing: false,
});
const instance = (series: string, phase: string) => ({
  ruleId: 'r',
  series,
  state: JSON.stringify(stateOf(phase)),
  alert: JSON.stringify(alertOf(`al_${series}`, series)),
});
const secrets = { signing: [{ secret: 'whsec_a', untilMs: null }], routingKey: null };
const silence = { id: 's', createdBy: 'admin', comment: 'moving', matchers: [], startsMs: 1, endsMs: 2 };
const routing = {
  routes: [],
  inhibitions: [{ source: [is('name', 'a')], target: [is('name', 'b')], equal: [] }],
};
function is(name: string, value: string) {
  return { name, value, isRegex: false, isEqual: true };
}
const group = { routeKey: 'k', groupKey: '[["name","a"]]', flushMs: 5, toldMs: null, members: [], keeping: [] };
const ruleState = { ruleId: 'r', untilMs: 60_000, error: null, errors: 0, late: 0, skipped: 0, tookMs: 1 };

const FULL: AlertSnapshot = {
  rules: [{ id: 'r', rule: JSON.stringify(rule) }],
  ruleStates: [ruleState],
  instances: [instance('a', 'firing'), instance('b', 'pending')],
  groups: [{ id: 'g', receiverId: 'p', state: JSON.stringify(group) }],
  receivers: [
    { id: 'p', receiver: JSON.stringify(testReceiver('p')), secrets: JSON.stringify(secrets) },
    {
      id: 'q',
      receiver: JSON.stringify(testReceiver('q', { sendResolved: false, disabled: 'gone' })),
      secrets: JSON.stringify(secrets),
    },
  ],
  silences: [{ id: 's', silence: JSON.stringify(silence), endsMs: 2 }],
  routing: JSON.stringify(routing),
  managed: null,
  dispatchedSeq: 7,
};

/** Loads a snapshot, and returns what was reported of it. */
async function load(state: State, snapshot: AlertSnapshot): Promise<readonly string[]> {
  const reported: string[] = [];
  await state.load({ alertSnapshot: async () => snapshot }, (_error, what) => reported.push(what));
  return reported;
}

test('before anything is loaded or stored there is nothing, and no routing was saved', async () => {
  const state = new AlertState();
  expect(state).toMatchObject({ routing: { routes: [], inhibitions: [] }, isNew: true, dispatchedSeq: 0 });
  expect(await load(state, EMPTY)).toEqual([]);
  expect(state.isNew).toBe(true);
  expect(state.dispatchSnapshot()).toMatchObject({ routes: [], silences: [] });
});

test('everything stored is loaded under its id', async () => {
  const state = new AlertState();
  expect(await load(state, FULL)).toEqual([]);
  expect([...state.rules]).toEqual([['r', rule]]);
  expect([...state.ruleStates]).toEqual([['r', ruleState]]);
  expect([...state.instancesOf('r')]).toEqual([
    ['a', { series: 'a', state: stateOf('firing'), alert: alertOf('al_a', 'a') }],
    ['b', { series: 'b', state: stateOf('pending'), alert: alertOf('al_b', 'b') }],
  ]);
  expect([...state.groups]).toMatchObject([
    ['g', { id: 'g', receiverId: 'p', routeKey: 'k', group: { flushMs: 5, lastNotifiedMs: null } }],
  ]);
  expect([...state.receivers.keys()]).toEqual(['p', 'q']);
  expect(state.receivers.get('p')).toEqual({ receiver: testReceiver('p'), secrets });
  expect([...state.silences]).toEqual([['s', silence]]);
  expect(state).toMatchObject({ routing, isNew: false, dispatchedSeq: 7 });
});

test('loading again replaces what was known', async () => {
  const state = new AlertState();
  await load(state, FULL);
  await load(state, EMPTY);
  const known = [state.rules, state.ruleStates, state.instances, state.groups, state.receivers, state.silences];
  expect(known.map(({ size }) => size)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(state).toMatchObject({ isNew: true, dispatchedSeq: 0 });
});

test('a row that cannot be read is reported and counted, and the others are loaded', async () => {
  const state = new AlertState();
  const bad = '{"cut off';
  const reported = await load(state, {
    ...FULL,
    rules: [{ id: 'bad', rule: bad }, ...FULL.rules],
    instances: [
      { ...instance('c', 'firing'), state: bad },
      { ...instance('d', 'firing'), alert: '{}' },
      ...FULL.instances,
    ],
    groups: [{ id: 'bad', receiverId: 'p', state: bad }, ...FULL.groups],
    receivers: [{ id: 'bad', receiver: '{}', secrets: '{}' }, ...FULL.receivers],
    silences: [{ id: 'bad', silence: bad, endsMs: 2 }, ...FULL.silences],
    routing: '{"routes":[],"inhibitions":3}',
    managed: null,
  });
  expect(reported).toEqual([
    'stored rule bad is invalid and was skipped',
    'stored alert of rule r is invalid and was skipped',
    'stored alert of rule r is invalid and was skipped',
    'stored group of receiver p is invalid and was skipped',
    'stored receiver bad is invalid and was skipped',
    'stored silence bad is invalid and was skipped',
    'stored routing is invalid and was skipped',
  ]);
  expect([...state.rules.keys(), ...state.groups.keys(), ...state.silences.keys()]).toEqual(['r', 'g', 's']);
  expect([...state.receivers.keys()]).toEqual(['p', 'q']);
  expect([...state.instancesOf('r').keys()]).toEqual(['a', 'b']);
  // Routing was saved, so the defaults are not written over it.
  expect(state).toMatchObject({ routing: { routes: [], inhibitions: [] }, isNew: false, dispatchedSeq: 7 });
  expect(skipped).toEqual([
    ['alert_rule', 'rule bad', 'not JSON'],
    ['alert_instance', 'alert of rule r', 'not JSON'],
    ['alert_instance', 'alert of rule r', expect.stringMatching(/^id: Invalid input: expected string/)],
    ['alert_group', 'group of receiver p', 'not JSON'],
    ['alert_receiver', 'receiver bad', expect.stringMatching(/^id: Invalid input: expected string/)],
    ['alert_silence', 'silence bad', 'not JSON'],
    ['setting', 'routing', expect.stringMatching(/^inhibitions: Invalid input: expected array/)],
  ]);
});

test('dispatch sees firing alerts, receivers, and what inhibits', async () => {
  const state = new AlertState();
  await load(state, FULL);
  const snapshot = state.dispatchSnapshot();
  // Pending alerts notify nobody.
  expect([...snapshot.firing]).toEqual([['["r",[["name","a"]]]', alertOf('al_a', 'a')]]);
  expect([...snapshot.receivers]).toEqual([
    ['p', { sendResolved: true, enabled: true }],
    ['q', { sendResolved: false, enabled: false }],
  ]);
  expect(snapshot.silences).toEqual([silence]);
  expect([snapshot.isInhibited({ name: 'b' }), snapshot.isInhibited({ name: 'c' })]).toEqual([true, false]);
});

test('instances of a rule that has none yet are kept once they are added', () => {
  const state = new AlertState();
  state.instancesOf('new').set('a', { series: 'a', state: stateOf('firing') as never, alert: alertOf('al', 'a') });
  expect(state.instancesOf('new').size).toBe(1);
  expect(state.dispatchSnapshot().firing.size).toBe(1);
});

test('rules and receivers are listed by id, whatever the order in which they were saved', () => {
  const state = new AlertState();
  for (const id of ['b', 'c', 'a']) {
    state.rules.set(id, { ...rule, id });
    state.receivers.set(id, { receiver: testReceiver(id), secrets: { signing: [], routingKey: null } });
  }
  expect(state.rulesById().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(state.receiversById().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});
