/** What people read of an alert: every kind of rule, in every format, in every state. Texts were worked out by hand. */
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';

import type { Alert, Instance } from '../evaluate/alert.ts';
import { endAll, evaluate } from '../evaluate/evaluate.ts';
import { ruleOf } from '../rules/documents.ts';
import type { Comparison, Labels, Measured, Rule, Signal } from '../rules/rule.ts';
import { bodyOf } from './bodies.ts';
import type { AlertStatus } from './marks.ts';
import type { NotifiedAlert } from './notification.ts';
import type { ReceiverFormat } from './receiver.ts';

const TICK_MS = Date.UTC(2026, 10, 21, 12);
const TEAMS = 'https://example.webhook.office.com/webhookb2/x';
const CHECKOUT = { function: 'checkout' };

interface Case {
  readonly signal: Signal;
  readonly name: string;
  readonly unit: string;
  readonly measured: Omit<Measured, 'interval' | 'labels'> & { readonly labels?: Labels; readonly interval?: Interval };
  readonly condition: readonly [comparison: Comparison, threshold: number];
  readonly plain: string;
  readonly slack: string;
  readonly discord: string;
  readonly teams: string;
}
type Interval = { readonly low: number; readonly high: number };

const metric = (name: Extract<Signal, { kind: 'metric' }>['metric'], aggregation: string) =>
  ({ metric: name, aggregation, filters: [] }) as const;

const CASES: readonly Case[] = [
  {
    signal: { kind: 'metric', ...metric('errorRate', 'value') },
    name: 'Error rate',
    unit: 'ratio',
    measured: { value: 0.071, n: 2310, interval: { low: 0.059, high: 0.085 } },
    condition: ['>', 0.03],
    plain: 'checkout: Error rate: 7.1 % (95 % CI 5.9 %–8.5 %, n = 2,310), threshold > 3 %',
    slack: 'checkout: Error rate: 7.1 % (95 % CI 5.9 %–8.5 %, n = 2,310), threshold &gt; 3 %',
    discord: String.raw`checkout\: Error rate\: 7\.1 % \(95 % CI 5\.9 %–8\.5 %, n = 2,310\), threshold \> 3 %`,
    teams: String.raw`checkout\: Error rate\: 7\.1 % \(95 % CI 5\.9 %–8\.5 %, n \= 2,310\), threshold &gt; 3 %`,
  },
  {
    signal: { kind: 'metric', ...metric('errorRate', 'value') },
    name: 'Known errors',
    unit: 'ratio',
    measured: { value: 0.5, n: 4, isLowerBound: true },
    condition: ['>=', 0.5],
    plain: 'checkout: Known errors: at least 50 % (n = 4), threshold >= 50 %',
    slack: 'checkout: Known errors: at least 50 % (n = 4), threshold &gt;= 50 %',
    discord: String.raw`checkout\: Known errors\: at least 50 % \(n = 4\), threshold \>= 50 %`,
    teams: String.raw`checkout\: Known errors\: at least 50 % \(n \= 4\), threshold &gt;\= 50 %`,
  },
  {
    signal: { kind: 'metric', ...metric('invocations', 'sum') },
    name: 'Few invocations',
    unit: 'count',
    measured: { value: 12_345, n: 12_345 },
    condition: ['<', 12_350],
    plain: 'checkout: Few invocations: 12,345 (n = 12,345), threshold < 12,350',
    slack: 'checkout: Few invocations: 12,345 (n = 12,345), threshold &lt; 12,350',
    discord: String.raw`checkout\: Few invocations\: 12,345 \(n = 12,345\), threshold \< 12,350`,
    teams: String.raw`checkout\: Few invocations\: 12,345 \(n \= 12,345\), threshold &lt; 12,350`,
  },
  {
    signal: { kind: 'metric', ...metric('costUsd', 'sum') },
    name: 'Cost',
    unit: 'USD',
    measured: { value: 0.0034, n: 2000 },
    condition: ['>', 0.003],
    plain: 'checkout: Cost: $0.0034 (n = 2,000), threshold > $0.0030',
    slack: 'checkout: Cost: $0.0034 (n = 2,000), threshold &gt; $0.0030',
    discord: String.raw`checkout\: Cost\: $0\.0034 \(n = 2,000\), threshold \> $0\.0030`,
    teams: String.raw`checkout\: Cost\: \$0\.0034 \(n \= 2,000\), threshold &gt; \$0\.0030`,
  },
  {
    signal: { kind: 'metric', ...metric('durationMs', 'p99') },
    name: 'p99',
    unit: 'ms',
    measured: { value: 1234.56, n: 50 },
    condition: ['>', 1000],
    plain: 'checkout: p99: 1,235 ms (n = 50), threshold > 1,000 ms',
    slack: 'checkout: p99: 1,235 ms (n = 50), threshold &gt; 1,000 ms',
    discord: String.raw`checkout\: p99\: 1,235 ms \(n = 50\), threshold \> 1,000 ms`,
    teams: String.raw`checkout\: p99\: 1,235 ms \(n \= 50\), threshold &gt; 1,000 ms`,
  },
  {
    signal: { kind: 'burnRate', objective: 0.999, shortWindowMs: 5 * MINUTE_MS, filters: [] },
    name: 'Budget',
    unit: '×',
    measured: { value: 15.25, n: 4000 },
    condition: ['>', 14.4],
    plain: 'checkout: Budget: 15.25 × (n = 4,000), threshold > 14.4 ×',
    slack: 'checkout: Budget: 15.25 × (n = 4,000), threshold &gt; 14.4 ×',
    discord: String.raw`checkout\: Budget\: 15\.25 × \(n = 4,000\), threshold \> 14\.4 ×`,
    teams: String.raw`checkout\: Budget\: 15\.25 × \(n \= 4,000\), threshold &gt; 14\.4 ×`,
  },
  {
    signal: { kind: 'anomaly', weeks: 4, ...metric('invocations', 'sum') },
    name: 'Unusual',
    unit: 'MAD',
    measured: { value: 7.5, n: 400 },
    condition: ['>', 6],
    plain: 'checkout: Unusual: 7.5 MAD (n = 400), threshold > 6 MAD',
    slack: 'checkout: Unusual: 7.5 MAD (n = 400), threshold &gt; 6 MAD',
    discord: String.raw`checkout\: Unusual\: 7\.5 MAD \(n = 400\), threshold \> 6 MAD`,
    teams: String.raw`checkout\: Unusual\: 7\.5 MAD \(n \= 400\), threshold &gt; 6 MAD`,
  },
  {
    signal: { kind: 'change', ...metric('durationMs', 'p50') },
    name: 'Slower',
    unit: 'ratio',
    measured: { value: 0.25, n: 900 },
    condition: ['>', 0.2],
    plain: 'checkout: Slower: 25 % (n = 900), threshold > 20 %',
    slack: 'checkout: Slower: 25 % (n = 900), threshold &gt; 20 %',
    discord: String.raw`checkout\: Slower\: 25 % \(n = 900\), threshold \> 20 %`,
    teams: String.raw`checkout\: Slower\: 25 % \(n \= 900\), threshold &gt; 20 %`,
  },
  {
    signal: { kind: 'memoryUse' },
    name: 'Memory',
    unit: 'ratio',
    measured: { value: 0.9734, n: 900 },
    condition: ['>', 0.95],
    plain: 'checkout: Memory: 97.3 % (n = 900), threshold > 95 %',
    slack: 'checkout: Memory: 97.3 % (n = 900), threshold &gt; 95 %',
    discord: String.raw`checkout\: Memory\: 97\.3 % \(n = 900\), threshold \> 95 %`,
    teams: String.raw`checkout\: Memory\: 97\.3 % \(n \= 900\), threshold &gt; 95 %`,
  },
  {
    signal: { kind: 'timeoutUse' },
    name: 'Near timeout',
    unit: 'ratio',
    measured: { value: 0.9, n: 900 },
    condition: ['>', 0.8],
    plain: 'checkout: Near timeout: 90 % (n = 900), threshold > 80 %',
    slack: 'checkout: Near timeout: 90 % (n = 900), threshold &gt; 80 %',
    discord: String.raw`checkout\: Near timeout\: 90 % \(n = 900\), threshold \> 80 %`,
    teams: String.raw`checkout\: Near timeout\: 90 % \(n \= 900\), threshold &gt; 80 %`,
  },
  {
    signal: { kind: 'ingestSilence' },
    name: 'No lines arrive',
    unit: 's',
    measured: { value: 1800, n: 0, labels: {} },
    condition: ['>', 600],
    plain: 'all functions: No lines arrive: 1,800 s, threshold > 600 s',
    slack: 'all functions: No lines arrive: 1,800 s, threshold &gt; 600 s',
    discord: String.raw`all functions\: No lines arrive\: 1,800 s, threshold \> 600 s`,
    teams: String.raw`all functions\: No lines arrive\: 1,800 s, threshold &gt; 600 s`,
  },
  {
    signal: { kind: 'unparsed' },
    name: 'Unparsed',
    unit: 'ratio',
    measured: { value: 0.0123, n: 81_234, labels: {} },
    condition: ['>', 0.01],
    plain: 'all functions: Unparsed: 1.23 % (n = 81,234), threshold > 1 %',
    slack: 'all functions: Unparsed: 1.23 % (n = 81,234), threshold &gt; 1 %',
    discord: String.raw`all functions\: Unparsed\: 1\.23 % \(n = 81,234\), threshold \> 1 %`,
    teams: String.raw`all functions\: Unparsed\: 1\.23 % \(n \= 81,234\), threshold &gt; 1 %`,
  },
  {
    signal: { kind: 'doomLoop' },
    name: 'Inits',
    unit: 'count',
    measured: { value: 12, n: 60 },
    condition: ['>=', 3],
    plain: 'checkout: Inits: 12 (n = 60), threshold >= 3',
    slack: 'checkout: Inits: 12 (n = 60), threshold &gt;= 3',
    discord: String.raw`checkout\: Inits\: 12 \(n = 60\), threshold \>= 3`,
    teams: String.raw`checkout\: Inits\: 12 \(n \= 60\), threshold &gt;\= 3`,
  },
  {
    signal: { kind: 'platformLatency' },
    name: 'Latency',
    unit: 'ms',
    measured: { value: 812.4, n: 31 },
    condition: ['>', 500],
    plain: 'checkout: Latency: 812.4 ms (n = 31), threshold > 500 ms',
    slack: 'checkout: Latency: 812.4 ms (n = 31), threshold &gt; 500 ms',
    discord: String.raw`checkout\: Latency\: 812\.4 ms \(n = 31\), threshold \> 500 ms`,
    teams: String.raw`checkout\: Latency\: 812\.4 ms \(n \= 31\), threshold &gt; 500 ms`,
  },
  {
    signal: { kind: 'connectionUse', functions: ['checkout'], maxConnections: 100, connectionsPerEnvironment: 1 },
    name: 'Connections',
    unit: 'ratio',
    measured: { value: 1.2, n: 120, labels: {} },
    condition: ['>', 0.8],
    plain: 'checkout: Connections: 120 % (n = 120), threshold > 80 %',
    slack: 'checkout: Connections: 120 % (n = 120), threshold &gt; 80 %',
    discord: String.raw`checkout\: Connections\: 120 % \(n = 120\), threshold \> 80 %`,
    teams: String.raw`checkout\: Connections\: 120 % \(n \= 120\), threshold &gt; 80 %`,
  },
  {
    signal: { kind: 'networkErrors' },
    name: 'Network',
    unit: 'count',
    measured: { value: 3, n: 3, labels: {} },
    condition: ['>', 0],
    plain: 'all functions: Network: 3 (n = 3), threshold > 0',
    slack: 'all functions: Network: 3 (n = 3), threshold &gt; 0',
    discord: String.raw`all functions\: Network\: 3 \(n = 3\), threshold \> 0`,
    teams: String.raw`all functions\: Network\: 3 \(n \= 3\), threshold &gt; 0`,
  },
];

function ruleFor({ signal, name, condition: [comparison, threshold] }: Case, severity: Rule['severity']): Rule {
  const base = { kind: 'memoryUse' as const };
  const rule = ruleOf(ruleDocument.parse({ id: 'r', name, threshold, comparison, severity, signal: base, for: '0s' }));
  return { ...rule, signal, keepFiringForMs: 0, minSamples: 0 };
}

interface History {
  readonly firing: Alert;
  /** The same alert at the next evaluation, as a repeated notification shows it. */
  readonly repeated: Alert;
  readonly resolved: Alert;
  readonly dataStopped: Alert;
  readonly ruleDeleted: Alert;
}

/** What becomes of one series of the rule: it fires, and then ends in each way. */
function historyOf(one: Case, severity: Rule['severity'] = 'warning', recovered?: number): History {
  const rule = ruleFor(one, severity);
  const measured = { labels: CHECKOUT, interval: null, ...one.measured };
  const run = (at: number, values: readonly Measured[], known: ReadonlyMap<string, Instance> = new Map()) =>
    evaluate({ rule, unit: one.unit, measured: values, known, tickMs: TICK_MS + at * MINUTE_MS, newId: () => 'al_1' });
  const first = run(0, [measured]);
  const repeated = run(1, [measured], first.instances);
  const opposite = recovered ?? (rule.comparison.startsWith('>') ? -1 : 1e9);
  const without = run(2, [], run(1, [], first.instances).instances);
  const alertOf = (alert: Alert | undefined): Alert => {
    if (alert === undefined) throw new Error('no alert');
    return alert;
  };
  return {
    firing: alertOf(first.transitions[0]?.alert),
    repeated: alertOf([...repeated.instances.values()][0]?.alert),
    resolved: alertOf(
      run(2, [{ ...measured, isLowerBound: false, interval: null, value: opposite }], first.instances).transitions[0]
        ?.alert,
    ),
    dataStopped: alertOf(without.transitions[0]?.alert),
    ruleDeleted: alertOf(endAll(first.instances, TICK_MS + MINUTE_MS, 'rule-deleted')[0]?.alert),
  };
}

function body(format: ReceiverFormat, alerts: readonly NotifiedAlert[], url: string | null = null): unknown {
  const timestamp = '2026-11-21T12:00:30.000Z';
  const notification = { groupKey: '[]', receiver: 'Team', alerts, total: alerts.length, timestamp, publicUrl: null };
  const template = '{"text":"{{status}} {{reason}} {{summary}}"}';
  return JSON.parse(bodyOf(format, notification, { template, routingKey: 'k', url }).body);
}

/** What each format says of one alert. */
function textsOf(status: AlertStatus, alert: Alert) {
  const one = [{ status, alert }];
  const native = body('native', one) as { data: { status: string; summary: string; reason: string | null } };
  const alertmanager = body('alertmanager', one) as {
    status: string;
    alerts: { status: string; annotations: { summary: string } }[];
  };
  const pagerduty = body('pagerduty', one) as { event_action: string; payload: { summary: string; severity: string } };
  return {
    native: [native.data.status, native.data.reason, native.data.summary],
    alertmanager: [alertmanager.status, alertmanager.alerts[0]?.status, alertmanager.alerts[0]?.annotations.summary],
    slack: (body('slack', one) as { text: string }).text,
    discord: (body('discord', one) as { embeds: { description: string }[] }).embeds[0]?.description ?? '',
    teams: (body('template', one, TEAMS) as { text: string }).text,
    plain: (body('template', one) as { text: string }).text,
    pagerduty: [pagerduty.event_action, pagerduty.payload.severity, pagerduty.payload.summary],
  };
}

describe.each(CASES.map((one) => [`${one.signal.kind}: ${one.name}`, one] as const))('%s', (_, one) => {
  test('it fires', () => {
    expect(textsOf('firing', historyOf(one).firing)).toEqual({
      native: ['firing', null, one.plain],
      alertmanager: ['firing', 'firing', one.plain],
      slack: `🟠 firing ${one.slack}`,
      discord: `🟠 firing ${one.discord}`,
      teams: `firing null ${one.teams}`,
      plain: `firing null ${one.plain}`,
      pagerduty: ['trigger', 'warning', one.plain],
    });
  });

  test('it is critical', () => {
    const texts = textsOf('firing', historyOf(one, 'critical').firing);
    expect(texts).toMatchObject({ slack: `🔴 critical ${one.slack}`, discord: `🔴 critical ${one.discord}` });
    expect(texts.pagerduty).toEqual(['trigger', 'critical', one.plain]);
  });

  test('it is repeated: the same text', () => {
    const { firing, repeated } = historyOf(one);
    expect(textsOf('firing', repeated)).toEqual(textsOf('firing', firing));
  });

  test('it ends because data stopped', () => {
    expect(textsOf('resolved', historyOf(one).dataStopped)).toEqual({
      native: ['resolved', 'missing-data', one.plain],
      alertmanager: ['resolved', 'resolved', one.plain],
      slack: `⚪ ended because no more data arrives: ${one.slack}`,
      discord: `⚪ ended because no more data arrives: ${one.discord}`,
      teams: String.raw`resolved missing\-data ${one.teams}`,
      plain: `resolved missing-data ${one.plain}`,
      pagerduty: ['resolve', 'warning', one.plain],
    });
  });

  test('it ends because its rule was deleted', () => {
    const { slack, discord } = textsOf('resolved', historyOf(one).ruleDeleted);
    expect(slack).toBe(`⚪ ended because its rule was deleted: ${one.slack}`);
    expect(discord).toBe(`⚪ ended because its rule was deleted: ${one.discord}`);
  });

  test('it is resolved', () => {
    const texts = textsOf('resolved', historyOf(one).resolved);
    expect(texts.slack).toMatch(/^✅ resolved (checkout|all functions): /);
    expect(texts.discord).toMatch(/^✅ resolved (checkout|all functions)\\: /);
    expect(texts.native.slice(0, 2)).toEqual(['resolved', null]);
    expect(texts.alertmanager.slice(0, 2)).toEqual(['resolved', 'resolved']);
    expect(texts.pagerduty[0]).toBe('resolve');
  });
});

test.each([
  ['missing-data', '⚪ ended because no more data arrives: '],
  ['rule-deleted', '⚪ ended because its rule was deleted: '],
  ['rule-changed', '⚪ ended because its rule was changed: '],
  ['receiver-deleted', '⚪ ended because the receiver was deleted: '],
  ['receiver-enabled', '✅ resolved '],
  ['rule-works-again', '✅ resolved '],
  ['recovered', '✅ resolved '],
  [null, '✅ resolved '],
])('the reason %s begins a chat message with "%s"', (reason, start) => {
  const alert = { ...historyOf(CASES[0] as Case).dataStopped, reason, summary: 'SUMMARY' };
  expect(textsOf('resolved', alert)).toMatchObject({ slack: `${start}SUMMARY`, discord: `${start}SUMMARY` });
});

test('a resolved alert shows the value that resolved it', () => {
  const [first] = CASES as readonly [Case];
  expect(historyOf(first, 'warning', 0.0125).resolved.summary).toBe(
    'checkout: Error rate: 1.25 % (n = 2,310), threshold > 3 %',
  );
});
