/** The Alerts page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Alerts } from './alerts.tsx';

afterEach(restore);

const [alert] = examples.listAlerts.answer.items;
const [event] = examples.listAlertHistory.answer.items;
if (alert === undefined || event === undefined) throw new Error('no example');
const firing = {
  ...alert,
  summary: 'search: Invocations at all: 17,316 (n = 12,345), threshold > 0',
  interval: [0.059_12, 0.084_96] as [number, number],
  n: 12_345,
};
const show = (tab: string) =>
  showPage(h(Alerts, {}), {
    path: '/alerts',
    search: `?from=now-7d&to=now-1d&tab=${tab}`,
    answers: {
      listAlerts: {
        items: [firing, { ...firing, id: 'al_2', state: 'pending', startsAt: '2026-11-28T07:58:00.000Z' }],
        nextCursor: null,
      },
      listAlertHistory: { items: [{ ...event, status: 'resolved', reason: 'missing-data' }], nextCursor: null },
    },
  });

test('a firing alert has its summary, times, interval and evidence', async () => {
  const { section, table } = await show('firing');
  const shown = section('Invocations at all');
  expect(shown).toContain(
    // The panel names the rule, and the link the function.
    'Invocations at all critical 17,316 limit 0 search 17,316 (n = 12,345), threshold > 0',
  );
  expect(shown).toContain('Started 3 min ago. Notifies team-pager.');
  expect(shown).toContain(
    'Since 2026-11-28 07:56:50, window 2026-11-21 07:57:00 to 2026-11-28 07:57:00, 95 % interval 0.0591 – 0.085, n=12345',
  );
  const [header, row] = table('Evidence for Invocations at all');
  expect(header).toEqual(['Request', 'Time', 'Status', 'Cause']);
  expect(row?.slice(0, 3)).toEqual(['d83a5be3-faab…', '2026-11-28 06:59:01', 'success']);
});

test('evidence has its cause, and the line that shows it where there is one', async () => {
  const [one] = firing.evidence;
  if (one === undefined) throw new Error('no example');
  const evidence = [
    { ...one, cause: 'timeout', line: 'Task timed out\u202e' },
    { ...one, cause: null, line: null },
    { ...one, cause: 'oom', line: undefined },
  ];
  const page = await showPage(h(Alerts, {}), {
    search: '?tab=firing',
    answers: { listAlerts: { items: [{ ...firing, evidence: evidence as never }], nextCursor: null } },
  });
  const causes = page.table('Evidence for Invocations at all').map((row) => row[3]);
  expect(causes).toEqual(['Cause', 'timeout Task timed out\\u202e', '–', 'oom']);
  const lines = page.elements('span').filter(({ attributes }) => attributes['class'] === 'interval mono');
  expect(lines.map(({ text }) => text)).toEqual(['Task timed out\\u202e']);
});

test('pending alerts and the history, with the reason of an end', async () => {
  const { table } = await show('firing');
  expect(table('Pending alerts').slice(-2)).toEqual([
    ['Rule', 'Summary', 'Since'],
    ['Invocations at all', firing.summary, '2026-11-28 07:58:00'],
  ]);
  expect(table('Alert history')).toEqual([
    ['Time', 'State', 'Summary'],
    [
      '2026-11-28 07:56:54',
      'resolved',
      'pricing: Invocations at all: 160 (n = 160), threshold > 0 no more data arrives',
    ],
  ]);
});

test('links keep both ends of the range', async () => {
  const { link } = await show('firing');
  const range = 'from=now-7d&to=now-1d';
  expect(link('d83a5be3-faab…')).toBe(`/invocations/d83a5be3-faab-4a20-a49c-c54ad88610bd?${range}`);
  expect(link('search')).toBe(`/functions?${range}&q=search`);
  for (const tab of ['Firing', 'Rules', 'Silences', 'Receivers', 'Deliveries'])
    expect(link(tab)).toBe(`/alerts?${range}&tab=${tab.toLowerCase()}`);
});

test('a silence from an alert matches its labels for hours', async () => {
  const page = await show('firing');
  await page.click('Silence 24 h');
  const matchers = Object.entries(firing.labels).map(([name, value]) => ({ name, value }));
  expect(matchers.length).toBeGreaterThan(0);
  const endsAt = expect.stringMatching(/^2026-11-29T08:00:0/);
  expect(page.sent).toEqual([
    [
      'POST /api/v1/alerts/silences',
      { matchers, endsAt, comment: 'Silenced from the Alerts page: Invocations at all' },
    ],
  ]);
  expect(page.section('Invocations at all')).toContain('Silenced for 24 hours.');
});

test('a silence says why', async () => {
  const page = await show('firing');
  await page.fill('reason', ' Migration ');
  await page.click('Silence 7 days');
  expect(page.sent[0]?.[1]).toMatchObject({
    comment: 'Migration',
    endsAt: expect.stringMatching(/^2026-12-05T08:00:0/),
  });
});

test('alerts are grouped by rule, the most severe first, and say who is notified', async () => {
  const items = [
    { ...firing, id: 'a', ruleId: 'slow', ruleName: 'Slow', severity: 'warning', notifies: [] },
    { ...firing, id: 'b', ruleId: 'down', ruleName: 'Down' },
    { ...firing, id: 'c', ruleId: 'slow', ruleName: 'Slow', severity: 'warning' },
  ];
  const { elements, section } = await showPage(h(Alerts, {}), {
    answers: { listAlerts: { items, nextCursor: null }, listAlertHistory: { items: [], nextCursor: null } },
  });
  expect(elements('h2').map(({ text }) => text)).toEqual(['Down', 'Slow']);
  expect(section('Slow')).toContain('2 alerts');
  expect(section('Slow')).toContain('No one is notified: no route matches.');
});

test('times are read in their unit, and who is notified stands once for all alerts of a rule', async () => {
  const rules = examples.listAlertRules.answer as NonNullable<Answers['listAlertRules']>;
  const ruleId = rules.items[0]?.id ?? '';
  const slow = { ...firing, ruleId, ruleName: 'Slow', unit: 'ms', value: 158_000, threshold: 1000, notifies: [] };
  const page = await showPage(h(Alerts, {}), {
    answers: { listAlerts: { items: [slow, { ...slow, id: 'b' }], nextCursor: null }, listAlertRules: rules },
  });
  const shown = page.section('Slow');
  expect(shown).toContain('2.63 min limit 1.00 s');
  expect(shown.split('No one is notified')).toHaveLength(2);
});

test('the last hours of the metric stand beside the value of its function', async () => {
  const [rule] = examples.listAlertRules.answer.items;
  const [group] = examples.runQuery.answer.groups;
  if (rule === undefined || group === undefined) throw new Error('no example');
  const series = [1, null, 4].map((sum, at) => ({ at: `2026-11-28T0${at}:00:00.000Z`, n: 1, values: { sum } }));
  const page = await showPage(h(Alerts, {}), {
    answers: {
      listAlerts: { items: [{ ...firing, ruleId: rule.id }], nextCursor: null },
      listAlertRules: { items: [{ ...rule, functions: ['sea*'] }], nextCursor: null } as never,
      runQuery: {
        ...examples.runQuery.answer,
        groups: [{ ...group, group: { function: '000000000000:eu-west-1:search' }, series }],
      } as never,
    },
  });
  expect(page.sent).toMatchObject([
    [
      'POST /api/v1/query',
      {
        metric: 'outOfMemory',
        aggregations: ['sum'],
        filters: [{ field: 'function', op: 'matches', value: ['sea*'] }],
        groupBy: ['function'],
      },
    ],
  ]);
  // The highest bar fills the height; what is not known has none.
  expect(page.elements('rect').map(({ attributes }) => Number(attributes['height']))).toEqual([6, 0, 24]);
});

test('what holds an alert back is named; a silenced one is not silenced again', async () => {
  const { section, link } = await showPage(h(Alerts, {}), {
    answers: {
      listAlerts: {
        items: [
          {
            ...firing,
            silenced: true,
            inhibited: true,
            failing: true,
            severity: 'warning',
            interval: null,
            evidence: [],
            runbookUrl: 'https://example.com/runbook',
          },
        ],
        nextCursor: null,
      },
    },
  });
  const shown = section('Invocations at all');
  expect(shown).toContain('silenced inhibited evaluation failing');
  expect(shown).toContain('to 2026-11-28 07:57:00, n=12345');
  expect(shown).not.toContain('Silence 2 h');
  expect(link('Runbook')).toBe('https://example.com/runbook');
});

test('no alerts, and failures', async () => {
  const none = { items: [], nextCursor: null };
  const quiet = await showPage(h(Alerts, {}), { answers: { listAlerts: none, listAlertHistory: none } });
  expect(quiet.text).toContain('No firing alerts updated 0 s ago');
  expect(quiet.text).not.toContain('History');
  expect(quiet.text).toContain('1 rule watched: Out of memory. New rule');
  restore();
  const unheard = await showPage(h(Alerts, {}), {
    answers: { listAlerts: none, listReceivers: { ...none, canSendMail: true } },
  });
  expect(unheard.text).toContain('No one would be notified: there are no receivers. Add a receiver');
  restore();
  const failed = await showPage(h(Alerts, {}), {
    failures: { listAlerts: { code: 'unavailable' }, listAlertHistory: { code: 'deadline' } },
  });
  expect(failed.text).toContain('Failed to load alerts. The store is temporarily unavailable. Retry');
  expect(failed.text).toContain('Failed to load the history. The query timed out. Choose a shorter time range. Retry');
});
