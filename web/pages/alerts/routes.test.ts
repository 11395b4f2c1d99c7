/** Routes of the Alerts page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Alerts } from './alerts.tsx';

afterEach(restore);

const show = (answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Alerts, {}), { path: '/alerts', search: '?tab=routes', answers, failures });

type Routing = NonNullable<Answers['getAlertRouting']>;
const route: Routing['routes'][number] = {
  matchers: [{ name: 'severity', value: 'critical', isRegex: false, isEqual: true }],
  receiver: 'pager',
  groupBy: ['alertname', 'function'],
  groupWait: '30s',
  groupInterval: '5m',
  repeatInterval: '4h',
  muteTimes: [],
  continue: true,
};
const all = { ...route, matchers: [], receiver: 'chat', groupBy: ['alertname'], continue: false };
const NONE = { routes: null, inhibitions: null };
const getAlertRouting: Routing = { routes: [route, all], inhibitions: [], revision: 'r1', managed: NONE };

test('routes are listed in their order, and moved and removed', async () => {
  const page = await show({ getAlertRouting });
  expect(page.table('Routes')).toEqual([
    ['Alerts', 'Receiver', 'Grouping', ''],
    [
      'severity=critical',
      'pager and the routes below',
      'alertname, function after 30s, again every 4h',
      'Move up Remove route',
    ],
    ['all alerts', 'chat', 'alertname after 30s, again every 4h', 'Move up Remove route'],
  ]);
  expect(page.elements('button').filter(({ text }) => text === 'Move up')[0]?.attributes).toHaveProperty('disabled');
  await page.click('Remove route');
  expect(page.sent).toEqual([['PUT /api/v1/alerts/routing', { routes: [all], revision: 'r1' }]]);
  expect(page.text).toContain('Route removed.');
});

test('a new route is added at the end, a pattern as one', async () => {
  const page = await show({ getAlertRouting });
  await page.fill('alerts whose', 'function');
  await page.fill('is', 'prod-.*');
  await page.fill('and to the routes below', 'on');
  await page.submit('Add route');
  const matchers = [{ name: 'function', value: 'prod-.*', isRegex: true, isEqual: true }];
  expect(page.sent[0]?.[1]).toMatchObject({
    routes: [route, all, { matchers, receiver: 'team-pager', groupBy: ['alertname'], continue: true }],
  });
});

test('who would be notified is asked with the labels of an alert', async () => {
  const matched = [
    { route: 0, receiver: 'pager' },
    { route: 1, receiver: 'chat' },
  ];
  const answers: Answers = { getAlertRouting, previewAlertRouting: { matched } };
  const page = await show(answers);
  await page.fill('rule name', 'Timeouts');
  await page.fill('of severity', 'warning');
  await page.fill('function name', 'checkout');
  await page.submit('Ask');
  expect(page.sent).toEqual([
    [
      'POST /api/v1/alerts/routing/preview',
      { labels: { alertname: 'Timeouts', severity: 'warning', function: 'checkout' } },
    ],
  ]);
  expect(page.text).toContain('pager, by route 1; chat, by route 2');
  Object.assign(answers, { previewAlertRouting: { matched: [] } });
  await page.submit('Ask');
  expect(page.text).toContain('No one: no route matches this alert.');
});

test('no routes, no receivers, and a failure', async () => {
  const page = await show({
    getAlertRouting: { routes: [], inhibitions: [], revision: 'r1', managed: NONE },
    listReceivers: { items: [], nextCursor: null, canSendMail: true },
  });
  expect(page.text).toContain('No routes: alerts from rules without receivers notify no one.');
  expect(page.text).toContain('Add a receiver first.');
  restore();
  const failed = await show({}, { getAlertRouting: { code: 'unavailable' } });
  expect(failed.text).toContain('Failed to load routes.');
});
