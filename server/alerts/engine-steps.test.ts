/** What each step of the engine stores and shows: clocks that go back, cleanup, counts, and changes by the user. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { MemoryAlertStore } from '../../test/support/alert-store.ts';
import { testReceiver } from '../../test/support/receivers.ts';
import { ruleDocument } from '../http/contract/alert-rules.ts';
import { routingDocument } from '../http/contract/routing.ts';
import { AlertEngine } from './engine.ts';
import type { Signals } from './evaluate/signals.ts';
import { routingOf, ruleOf } from './rules/documents.ts';

/** Remembers the writes that a simulation does not need. */
class Store extends MemoryAlertStore {
  readonly calls: unknown[][] = [];
  readonly silences = new Map<string, string>();
  fails = false;

  override async onClockRewind(...args: unknown[]): Promise<void> {
    this.calls.push(['onClockRewind', ...args]);
  }

  override async deleteBefore(...args: unknown[]): Promise<void> {
    this.calls.push(['deleteBefore', ...args]);
  }

  async removeReceiver(...args: [id: string, nowMs: number]): Promise<void> {
    this.calls.push(['removeReceiver', ...args]);
    this.receivers.delete(args[0]);
  }

  async saveSilence(id: string, silence: string, endsMs: number): Promise<void> {
    this.calls.push(['saveSilence', id, endsMs]);
    this.silences.set(id, silence);
  }

  override async saveRule(id: string, rule: string): Promise<void> {
    if (this.fails) throw new Error('disk full');
    await super.saveRule(id, rule);
  }
}

interface Sent {
  readonly type: string;
  readonly data: {
    readonly alertname?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly status: string;
  };
}

function setUp() {
  const store = new Store();
  const stage = {
    store,
    nowMs: 0,
    settledMs: 0,
    value: 0,
    error: null as Error | null,
    truncated: false,
    status: 200,
    sent: [] as string[],
    during: async (): Promise<unknown> => undefined,
  };
  let ids = 0;
  const engine = new AlertEngine({
    read: store.reader(),
    write: store as never,
    signals: {
      clearCache: () => undefined,
      measure: async () => {
        if (stage.error !== null) throw stage.error;
        const measured = [{ labels: { name: 'a' }, value: stage.value, n: 100, interval: null }];
        return { unit: '', measured, truncated: stage.truncated };
      },
    } as unknown as Signals,
    egress: {
      blockReason: (url) => `blocked: ${url}`,
      post: async ({ url, body }) => {
        const { data } = JSON.parse(body) as Sent;
        await stage.during();
        stage.sent.push(`${new URL(url).hostname} ${data.status} ${data.labels['alertname']}`);
        return { status: stage.status, headers: {}, body: '', tookMs: 1 };
      },
    },
    evidence: async () => [],
    now: () => stage.nowMs,
    settledNow: () => stage.settledMs,
    random: () => 0.5,
    randomHex: (digits) => {
      ids += 1;
      return String(ids).padStart(digits, '0');
    },
    publicUrl: null,
    nextTurn: () => Promise.resolve(),
    onError: (error) => {
      throw error;
    },
  });
  const at = async (nowMs: number): Promise<void> => {
    stage.nowMs = nowMs;
    await engine.round();
    await engine.idle();
  };
  return Object.assign(stage, { engine, at });
}

const rule = (change: object = {}) =>
  ruleOf(
    ruleDocument.parse({
      id: 'r',
      name: 'R',
      threshold: 1,
      signal: { kind: 'unparsed' },
      for: '0s',
      keepFiringFor: '0s',
      settle: '0s',
      ...change,
    }),
  );
const SECRETS = {
  signing: [{ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', untilMs: null }],
  routingKey: null,
};
const routesTo = (...ids: string[]) =>
  routingOf(
    routingDocument.parse({
      routes: ids.map((id) => ({
        receiver: id,
        groupBy: ['...'],
        groupWait: '30s',
        groupInterval: '1m',
        continue: true,
      })),
    }),
  );

test('a clock that goes back by a minute or more shifts waiting groups and deliveries, a smaller step does not', async () => {
  const { engine, store, at } = setUp();
  await engine.start();
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  await engine.saveRouting(routesTo('p'));
  await engine.reportStorageTrouble('disk', 'The disk is nearly full.');
  await at(10 * MINUTE_MS);
  const flushMs = () => [...store.groups.values()].map(({ state }) => JSON.parse(state).flushMs as number);
  expect(flushMs()).toEqual([10 * MINUTE_MS + 30_000]);
  await at(9 * MINUTE_MS + 1);
  expect(store.calls.filter(([name]) => name === 'onClockRewind')).toEqual([]);
  expect(flushMs()).toEqual([10 * MINUTE_MS + 30_000]);
  await at(8 * MINUTE_MS + 1);
  expect(store.calls.filter(([name]) => name === 'onClockRewind')).toEqual([['onClockRewind', MINUTE_MS]]);
  expect(flushMs()).toEqual([9 * MINUTE_MS + 30_000]);
  // Notified once it is due by the new clock; then the time of the notification is shifted as well.
  await at(9 * MINUTE_MS + 30_000);
  const told = () => [...store.groups.values()].map(({ state }) => JSON.parse(state).toldMs as number | null);
  expect(told()).toEqual([9 * MINUTE_MS + 30_000]);
  await at(7 * MINUTE_MS + 30_000);
  expect(told()).toEqual([7 * MINUTE_MS + 30_000]);
});

test('history older than thirty days is deleted once an hour, by the settled clock', async () => {
  const stage = setUp();
  await stage.engine.start();
  const deleted = () => stage.store.calls.filter(([name]) => name === 'deleteBefore').map(([, ms]) => ms);
  stage.settledMs = 40 * DAY_MS;
  await stage.at(1);
  expect(deleted()).toEqual([10 * DAY_MS]);
  stage.settledMs += HOUR_MS - 1;
  await stage.at(2);
  expect(deleted()).toHaveLength(1);
  stage.settledMs += 1;
  await stage.at(3);
  expect(deleted()).toEqual([10 * DAY_MS, 10 * DAY_MS + HOUR_MS]);
});

test('counts: alerts by phase, failing rules, disabled receivers, and the most delayed rule', async () => {
  const stage = setUp();
  const { engine, at } = stage;
  await engine.start();
  expect(engine.stats()).toEqual({ pending: 0, firing: 0, failingRules: 0, disabledReceivers: 0, lagSeconds: 0 });
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  await engine.saveReceiver(testReceiver('q', { disabled: 'by-hand' }), SECRETS);
  await engine.saveRule(rule());
  await engine.saveRule(rule({ id: 's', name: 'S', for: '5m' }));
  stage.value = 2;
  await at(10 * MINUTE_MS);
  expect(engine.stats()).toEqual({ pending: 1, firing: 1, failingRules: 0, disabledReceivers: 1, lagSeconds: 0 });
  expect(engine.instances().map(({ state, alert }) => [alert.ruleId, state.phase])).toEqual([
    ['r', 'firing'],
    ['s', 'pending'],
  ]);
  stage.nowMs = 13 * MINUTE_MS;
  // Evaluated each minute: three ticks behind. A disabled rule is not behind.
  expect(engine.stats().lagSeconds).toBe(180);
  await engine.saveRule(rule({ enabled: false }));
  await engine.saveRule(rule({ id: 's', name: 'S', for: '5m', enabled: false }));
  expect(engine.stats().lagSeconds).toBe(0);
  await engine.saveRule(rule());
  stage.error = new Error('no such metric');
  await at(14 * MINUTE_MS);
  expect(engine.stats().failingRules).toBe(1);
  expect(engine.ruleState('r')).toMatchObject({ error: 'no such metric', errors: 1 });
  expect(engine.ruleState('x')).toBeNull();
});

test('a rule that changes what it asks resolves its alerts, one that changes its texts does not', async () => {
  const stage = setUp();
  const { engine, store, at } = stage;
  await engine.start();
  await engine.saveRule(rule());
  stage.value = 2;
  await at(MINUTE_MS);
  await engine.saveRule(rule({ name: 'Renamed', severity: 'critical' }));
  expect(store.events.map(({ status }) => status)).toEqual(['firing']);
  await engine.saveRule(rule({ name: 'Renamed', threshold: 1.5 }));
  expect(store.events.map(({ status, alert }) => [status, JSON.parse(alert).reason])).toEqual([
    ['firing', null],
    ['resolved', 'rule-changed'],
  ]);
  expect([engine.rule('r')?.threshold, engine.rules().length, engine.rule('x')]).toEqual([1.5, 1, null]);
  await at(2 * MINUTE_MS);
  await engine.removeRule('r');
  expect(store.events.map(({ status, alert }) => [status, JSON.parse(alert).reason]).slice(2)).toEqual([
    ['firing', null],
    ['resolved', 'rule-deleted'],
  ]);
  expect([engine.rules(), engine.ruleState('r'), engine.instances()]).toEqual([[], null, []]);
});

test('a rule that changes its receivers: the old one hears that it ended, and the new one that it fires', async () => {
  const stage = setUp();
  const { engine, at, sent } = stage;
  await engine.start();
  await engine.saveReceiver(testReceiver('old'), SECRETS);
  await engine.saveReceiver(testReceiver('new'), SECRETS);
  await engine.saveRule(rule({ receivers: ['old'] }));
  stage.value = 2;
  await at(MINUTE_MS);
  await at(2 * MINUTE_MS);
  expect(sent).toEqual(['old.example firing R']);
  await engine.saveRule(rule({ receivers: ['new'] }));
  await at(8 * MINUTE_MS);
  await at(9 * MINUTE_MS);
  expect(sent).toEqual(['old.example firing R', 'old.example resolved R', 'new.example firing R']);
});

test.each([
  { signal: { kind: 'memoryUse' } },
  { comparison: '<' },
  { bound: 'certain' },
  { groupBy: ['function'] },
  { functions: ['prod-*'] },
  { receivers: ['p'] },
  { window: '10m' },
  { settle: '1m' },
  { minSamples: 7 },
  { noData: 'breaching' },
  { enabled: false },
])('%j changes what a rule asks', async (change) => {
  const stage = setUp();
  await stage.engine.start();
  await stage.engine.saveRule(rule({ bound: 'value', window: '5m', groupBy: [], noData: 'missing', minSamples: 0 }));
  stage.value = 2;
  await stage.at(MINUTE_MS);
  expect(stage.store.events).toHaveLength(1);
  await stage.engine.saveRule(
    rule({ bound: 'value', window: '5m', groupBy: [], noData: 'missing', minSamples: 0, ...change }),
  );
  expect(stage.store.events.map(({ status }) => status)).toEqual(['firing', 'resolved']);
});

test('a receiver that answers 410 is disabled, the others learn of it, and enabling it resolves that', async () => {
  const stage = setUp();
  const { engine, store, at, sent } = stage;
  await engine.start();
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  await engine.saveRouting(routesTo('p'));
  await engine.reportStorageTrouble('disk', 'The disk is nearly full.');
  await at(MINUTE_MS);
  stage.status = 410;
  await at(2 * MINUTE_MS);
  expect(engine.receiver('p')?.receiver.disabled).toBe('gone');
  expect(JSON.parse(store.receivers.get('p')?.receiver ?? '').disabled).toBe('gone');
  stage.status = 200;
  await engine.saveReceiver(testReceiver('q'), SECRETS);
  await engine.saveRouting(routesTo('p', 'q'));
  await at(3 * MINUTE_MS);
  await at(4 * MINUTE_MS);
  expect(sent).toEqual([
    'p.example firing Disk nearly full',
    'q.example firing Disk nearly full',
    'q.example firing Receiver disabled',
  ]);
  const reasons = () => store.events.map(({ status, alert }) => `${status} ${JSON.parse(alert).reason}`);
  expect(reasons()).toEqual(['firing null', 'firing null']);
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  expect(reasons()).toEqual(['firing null', 'firing null', 'resolved receiver-enabled']);
  for (const { alertId } of store.events) expect(alertId).toMatch(/^al_\d{24}$/);
  // Saved again, or disabled by hand and enabled: nothing to resolve.
  await engine.saveReceiver(testReceiver('p', { disabled: 'by-hand' }), SECRETS);
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  expect(reasons()).toHaveLength(3);
});

test('an answer of 410 changes nothing of a receiver that was disabled by hand or deleted meanwhile', async () => {
  for (const change of ['disable', 'delete'] as const) {
    const stage = setUp();
    const { engine, store, at } = stage;
    await engine.start();
    await engine.saveReceiver(testReceiver('p'), SECRETS);
    await engine.saveRouting(routesTo('p'));
    await engine.reportStorageTrouble('disk', 'The disk is nearly full.');
    await at(MINUTE_MS);
    stage.status = 410;
    stage.during = () =>
      change === 'delete'
        ? engine.removeReceiver('p')
        : engine.saveReceiver(testReceiver('p', { disabled: 'by-hand' }), SECRETS);
    await at(2 * MINUTE_MS);
    expect(stage.sent).toHaveLength(1);
    expect(engine.receiver('p')?.receiver.disabled).toBe(change === 'delete' ? undefined : 'by-hand');
    expect(store.events.map(({ status }) => status)).toEqual(['firing']);
  }
});

test('an event that cannot be read is skipped, and the next one is sent', async () => {
  const { engine, store, at, sent } = setUp();
  await engine.start();
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  await engine.saveRouting(routesTo('p'));
  store.events.push({ seq: 1, alertId: 'al_1', ruleId: 'r', status: 'firing', atMs: 0, alert: '{' });
  await engine.reportStorageTrouble('disk', 'The disk is nearly full.');
  await at(MINUTE_MS);
  await at(2 * MINUTE_MS);
  expect(sent).toEqual(['p.example firing Disk nearly full']);
});

test('a receiver that is deleted leaves no group, and its own alert is resolved', async () => {
  const stage = setUp();
  const { engine, store, at } = stage;
  await engine.start();
  await engine.saveReceiver(testReceiver('p'), SECRETS);
  await engine.saveReceiver(testReceiver('q'), SECRETS);
  await engine.saveRouting(routesTo('p', 'q'));
  await engine.reportStorageTrouble('disk', 'The disk is nearly full.');
  await at(MINUTE_MS);
  stage.status = 410;
  await at(2 * MINUTE_MS);
  expect(engine.stats().disabledReceivers).toBe(2);
  stage.nowMs = 2 * MINUTE_MS + 5;
  await engine.removeReceiver('p');
  expect(store.calls.at(-1)).toEqual(['removeReceiver', 'p', 2 * MINUTE_MS + 5]);
  expect([engine.receivers().map(({ id }) => id), engine.receiver('p')]).toEqual([['q'], null]);
  const resolved = store.events.filter(({ status }) => status === 'resolved').map(({ alert }) => JSON.parse(alert));
  expect(resolved.map(({ reason, labels }) => [reason, labels.receiver])).toEqual([['receiver-deleted', 'p']]);
  await at(4 * MINUTE_MS);
  expect([...store.groups.values()].filter(({ receiverId }) => receiverId === 'q').length).toBeGreaterThan(0);
});

test('storage trouble is raised once, and resolved when it ends', async () => {
  const { engine, store } = setUp();
  await engine.start();
  await engine.reportStorageTrouble('disk', 'The disk is nearly full.');
  await engine.reportStorageTrouble('disk', 'The disk is fuller still.');
  await engine.reportStorageTrouble('damage', null);
  await engine.reportStorageTrouble('disk', null);
  expect(
    store.events.map(({ status, alert }) => [status, JSON.parse(alert).summary, JSON.parse(alert).reason]),
  ).toEqual([
    ['firing', 'The disk is nearly full.', null],
    ['resolved', 'The disk is nearly full.', 'recovered'],
  ]);
});

test('after a write that failed, the next step begins from what is stored', async () => {
  const { engine, store } = setUp();
  await engine.start();
  await engine.saveRule(rule());
  store.fails = true;
  await expect(engine.saveRule(rule({ threshold: 9 }))).rejects.toThrow('disk full');
  store.fails = false;
  store.rules.set('other', JSON.stringify(rule({ id: 'other', name: 'Other' })));
  expect(engine.rule('other')).toBeNull();
  await engine.saveSilence({ id: 's', createdBy: 'a', comment: 'c', matchers: [], startsMs: 1, endsMs: 2 });
  expect([engine.rule('r')?.threshold, engine.rule('other')?.name]).toEqual([1, 'Other']);
  expect([engine.silences().map(({ id }) => id), store.calls.at(-1)]).toEqual([['s'], ['saveSilence', 's', 2]]);
});

test('routing, warnings, ids and blocked addresses', async () => {
  const stage = setUp();
  const { engine, store, at } = stage;
  await engine.start();
  expect(engine.isNew).toBe(true);
  await engine.saveRouting(routesTo('p'));
  expect([engine.isNew, engine.routing(), JSON.parse(store.routing ?? '')]).toEqual([
    false,
    routesTo('p'),
    routesTo('p'),
  ]);
  await engine.saveRule(rule());
  stage.truncated = true;
  await at(MINUTE_MS);
  expect(engine.warning('r')).toMatch(/series: the others are not evaluated/);
  expect(engine.warning('x')).toBeNull();
  expect(engine.newId()).toMatch(/^\d{24}$/);
  expect(engine.urlBlockReason('https://a.example/')).toBe('blocked: https://a.example/');
});
