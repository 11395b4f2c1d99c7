/** Plans of rules as code: what is created, changed, adopted and deleted, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { configurationBody } from '../../http/contract/alert-configuration.ts';
import type { KnownReceiver } from '../notify/receiver.ts';
import { documentOf, ruleOf } from '../rules/documents.ts';
import { desiredOf } from './desired.ts';
import { exportConfiguration } from './export.ts';
import type { ManagedMark } from './managed.ts';
import { markKey } from './managed.ts';
import type { ConfigurationPlan, StoredConfiguration } from './plan.ts';
import { planConfiguration } from './plan.ts';
import { configurationRevision } from './revision.ts';
import { problemText, readRuleSet } from './rule-set.ts';

const NOW = Date.UTC(2026, 10, 28);
const SECRET = `whsec_${'A'.repeat(43)}=`;
const OPTIONS = {
  blockReason: (url: string) => (url.startsWith('http') ? null : 'expected an address'),
  isMailConfigured: true,
  newSecret: () => SECRET,
  nowMs: NOW,
  enablesAgain: true,
  reports: [] as readonly { readonly name: string; readonly receivers: readonly string[] }[],
};

const EMPTY: StoredConfiguration = {
  rules: new Map(),
  receivers: new Map(),
  routing: { routes: [], inhibitions: [] },
  managed: new Map(),
};

const rule = (id: string, more: object = {}) => ({
  file: 'rules.yaml',
  document: { id, name: `Rule ${id}`, threshold: 1, signal: { kind: 'unparsed' as const }, ...more },
});
const receiver = (id: string, more: object = {}, references: Record<string, string> = {}) => ({
  file: 'receivers.yaml',
  document: { id, name: `Receiver ${id}`, url: 'https://hooks.example.com/a', ...more },
  references,
});

function plan(desired: object, stored: StoredConfiguration = EMPTY, options: Partial<typeof OPTIONS> = {}) {
  return planConfiguration(configurationBody.parse(desired), stored, { ...OPTIONS, ...options });
}

/** What is stored after the change. */
function applied(stored: StoredConfiguration, made: ConfigurationPlan): StoredConfiguration {
  if (!made.ok) throw new Error(JSON.stringify(made.errors));
  const { change } = made;
  const rules = new Map(stored.rules);
  for (const id of change.removedRules) rules.delete(id);
  for (const one of change.savedRules) rules.set(one.id, one);
  const receivers = new Map(stored.receivers);
  for (const id of change.removedReceivers) receivers.delete(id);
  for (const one of change.savedReceivers) receivers.set(one.receiver.id, one);
  const managed = new Map(change.managed.map((mark): [string, ManagedMark] => [markKey(mark.kind, mark.id), mark]));
  return { rules, receivers, routing: change.routing ?? stored.routing, managed };
}

const actions = (made: ConfigurationPlan) =>
  made.changes.map(({ kind, id, action }) => `${action} ${kind} ${id}`.trim());
const errors = (made: ConfigurationPlan) =>
  made.ok ? [] : made.errors.map(({ field, message }) => `${field}: ${message}`);

describe('a plan', () => {
  const first = {
    rules: [rule('a'), rule('b', { receivers: ['pager'] })],
    receivers: [receiver('pager')],
    routes: { file: 'routes.yaml', list: [{ receiver: 'pager' }] },
  };

  test('creates what does not exist, and then finds nothing to do', () => {
    const made = plan(first);
    expect(actions(made)).toEqual(['create rule a', 'create rule b', 'create receiver pager', 'change routes']);
    const again = plan(first, applied(EMPTY, made));
    expect(again.counts).toEqual({ create: 0, change: 0, adopt: 0, delete: 0, unchanged: 4 });
  });

  test('names each field that changes, before and after', () => {
    const stored = applied(EMPTY, plan(first));
    const made = plan({ rules: [rule('a', { threshold: 2, for: '5m', labels: { team: 'orders' } })] }, stored);
    expect(made.changes).toEqual([
      {
        kind: 'rule',
        id: 'a',
        name: 'Rule a',
        action: 'change',
        file: 'rules.yaml',
        fields: [
          { field: 'threshold', before: '1', after: '2' },
          { field: 'labels.team', before: null, after: 'orders' },
          { field: 'for', before: '0s', after: '5m' },
        ],
      },
    ]);
  });

  test('deletes with prune alone, and of its owner alone', () => {
    const mine = applied(EMPTY, plan({ ...first, owner: 'mine' }));
    const stored = applied(mine, plan({ owner: 'other', rules: [rule('c')] }, mine));
    const left = { owner: 'mine', rules: [rule('a')] };
    expect(actions(plan(left, stored))).toEqual(['unchanged rule a']);
    const pruned = plan({ ...left, prune: true }, stored);
    expect(actions(pruned)).toEqual(['unchanged rule a', 'delete rule b', 'delete receiver pager', 'delete routes']);
    const after = applied(stored, pruned);
    expect([[...after.rules.keys()], [...after.receivers.keys()], after.routing.routes]).toEqual([['a', 'c'], [], []]);
  });

  test('adopts what is stored as it is, and never deletes what no file had', () => {
    const byHand = { ...applied(EMPTY, plan(first)), managed: new Map() };
    const made = plan({ rules: [rule('a')], prune: true }, byHand);
    expect(actions(made)).toEqual(['adopt rule a']);
    expect([...applied(byHand, made).rules.keys()]).toEqual(['a', 'b']);
  });

  test('refuses what another owner manages', () => {
    const stored = applied(EMPTY, plan({ ...first, owner: 'mine' }));
    const made = plan({ owner: 'other', rules: [rule('c'), rule('a')] }, stored);
    expect(errors(made)).toEqual([
      'rules.1.id: rule a is managed by rules.yaml of owner mine, and this is owner other',
    ]);
    expect(made.ok || made.isConflict).toBe(true);
  });

  test('refuses unknown receivers, those that are still named, bad addresses, and what appears twice', () => {
    expect(
      errors(
        plan({
          rules: [rule('a', { receivers: ['nobody'] }), rule('a')],
          receivers: [receiver('odd', { url: 'ftp://x' })],
          routes: { file: 'r', list: [{ receiver: 'nobody', groupWait: '2d' }] },
        }),
      ),
    ).toEqual([
      'rules.1.id: duplicate id a',
      'receivers.0.url: expected an address',
      'rules.0.receivers.0: unknown receiver nobody',
      'routes.0.receiver: unknown receiver nobody',
      'routes.0.groupWait: expected between 0s and 1d',
    ]);
    const managed = applied(EMPTY, plan({ receivers: [receiver('pager')] }));
    const stored = {
      ...managed,
      rules: new Map([['hand', { ...ruleOf(ruleWith('hand')), receivers: ['pager'] }]]),
    };
    expect(errors(plan({ prune: true }, stored))).toEqual([
      'prune: receiver pager cannot be deleted: rule hand names it',
    ]);
    const reports = [
      { name: 'Costs', receivers: ['mail'] },
      { name: 'Weekly', receivers: ['mail', 'pager'] },
    ];
    expect(errors(plan({ prune: true }, managed, { reports }))).toEqual([
      'prune: receiver pager cannot be deleted: it gets the report Weekly',
    ]);
    expect(plan({ receivers: [receiver('pager')], prune: true }, managed, { reports }).ok).toBe(true);
  });
});

function ruleWith(id: string) {
  const document = configurationBody.parse({ rules: [rule(id)] }).rules[0]?.document;
  if (document === undefined) throw new Error('no rule');
  return document;
}

describe('secrets', () => {
  const pagerduty = { format: 'pagerduty', routingKey: 'R-secret-1', headers: { 'X-Team': 'token-1' } };
  const references = { routingKey: 'env:PD_KEY', 'headers.X-Team': 'file:/run/team' };
  const desired = { receivers: [receiver('pd', pagerduty, references)] };
  const stored = applied(EMPTY, plan(desired));

  test('are stored, and shown as where they come from', () => {
    expect(stored.receivers.get('pd')?.secrets).toEqual({
      signing: [{ secret: SECRET, untilMs: null }],
      routingKey: 'R-secret-1',
    });
    const text = exportConfiguration(stored);
    expect(text).toContain('routingKey: env:PD_KEY');
    expect(text).toContain('X-Team: file:/run/team');
    expect(text).not.toMatch(/R-secret|token-1|whsec_/);
  });

  test('that change behind the same reference are a change, without their values', () => {
    const made = plan({ receivers: [receiver('pd', { ...pagerduty, routingKey: 'R-secret-2' }, references)] }, stored);
    expect(made.changes[0]?.fields).toEqual([{ field: 'routingKey', before: 'another value', after: 'env:PD_KEY' }]);
    expect(JSON.stringify(made.changes)).not.toContain('R-secret');
    expect(applied(stored, made).receivers.get('pd')?.secrets.routingKey).toBe('R-secret-2');
  });

  test.each(['pagerduty', 'opsgenie'])(
    'a file without the key of a %s receiver is refused, also where one is stored',
    (format) => {
      const keyed = applied(EMPTY, plan({ receivers: [receiver('on-call', { format, routingKey: 'key-1' })] }));
      expect(errors(plan({ receivers: [receiver('on-call', { format, name: 'Other' })] }, keyed))).toEqual([
        `receivers.0.routingKey: required for format ${format}`,
      ]);
    },
  );

  test('a header that the file does not name is removed', () => {
    const made = plan(
      { receivers: [receiver('pd', { ...pagerduty, headers: {} }, { routingKey: 'env:PD_KEY' })] },
      stored,
    );
    expect(made.changes[0]?.fields).toEqual([{ field: 'headers.X-Team', before: 'file:/run/team', after: null }]);
    expect(applied(stored, made).receivers.get('pd')?.receiver.headers).toEqual({});
  });

  test('(hidden) keeps what is stored, and is refused where nothing is', () => {
    const hidden = { ...pagerduty, routingKey: '(hidden)', headers: { 'X-Team': '(hidden)' } };
    const kept = applied(stored, plan({ receivers: [receiver('pd', hidden)] }, stored));
    expect(kept.receivers.get('pd')?.secrets.routingKey).toBe('R-secret-1');
    expect(kept.receivers.get('pd')?.receiver.headers).toEqual({ 'X-Team': 'token-1' });
    expect(errors(plan({ receivers: [receiver('pd', { ...hidden, url: 'https://h/(hidden)' })] }))).toEqual([
      expect.stringMatching(/^receivers.0.url: \(hidden\) keeps a stored value, and none is stored/),
      expect.stringMatching(/^receivers.0.headers.X-Team: /),
      expect.stringMatching(/^receivers.0.routingKey: /),
    ]);
  });

  test('a signing secret is taken from its reference; the one before stays valid for a day', () => {
    const next = `whsec_${'E'.repeat(43)}=`;
    const signed = { ...pagerduty, signingSecret: next };
    const made = plan({ receivers: [receiver('pd', signed, { ...references, signingSecret: 'env:SIGN' })] }, stored);
    expect(made.changes[0]?.fields).toEqual([{ field: 'signingSecret', before: 'null', after: 'env:SIGN' }]);
    expect(applied(stored, made).receivers.get('pd')?.secrets.signing).toEqual([
      { secret: next, untilMs: null },
      { secret: SECRET, untilMs: NOW + DAY_MS },
    ]);
    expect(errors(plan({ receivers: [receiver('pd', { ...pagerduty, signingSecret: 'x' })] }))).toEqual([
      'receivers.0.signingSecret: expected whsec_ and 24 to 64 bytes in base64',
    ]);
  });
});

test('a receiver that failures disabled stays so at a start, and is enabled by an application', () => {
  const desired = { receivers: [receiver('pager')] };
  const stored = applied(EMPTY, plan(desired));
  const known = stored.receivers.get('pager') as KnownReceiver;
  const failed = {
    ...stored,
    receivers: new Map([['pager', { ...known, receiver: { ...known.receiver, disabled: 'failing' as const } }]]),
  };
  expect(actions(plan(desired, failed, { enablesAgain: false }))).toEqual(['unchanged receiver pager']);
  const made = plan(desired, failed);
  expect(made.changes[0]?.fields).toEqual([{ field: 'enabled', before: 'false', after: 'true' }]);
  expect(applied(failed, made).receivers.get('pager')?.receiver.disabled).toBeNull();
  // Another change of it is a wish to try again.
  const renamed = plan({ receivers: [receiver('pager', { name: 'Pager' })] }, failed, { enablesAgain: false });
  expect(applied(failed, renamed).receivers.get('pager')?.receiver.disabled).toBeNull();
});

describe('an export', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'on-call', '2nd');
  const texts = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\p{C}\p{Z}]/gu, '_'));
  const durations = fc.constantFrom('1m', '5m', '1h', '1h30m', '1d');
  const someRule = fc.record(
    {
      name: texts.map((text) => `n${text}`),
      severity: fc.constantFrom('info', 'warning', 'critical'),
      enabled: fc.boolean(),
      signal: fc.constantFrom(
        { kind: 'unparsed' },
        {
          kind: 'metric',
          metric: 'errorRate',
          aggregation: 'value',
          filters: [{ field: 'vpc', op: '=', value: true }],
        },
        { kind: 'burnRate', objective: 0.999, shortWindow: '1m' },
        { kind: 'errorGroups', measure: 'rate', functions: ['a*'] },
      ),
      comparison: fc.constantFrom('>', '>=', '<', '<='),
      threshold: fc.double({ noNaN: true, noDefaultInfinity: true }),
      window: fc.constantFrom('30m', '1h', '1d'),
      for: durations,
      minSamples: fc.nat(1000),
      noData: fc.constantFrom('missing', 'ignore', 'breaching'),
      labels: fc.dictionary(fc.stringMatching(/^[a-z_]{1,5}$/), texts, { maxKeys: 3 }),
      annotations: fc.dictionary(fc.stringMatching(/^[a-z_]{1,5}$/), texts, { maxKeys: 3 }),
      runbookUrl: fc.constantFrom(null, 'https://runbooks.example.com/?a=1#b'),
    },
    { requiredKeys: ['name', 'signal', 'threshold', 'window'] },
  );
  const someReceiver = fc.record(
    {
      name: texts.map((text) => `n${text}`),
      url: fc.constantFrom(
        'https://a.example/x',
        'https://hooks.slack.com/services/T0/B0/secret',
        'https://a.example/?t=1',
      ),
      format: fc.constantFrom('native', 'slack', 'alertmanager', 'discord'),
      headers: fc.dictionary(fc.stringMatching(/^X-[a-z]{1,5}$/), fc.stringMatching(/^[!-~]{1,9}$/), { maxKeys: 3 }),
      sendResolved: fc.boolean(),
      enabled: fc.boolean(),
    },
    { requiredKeys: ['name', 'url'] },
  );
  const someRoute = (known: readonly string[]) =>
    fc.record(
      {
        receiver: fc.constantFrom(...known),
        matchers: fc.array(fc.record({ name: fc.constant('severity'), value: texts, isEqual: fc.boolean() })),
        groupBy: fc.constantFrom(['...'], ['alertname', 'function'], []),
        groupWait: fc.constantFrom('0s', '30s', '1h'),
        muteTimes: fc.constantFrom([], [{ timeZone: 'Europe/Berlin', weekdays: [6, 7], from: '22:00', to: '06:00' }]),
        continue: fc.boolean(),
      },
      { requiredKeys: ['receiver'] },
    );
  const configurations = fc
    .record({
      rules: fc.uniqueArray(fc.tuple(ids, someRule), { selector: ([id]) => id }),
      receivers: fc.uniqueArray(fc.tuple(ids, someReceiver), { selector: ([id]) => id }),
    })
    .chain(({ rules, receivers }) =>
      fc.record({
        rules: fc.constant(rules.map(([id, one]) => ({ file: 'f', document: { id, ...one } }))),
        receivers: fc.constant(receivers.map(([id, one]) => ({ file: 'f', document: { id, ...one } }))),
        routes: fc.record({
          file: fc.constant('f'),
          list: receivers.length === 0 ? fc.constant([]) : fc.array(someRoute(receivers.map(([id]) => id))),
        }),
      }),
    );

  test('law: applies again without a change, whatever is stored', async () => {
    const cases: StoredConfiguration[] = [];
    law(
      fc.property(configurations, (desired) => {
        cases.push(applied(EMPTY, plan(desired)));
      }),
      { numRuns: 30 },
    );
    expect(cases.length).toBeGreaterThan(20);
    for (const stored of cases) {
      // Made by hand: an export marks nothing.
      const byHand = { ...stored, managed: new Map() };
      const result = readRuleSet([{ file: 'all.yaml', folder: '/', text: exportConfiguration(byHand) }]);
      if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
      const desired = await desiredOf(result.set, async () => ({ reason: 'no reference is expected' }));
      if (!desired.ok) throw new Error(desired.problems.map(problemText).join('\n'));
      const made = plan(desired.desired, byHand);
      expect(errors(made)).toEqual([]);
      expect(made.changes.filter(({ action }) => action !== 'adopt')).toEqual([]);
      const after = applied(byHand, made);
      expect(configurationRevision({ ...after, managed: new Map() })).toBe(configurationRevision(byHand));
      expect(exportConfiguration(after)).toBe(exportConfiguration(byHand));
      expect(plan(desired.desired, after).counts).toMatchObject({ create: 0, change: 0, adopt: 0, delete: 0 });
    }
  });

  test('has the addresses of e-mail receivers, and applies again', async () => {
    const mail = receiver('mail', { format: 'email', url: '', to: ['ops@example.com'] });
    const stored = { ...applied(EMPTY, plan({ receivers: [mail] })), managed: new Map() };
    const result = readRuleSet([{ file: 'all.yaml', folder: '/', text: exportConfiguration(stored) }]);
    if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
    const desired = await desiredOf(result.set, async () => ({ reason: 'no reference is expected' }));
    if (!desired.ok) throw new Error(desired.problems.map(problemText).join('\n'));
    expect(actions(plan(desired.desired, stored))).toContain('adopt receiver mail');
  });

  test('leaves out what is as usual', () => {
    const stored = applied(EMPTY, plan({ rules: [rule('a')] }));
    const [only] = [...stored.rules.values()].map(documentOf);
    expect(only?.window).toBe('5m');
    expect(exportConfiguration(stored)).toMatch(
      /rules:\n {2}- id: a\n {4}name: Rule a\n {4}comparison: ">"\n {4}threshold: 1\n {4}signal:\n {6}kind: unparsed\nreceivers: \[\]\n/,
    );
  });
});
