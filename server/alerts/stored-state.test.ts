/** Every value that the product can store is read again as it was, and anything else is refused. */
import { describe, expect, test } from 'vitest';
import { testReceiver } from '../../test/support/receivers.ts';
import { testAlert } from './evaluate/alert.ts';
import { INACTIVE } from './evaluate/transition.ts';
import { bodyOf } from './notify/bodies.ts';
import { oneLine } from './notify/chat-text.ts';
import { readRuleFile, runRuleTests } from './rules/rule-files.ts';
import { parseStored } from './stored-state.ts';

const RULE = {
  id: 'r',
  name: 'R',
  severity: 'info',
  enabled: true,
  signal: { kind: 'unparsed' },
  comparison: '>',
  threshold: 1,
  bound: 'value',
  functions: [],
  groupBy: [],
  windowMs: 1,
  settleMs: 0,
  allowedLatenessMs: 0,
  evaluationIntervalMs: 1,
  forMs: 0,
  keepFiringForMs: 0,
  minSamples: 0,
  noData: 'missing',
  labels: {},
  annotations: {},
  runbookUrl: null,
  receivers: [],
};
const QUERY = { metric: 'errorRate', aggregation: 'value', filters: [{ field: 'version', op: '=', value: '1' }] };

test('a rule of a version before rules named functions and receivers is about all, and leaves it to the routes', () => {
  const { functions: _, receivers: _r, ...old } = RULE;
  expect(parseStored('rule', JSON.stringify(old))).toEqual(RULE);
});

describe('rules', () => {
  test.each([
    ...['>', '>=', '<', '<='].map((comparison) => ({ comparison })),
    ...['missing', 'ignore', 'breaching', 'notBreaching'].map((noData) => ({ noData })),
    ...['info', 'warning', 'critical'].map((severity) => ({ severity })),
    ...['value', 'certain'].map((bound) => ({ bound })),
    { groupBy: ['account', 'region', 'function', 'version', 'memoryMb'] },
    { tags: ['team:shop', '!tier'] },
    ...['memoryUse', 'timeoutUse', 'ingestSilence', 'unparsed', 'doomLoop', 'networkErrors', 'platformLatency'].map(
      (kind) => ({
        signal: { kind },
      }),
    ),
    { signal: { kind: 'metric', ...QUERY } },
    { signal: { kind: 'change', ...QUERY } },
    { signal: { kind: 'anomaly', ...QUERY, weeks: 4 } },
    { signal: { kind: 'burnRate', objective: 0.99, shortWindowMs: 5, filters: QUERY.filters } },
    { signal: { kind: 'connectionUse', functions: ['f'], maxConnections: 10, connectionsPerEnvironment: 2 } },
    { runbookUrl: 'https://example.com/', labels: { a: 'b' }, annotations: { c: 'd' }, enabled: false },
  ])('%j', (change) => {
    const rule = { ...RULE, ...change };
    expect(parseStored('rule', JSON.stringify(rule))).toEqual(rule);
  });

  test.each([
    { comparison: '=' },
    { noData: '' },
    { severity: 'page' },
    { bound: '' },
    { groupBy: ['architecture'] },
    { signal: { kind: 'other' } },
    { signal: { kind: 'metric', ...QUERY, metric: 'other' } },
    { windowMs: 0 },
    { evaluationIntervalMs: 0 },
    { threshold: '1' },
    { labels: { a: 1 } },
    { runbookUrl: undefined },
  ])('%j is refused', (change) => {
    expect(() => parseStored('rule', JSON.stringify({ ...RULE, ...change }))).toThrow();
  });
});

test.each(['inactive', 'pending', 'firing'] as const)('the phase %s', (phase) => {
  const state = {
    ...INACTIVE,
    phase,
    activeSinceMs: 1,
    firedMs: 2,
    keepSinceMs: 3,
    missed: 4,
    evaluatedMs: 5,
    failing: true,
  };
  expect(parseStored('seriesState', JSON.stringify(state))).toEqual(state);
});

test('alerts, with and without evidence, signal and REPORT line', () => {
  const evidence = { requestId: 'a', logStream: null, timestamp: 't', status: 'error', cause: null };
  const alert = {
    ...testAlert('t'),
    signal: 'metric',
    evidence: [evidence, { ...evidence, line: null }, { ...evidence, line: 'x' }],
  };
  expect(parseStored('alert', JSON.stringify(alert))).toEqual(alert);
  expect(parseStored('alert', JSON.stringify(testAlert('t')))).toEqual(testAlert('t'));
});

test('receivers in every format, and why they are disabled', () => {
  for (const format of ['native', 'alertmanager', 'slack', 'teams', 'discord', 'pagerduty', 'template'] as const)
    for (const disabled of [null, 'by-hand', 'gone', 'failing'] as const) {
      const receiver = testReceiver('p', { format, disabled, template: 'x', headers: { a: 'b' } });
      expect(parseStored('receiver', JSON.stringify(receiver))).toEqual(receiver);
    }
  expect(() => parseStored('receiver', JSON.stringify({ ...testReceiver('p'), format: 'sms' }))).toThrow();
  const secrets = {
    signing: [
      { secret: 's', untilMs: null },
      { secret: 't', untilMs: 5 },
    ],
    routingKey: 'k',
  };
  expect(parseStored('secrets', JSON.stringify(secrets))).toEqual(secrets);
});

test('silences and routing; patterns and time zones that are not valid are refused', () => {
  const matcher = (value: string) => ({ name: 'a', value, isRegex: true, isEqual: false });
  const silence = (value: string) => ({
    id: 's',
    createdBy: 'b',
    comment: 'c',
    matchers: [matcher(value)],
    startsMs: 1,
    endsMs: 2,
  });
  expect(parseStored('silence', JSON.stringify(silence('x.*')))).toEqual(silence('x.*'));
  expect(() => parseStored('silence', JSON.stringify(silence('(')))).toThrow('invalid RE2 pattern');
  const routing = (timeZone: string) => ({
    routes: [
      {
        matchers: [matcher('x')],
        receiverId: 'p',
        groupBy: ['...'],
        timing: { groupWaitMs: 1, groupIntervalMs: 2, repeatIntervalMs: 3 },
        muteTimes: [{ timeZone, weekdays: [1], from: '00:00', to: '24:00' }],
        continue: true,
      },
    ],
    inhibitions: [{ source: [matcher('x')], target: [matcher('y')], equal: ['a'] }],
  });
  expect(parseStored('routing', JSON.stringify(routing('UTC')))).toEqual(routing('UTC'));
  expect(() => parseStored('routing', JSON.stringify(routing('Mars/Olympus')))).toThrow('unknown time zone');
});

describe('text of others in chats without escapes', () => {
  const chat = (summary: string, url: string) => {
    const alert = { ...testAlert('t'), summary };
    const notification = {
      groupKey: '[]',
      receiver: 'r',
      alerts: [{ status: 'firing' as const, alert }],
      total: 1,
      timestamp: 't',
      publicUrl: null,
    };
    return JSON.parse(bodyOf('template', notification, { template: '{"t":"{{summary}}"}', routingKey: null, url }).body)
      .t;
  };

  test('marks that would format are replaced by others that look alike; those within a word stay', () => {
    const google = (text: string) => chat(text, 'https://chat.googleapis.com/v1/spaces/x');
    expect(google('*bold* _italic_ ~gone~ snake_case 2*3 <b> @all `code`')).toBe(
      '∗bold∗ ＿italic＿ ∼gone∼ snake_case 2*3 ‹b› ＠all ˋcodeˋ',
    );
    // Other receivers may be programs.
    expect(chat('*bold*', 'https://example.com/')).toBe(oneLine('*bold*'));
  });
});

test('PagerDuty lists twenty alerts of a group, and counts the others', () => {
  const alerts = Array.from({ length: 25 }, (_, at) => ({
    status: 'firing' as const,
    alert: { ...testAlert('t'), summary: `s${at}` },
  }));
  const notification = { groupKey: '[]', receiver: 'r', alerts, total: 30, timestamp: 't', publicUrl: null };
  const { payload } = JSON.parse(bodyOf('pagerduty', notification, { template: null, routingKey: 'k' }).body);
  expect(payload.custom_details.alerts.map(({ summary }: { summary: string }) => summary)).toEqual(
    Array.from({ length: 20 }, (_, at) => `s${at}`),
  );
  expect(payload.summary).toBe('s0 and 29 more');
});

test('a failed test of a rule file says which rule, when, and what was found', () => {
  const read = readRuleFile(`
rules:
  - { id: r, name: R, threshold: 1, signal: { kind: unparsed }, for: 0s, evaluationInterval: 1m }
tests:
  - rule: r
    series: [{ labels: { a: b }, values: '0 2' }]
    firing: { 0m: [], 1m: [{ a: c }] }`);
  if (!read.ok) throw new Error(read.errors.join());
  expect(runRuleTests(read.file)).toEqual([{ rule: 'r', at: '1m', expected: '[["a","c"]]', found: '[["a","b"]]' }]);
});
