/** When alerts are sent: mute times, silences, waits and routes, with a given clock. Worked out by hand from calendars. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { newSilence } from '../../http/contract/silences.ts';
import { testAlert } from '../evaluate/alert.ts';
import { windowOf } from '../evaluate/evaluate.ts';
import { tickOf } from '../rules/rule.ts';
import type { AlertTransition, DispatchSnapshot, OpenGroup } from './dispatch.ts';
import { flushGroup, insertIntoGroups } from './dispatch.ts';
import type { GroupTiming } from './grouping.ts';
import type { Route } from './routing.ts';
import { isMuteTime, isSilenced, routesOf } from './routing.ts';
import { silenceOf } from './silences.ts';

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12);
const TIMING: GroupTiming = { groupWaitMs: 20_000, groupIntervalMs: 3 * MINUTE_MS, repeatIntervalMs: HOUR_MS };

const routeTo = (receiverId: string, change: Partial<Route> = {}): Route => ({
  receiverId,
  matchers: [],
  groupBy: ['alertname'],
  timing: TIMING,
  muteTimes: [],
  continue: false,
  ...change,
});

describe('mute times', () => {
  const office = { timeZone: 'UTC', weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:30' };
  const nights = { timeZone: 'UTC', weekdays: [7], from: '22:00', to: '06:00' };
  const newYork = { timeZone: 'America/New_York', weekdays: [1], from: '09:00', to: '10:00' };
  const kolkata = { timeZone: 'Asia/Kolkata', weekdays: [1], from: '00:00', to: '01:00' };
  const berlin = { timeZone: 'Europe/Berlin', weekdays: [7], from: '02:30', to: '03:30' };
  const nothing = { timeZone: 'UTC', weekdays: [1], from: '12:00', to: '12:00' };

  test.each([
    // 2026-11-23 is a Monday: `from` is included, `to` is not.
    [office, '2026-11-23T08:59:59.999Z', false],
    [office, '2026-11-23T09:00:00.000Z', true],
    [office, '2026-11-23T17:29:59.999Z', true],
    [office, '2026-11-23T17:30:00.000Z', false],
    [office, '2026-11-27T12:00:00.000Z', true], // Friday
    [office, '2026-11-28T12:00:00.000Z', false], // Saturday
    [office, '2026-11-29T12:00:00.000Z', false], // Sunday
    // Over midnight: the night of Sunday ends on Monday.
    [nights, '2026-11-22T21:59:00.000Z', false],
    [nights, '2026-11-22T22:00:00.000Z', true],
    [nights, '2026-11-23T00:00:00.000Z', true],
    [nights, '2026-11-23T05:59:59.999Z', true],
    [nights, '2026-11-23T06:00:00.000Z', false],
    [nights, '2026-11-23T22:00:00.000Z', false], // Monday evening
    [nights, '2026-11-22T05:00:00.000Z', false], // the morning of Sunday belongs to the night of Saturday
    // New York is UTC-5 in November and UTC-4 in July.
    [newYork, '2026-11-23T13:30:00.000Z', false],
    [newYork, '2026-11-23T14:30:00.000Z', true],
    [newYork, '2026-07-20T13:30:00.000Z', true],
    [newYork, '2026-07-20T14:30:00.000Z', false],
    // Kolkata is UTC+5:30: its Monday begins on Sunday, 18:30 UTC.
    [kolkata, '2026-11-22T18:29:00.000Z', false],
    [kolkata, '2026-11-22T18:30:00.000Z', true],
    [kolkata, '2026-11-22T19:30:00.000Z', false],
    // On 2026-10-25 the hour from 02:00 comes twice in Berlin: both halves are muted.
    [berlin, '2026-10-25T00:29:00.000Z', false],
    [berlin, '2026-10-25T00:30:00.000Z', true],
    [berlin, '2026-10-25T01:15:00.000Z', false],
    [berlin, '2026-10-25T01:45:00.000Z', true],
    [berlin, '2026-10-25T02:29:00.000Z', true],
    [berlin, '2026-10-25T02:30:00.000Z', false],
    // Of no length.
    [nothing, '2026-11-23T12:00:00.000Z', false],
  ])('%j at %s: %s', (muteTime, at, muted) => expect(isMuteTime(muteTime, Date.parse(at))).toBe(muted));
});

describe('routes', () => {
  const labels = { alertname: 'A', team: 'shop' };
  const shop = { matchers: [{ name: 'team', value: 'shop', isRegex: false, isEqual: true }] };
  const other = { matchers: [{ name: 'team', value: 'search', isRegex: false, isEqual: true }] };
  const receivers = (...routes: readonly Route[]) => routesOf(labels, routes).map(({ receiverId }) => receiverId);

  test('only the first that matches is used', () => {
    expect(receivers(routeTo('a', shop), routeTo('b', shop), routeTo('c'))).toEqual(['a']);
    expect(receivers(routeTo('a', other), routeTo('b', shop), routeTo('c'))).toEqual(['b']);
    expect(receivers(routeTo('a', other), routeTo('b', other))).toEqual([]);
  });

  test('those that continue are used, up to the first that does not', () => {
    const goesOn = { continue: true };
    expect(receivers(routeTo('a', goesOn), routeTo('b', goesOn), routeTo('c'), routeTo('d'))).toEqual(['a', 'b', 'c']);
    // A route that does not match does not end the search, whatever it says.
    expect(receivers(routeTo('a', goesOn), routeTo('b', other), routeTo('c'))).toEqual(['a', 'c']);
  });
});

test.each([
  ['5m', 5 * MINUTE_MS],
  ['2h', 2 * HOUR_MS],
  ['36h', 36 * HOUR_MS],
  ['30d', 720 * HOUR_MS],
])('a silence of %s holds to the millisecond before its end', (_, lengthMs) => {
  const matchers = [{ name: 'function', value: 'checkout' }];
  const endsAt = new Date(NOON + lengthMs).toISOString();
  const silence = silenceOf(newSilence.parse({ matchers, endsAt }), 's', NOON);
  expect(silence.endsMs - silence.startsMs).toBe(lengthMs);
  const at = (ms: number) => isSilenced({ function: 'checkout' }, [silence], ms);
  expect([NOON - 1, NOON, NOON + lengthMs - 1, NOON + lengthMs].map(at)).toEqual([false, true, true, false]);
});

describe('a group that was opened at noon', () => {
  const alert = (name: string): AlertTransition => ({
    key: name,
    status: 'firing',
    alert: { ...testAlert('2026-11-23T12:00:00.000Z'), id: `al_${name}`, labels: { alertname: 'A', function: name } },
  });
  const resolved = (name: string): AlertTransition => ({ ...alert(name), status: 'resolved' });
  const routes = [routeTo('p')];

  /** The times at which something is sent, in seconds after noon, with the alerts that are listed. */
  function sent(events: readonly (readonly [atMs: number, transition: AlertTransition])[], untilMs: number) {
    const groups = new Map<string, OpenGroup>();
    const firing = new Map<string, AlertTransition['alert']>();
    const snapshot: DispatchSnapshot = {
      routes,
      isInhibited: () => false,
      silences: [],
      receivers: new Map([['p', { sendResolved: true, enabled: true }]]),
      firing,
    };
    const log: [seconds: number, ...texts: string[]][] = [];
    for (let ms = 0; ms <= untilMs; ms += 1000) {
      for (const [at, transition] of events) {
        if (at !== ms) continue;
        if (transition.status === 'firing') firing.set(transition.key, transition.alert);
        else firing.delete(transition.key);
        insertIntoGroups(groups, transition, routes, NOON + ms);
      }
      for (const [id, open] of groups) {
        if (open.group.flushMs > NOON + ms) continue;
        const { group, alerts } = flushGroup(open, snapshot, NOON + ms);
        if (group === null) groups.delete(id);
        else groups.set(id, group);
        if (alerts.length > 0) log.push([ms / 1000, ...alerts.map((one) => `${one.status} ${one.alert.id}`)]);
      }
    }
    return log;
  }

  test('is sent after groupWait, and repeated at the first flush after repeatInterval', () => {
    // Flushes at 20 s, 200 s, 380 s, …: 20 + 180 k. One hour after 20 s is 3,620 s = 20 + 180 · 20.
    expect(sent([[0, alert('a')]], 2 * HOUR_MS + 60_000)).toEqual([
      [20, 'firing al_a'],
      [3620, 'firing al_a'],
      [7220, 'firing al_a'],
    ]);
  });

  test('lists an alert that comes during groupWait at once, and one that comes later after groupInterval', () => {
    const events = [[0, alert('a')] as const, [19_000, alert('b')] as const, [21_000, alert('c')] as const];
    expect(sent(events, 10 * MINUTE_MS)).toEqual([
      [20, 'firing al_a', 'firing al_b'],
      [200, 'firing al_a', 'firing al_b', 'firing al_c'],
    ]);
  });

  test('says at the next flush that an alert resolved, and nothing of one that resolved within groupWait', () => {
    expect(sent([[0, alert('a')] as const, [60_000, resolved('a')] as const], HOUR_MS)).toEqual([
      [20, 'firing al_a'],
      [200, 'resolved al_a'],
    ]);
    expect(sent([[0, alert('a')] as const, [19_000, resolved('a')] as const], HOUR_MS)).toEqual([]);
  });

  test('opens again after it was resolved: a new groupWait', () => {
    const again = { ...alert('a'), alert: { ...alert('a').alert, id: 'al_again' } };
    const events = [[0, alert('a')] as const, [60_000, resolved('a')] as const, [500_000, again] as const];
    expect(sent(events, HOUR_MS)).toEqual([
      [20, 'firing al_a'],
      [200, 'resolved al_a'],
      [520, 'firing al_again'],
    ]);
  });
});

test.each([
  [60_000, 0, '12:00:59', '11:55:00', '12:00:00'],
  [60_000, 120_000, '12:00:59', '11:53:00', '11:58:00'],
  [30_000, 120_000, '12:00:59', '11:53:30', '11:58:30'],
  [300_000, 15_000, '12:04:59', '11:54:45', '11:59:45'],
])(
  'evaluated every %i ms with %i ms to settle, at %s: from %s to %s',
  (evaluationIntervalMs, settleMs, at, from, to) => {
    const tickMs = tickOf({ evaluationIntervalMs }, Date.parse(`2026-11-23T${at}.999Z`));
    expect(windowOf({ windowMs: 5 * MINUTE_MS, settleMs }, tickMs)).toEqual({
      fromMs: Date.parse(`2026-11-23T${from}Z`),
      toMs: Date.parse(`2026-11-23T${to}Z`),
    });
  },
);
