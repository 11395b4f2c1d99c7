/** Which receivers learn of an alert, and when silences, inhibitions and mute times hold it back. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { testAlert } from '../evaluate/alert.ts';
import type { Matcher } from '../rules/matchers.ts';
import type { AlertTransition, DispatchSnapshot, OpenGroup } from './dispatch.ts';
import { flushGroup, insertIntoGroups } from './dispatch.ts';
import { DEFAULT_TIMING } from './grouping.ts';
import type { Route } from './routing.ts';

/** A Friday, 21:00 UTC. */
const NOW = Date.UTC(2026, 10, 20, 21);

const is = (name: string, value: string): Matcher => ({ name, value, isRegex: false, isEqual: true });

function routeTo(receiverId: string, change: Partial<Route> = {}): Route {
  const route = {
    receiverId,
    matchers: [],
    groupBy: ['alertname'],
    timing: DEFAULT_TIMING,
    muteTimes: [],
    continue: false,
  };
  return { ...route, ...change };
}

function firing(name: string, labels: Readonly<Record<string, string>> = {}): AlertTransition {
  const alert = { ...testAlert('2026-11-20T21:00:00.000Z'), id: `al_${name}` };
  return { key: name, status: 'firing', alert: { ...alert, labels: { alertname: 'A', function: name, ...labels } } };
}

function open(routes: readonly Route[], ...transitions: readonly AlertTransition[]): Map<string, OpenGroup> {
  const groups = new Map<string, OpenGroup>();
  for (const one of transitions) insertIntoGroups(groups, one, routes, NOW);
  return groups;
}

function snapshotOf(
  routes: readonly Route[],
  transitions: readonly AlertTransition[],
  change: Partial<DispatchSnapshot> = {},
): DispatchSnapshot {
  return {
    routes,
    isInhibited: () => false,
    silences: [],
    receivers: new Map([['p', { sendResolved: true, enabled: true }]]),
    firing: new Map(transitions.map(({ key, alert }) => [key, alert])),
    ...change,
  };
}

const receiversOf = (groups: ReadonlyMap<string, OpenGroup>) => [...groups.values()].map((one) => one.receiverId);
const listed = ({ alerts }: ReturnType<typeof flushGroup>) => alerts.map(({ alert }) => alert.id);

function only(groups: ReadonlyMap<string, OpenGroup>): OpenGroup {
  const [group, ...more] = groups.values();
  if (group === undefined || more.length > 0) throw new Error(`${groups.size} groups`);
  return group;
}

test('the first route that matches is the only one, unless it continues', () => {
  const alert = firing('checkout', { severity: 'critical' });
  const critical = routeTo('pager', { matchers: [is('severity', 'critical')] });
  expect(receiversOf(open([critical, routeTo('chat'), routeTo('mail')], alert))).toEqual(['pager']);
  expect(receiversOf(open([{ ...critical, continue: true }, routeTo('chat'), routeTo('mail')], alert))).toEqual([
    'pager',
    'chat',
  ]);
  expect(receiversOf(open([critical, routeTo('chat')], firing('checkout', { severity: 'info' })))).toEqual(['chat']);
  expect(receiversOf(open([critical], firing('checkout', { severity: 'info' })))).toEqual([]);
});

/** Of a rule that names its receivers. */
function own(...receivers: readonly string[]): AlertTransition {
  const transition = firing('checkout');
  return { ...transition, alert: { ...transition.alert, receivers } };
}

test('an alert whose rule names receivers goes to these, whatever the routes say', () => {
  const all = routeTo('chat');
  const groups = open([all], own('pager', 'p'));
  expect(receiversOf(groups)).toEqual(['pager', 'p']);
  const group = [...groups.values()].find(({ receiverId }) => receiverId === 'p');
  if (group === undefined) throw new Error('no group');
  expect(group.group.flushMs).toBe(NOW + DEFAULT_TIMING.groupWaitMs);
  // Without the rule, and without any route, the end is still told.
  const ended = { ...own('pager', 'p'), status: 'resolved' as const };
  const flushed = flushGroup(group, snapshotOf([], [own('p')]), NOW);
  expect(listed(flushed)).toEqual(['al_checkout']);
  if (flushed.group === null) throw new Error('no group');
  const later = new Map([[group.id, flushed.group]]);
  insertIntoGroups(later, ended, [], NOW);
  const end = flushGroup(only(later), snapshotOf([], []), NOW);
  expect(end.alerts.map(({ status }) => status)).toEqual(['resolved']);
});

test('a route without matchers is another group than the receiver of a rule', () => {
  const groups = open([routeTo('p')], own('p'), firing('search'));
  expect([...groups.values()].map(({ receiverId, members }) => [receiverId, [...members.keys()]])).toEqual([
    ['p', ['checkout']],
    ['p', ['search']],
  ]);
});

test('an alert that resolves before its group is flushed leaves nothing to say', () => {
  const groups = open([routeTo('p')], firing('a'));
  const resolved = { ...firing('a'), status: 'resolved' as const };
  const ids = [...groups.keys()];
  expect(insertIntoGroups(groups, resolved, [routeTo('p')], NOW)).toEqual(ids);
  expect([...groups.keys()]).toEqual([]);
  // Nor does one that the group never knew.
  expect(insertIntoGroups(groups, resolved, [routeTo('p')], NOW)).toEqual([]);
});

test('alerts with the same labels of groupBy share a group, which waits for groupWait', () => {
  const routes = [routeTo('p', { groupBy: ['team'] })];
  const groups = open(routes, firing('a', { team: 'x' }), firing('b', { team: 'x' }), firing('c', { team: 'y' }));
  expect([...groups.values()].map(({ members }) => [...members.keys()])).toEqual([['a', 'b'], ['c']]);
  expect([...groups.values()].map(({ group }) => group.flushMs)).toEqual([NOW + 30_000, NOW + 30_000]);
});

test('during a mute time nothing is sent; the alerts are sent after it', () => {
  const nights = { timeZone: 'Europe/Berlin', weekdays: [5], from: '22:00', to: '06:00' };
  const routes = [routeTo('p', { muteTimes: [nights] })];
  const alert = firing('a');
  const snapshot = snapshotOf(routes, [alert]);
  // 21:30 UTC is 22:30 in Berlin.
  const muted = flushGroup(only(open(routes, alert)), snapshot, NOW + 30 * MINUTE_MS);
  expect(muted).toMatchObject({ alerts: [], total: 0 });
  expect(muted.group?.group.flushMs).toBe(NOW + 35 * MINUTE_MS);
  if (muted.group === null) throw new Error('the group is gone');
  // 06:00 in Berlin.
  expect(listed(flushGroup(muted.group, snapshot, NOW + 8 * HOUR_MS - 1))).toEqual([]);
  expect(listed(flushGroup(muted.group, snapshot, NOW + 8 * HOUR_MS))).toEqual(['al_a']);
});

test('a receiver that is switched off gets nothing until it is switched on', () => {
  const routes = [routeTo('p')];
  const alert = firing('a');
  const off = { receivers: new Map([['p', { sendResolved: true, enabled: false }]]) };
  const kept = flushGroup(only(open(routes, alert)), snapshotOf(routes, [alert], off), NOW);
  expect(kept).toMatchObject({ alerts: [], total: 0 });
  if (kept.group === null) throw new Error('the group is gone');
  expect(listed(flushGroup(kept.group, snapshotOf(routes, [alert]), NOW))).toEqual(['al_a']);
});

test('a silence holds back the alerts that it matches, from its start to its end', () => {
  const routes = [routeTo('p')];
  const both = [firing('a'), firing('b')];
  const silence = { matchers: [is('function', 'a')], startsMs: NOW, endsMs: NOW + HOUR_MS };
  const snapshot = snapshotOf(routes, both, { silences: [silence] });
  const at = (ms: number) => listed(flushGroup(only(open(routes, ...both)), snapshot, ms));
  expect(at(NOW - 1)).toEqual(['al_a', 'al_b']);
  expect(at(NOW)).toEqual(['al_b']);
  expect(at(NOW + HOUR_MS - 1)).toEqual(['al_b']);
  expect(at(NOW + HOUR_MS)).toEqual(['al_a', 'al_b']);
});

test('an inhibited alert is held back', () => {
  const routes = [routeTo('p')];
  const both = [firing('a'), firing('b')];
  const inhibited = snapshotOf(routes, both, { isInhibited: (labels) => labels['function'] === 'b' });
  expect(listed(flushGroup(only(open(routes, ...both)), inhibited, NOW))).toEqual(['al_a']);
});

test('a group has the times of its own route, of several with equal matchers or of one receiver', () => {
  const every = (minutes: number) => ({ timing: { ...DEFAULT_TIMING, groupIntervalMs: minutes * MINUTE_MS } });
  const other = { matchers: [is('function', 'b')], ...every(2) };
  const routes = [routeTo('q', every(1)), routeTo('p', other), routeTo('p', every(3))];
  const group = only(open([routeTo('p')], firing('a')));
  expect(flushGroup(group, snapshotOf(routes, [firing('a')]), NOW).group?.group.flushMs).toBe(NOW + 3 * MINUTE_MS);
});

test('a group whose route or receiver is gone is dropped', () => {
  const alert = firing('a');
  const group = only(open([routeTo('p')], alert));
  expect(flushGroup(group, snapshotOf([], [alert]), NOW)).toEqual({ group: null, alerts: [], total: 0 });
  const other = snapshotOf([routeTo('p')], [alert], { receivers: new Map() });
  expect(flushGroup(group, other, NOW)).toEqual({ group: null, alerts: [], total: 0 });
});

test('an alert that fires no more, and whose end did not arrive yet, is left out', () => {
  const routes = [routeTo('p')];
  const groups = open(routes, firing('a'), firing('b'));
  expect(flushGroup(only(groups), snapshotOf(routes, [firing('b')]), NOW).alerts).toEqual([
    { status: 'firing', alert: firing('b').alert },
  ]);
});

test('a notification lists a hundred alerts and counts all', () => {
  const routes = [routeTo('p')];
  const many = Array.from({ length: 120 }, (_, at) => firing(`f${at}`));
  const { alerts, total } = flushGroup(only(open(routes, ...many)), snapshotOf(routes, many), NOW);
  expect([alerts.length, total]).toEqual([100, 120]);
});

test('an alert that resolved is sent as it was at its end, if the receiver wants it', () => {
  const routes = [routeTo('p')];
  const alert = firing('a');
  const sent = flushGroup(only(open(routes, alert)), snapshotOf(routes, [alert]), NOW);
  if (sent.group === null) throw new Error('the group is gone');
  const groups = new Map([[sent.group.id, sent.group]]);
  const ended = { ...alert.alert, value: 0, endsAt: '2026-11-20T21:05:00.000Z' };
  insertIntoGroups(groups, { key: 'a', status: 'resolved', alert: ended }, routes, NOW);
  const after = snapshotOf(routes, []);
  expect(flushGroup(only(groups), after, NOW).alerts).toEqual([{ status: 'resolved', alert: ended }]);
  const quiet = { receivers: new Map([['p', { sendResolved: false, enabled: true }]]) };
  expect(flushGroup(only(groups), snapshotOf(routes, [], quiet), NOW).alerts).toEqual([]);
});
