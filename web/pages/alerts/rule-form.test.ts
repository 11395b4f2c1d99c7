/** The form of a rule with its preview, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Alerts } from './alerts.tsx';

afterEach(restore);

const show = (search: string, answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Alerts, {}), { path: '/alerts', search: `?tab=rules&${search}`, answers, failures });

/** Longer than a draft has to stay unchanged before it is asked about. */
const later = () => vi.advanceTimersByTimeAsync(600);

const preview = examples.previewAlertRule.answer as NonNullable<Answers['previewAlertRule']>;
const [fired] = preview.fired;
const ids = Array.from({ length: 14 }, (_, at) => `123456789012:eu-west-1:prod-${at}`);
const answers: Answers = {
  previewAlertRule: {
    ...preview,
    matches: { total: 14, functions: ids },
    fired: fired === undefined ? [] : [fired, { ...fired, from: '2026-11-27T20:00:00.000Z', to: null }],
  },
};

const asked = (sent: readonly (readonly [string, unknown])[]) =>
  sent.filter(([request]) => request === 'POST /api/v1/alerts/rules/preview').map(([, body]) => body);

test('a new rule says what it matches, how often it would have fired, and of which part of the time', async () => {
  const page = await show('new=1&functions=prod-*', answers);
  await expect.poll(() => page.section('Preview')).toContain('Matches 14 functions');
  const text = page.section('Preview');
  expect(text).toContain('Would have fired twice in 7 days.');
  expect(text).toContain('Data covers 1 day of 7 days: the count is that of the covered part.');
  expect(text).toContain('2026-11-27 13:41 – 14:03 prod-search: Cold starts of prod');
  expect(text).toContain('2026-11-27 20:00 – not resolved');
  expect(text).toContain('prod-11 and 2 more');
  expect(asked(page.sent)).toMatchObject([
    {
      days: 7,
      rule: { functions: ['prod-*'], threshold: 1000, signal: { metric: 'coldStartMs', aggregation: 'p95' } },
    },
  ]);
  const chart = page.charts.get('Signal and threshold');
  expect(chart?.series.map(({ points }) => points)).toEqual([
    [{ x: Date.UTC(2026, 10, 27, 13, 41), y: 1176 }],
    [
      { x: Date.UTC(2026, 10, 21, 8), y: 1000 },
      { x: Date.UTC(2026, 10, 28, 8), y: 1000 },
    ],
  ]);
  expect(chart?.formatY(1000)).toBe('1,000 ms');
});

test('the preview follows the fields', async () => {
  const page = await show('new=1', answers);
  await page.fill('signal', 'error-rate');
  await page.fill('functions', 'prod-*, checkout');
  await page.fill('kind', 'vpc');
  await page.fill('threshold in %', '2.5');
  await page.fill('comparison', '>=');
  await page.fill('measured over', '1h');
  await page.fill('for at least', '5m');
  await later();
  expect(asked(page.sent).at(-1)).toMatchObject({
    rule: {
      signal: { metric: 'errorRate', filters: [{ field: 'vpc', op: '=', value: true }] },
      functions: ['prod-*', 'checkout'],
      threshold: 0.025,
      comparison: '>=',
      window: '1h',
      for: '5m',
      bound: 'certain',
    },
  });
});

test('a rule is created with a receiver that is made and tested in the form', async () => {
  const page = await show('new=1&functions=prod-*', {
    ...answers,
    listReceivers: { items: [], nextCursor: null, canSendMail: true },
    testReceiver: { ...examples.testReceiver.answer, delivered: true, tookMs: 120 },
  });
  expect(page.text).toContain('None chosen: the routes decide who is notified.');
  await page.fill('receiver name', 'Team chat');
  await page.fill('receiver address', 'https://hooks.slack.com/services/T/B/x');
  await page.click('Add receiver and send test message');
  expect(page.text).toContain('Team chat: test message delivered in 120 ms.');
  await page.submit('Create rule');
  const sent = page.sent.filter(([request]) => !request.endsWith('/preview'));
  expect(sent).toMatchObject([
    [
      'PUT /api/v1/alerts/receivers/team-chat',
      { id: 'team-chat', name: 'Team chat', url: 'https://hooks.slack.com/services/T/B/x', format: 'slack' },
    ],
    ['POST /api/v1/alerts/receivers/team-chat/test', undefined],
    [
      'PUT /api/v1/alerts/rules/cold-start-time-p95-above-1-000-ms-on-prod',
      {
        name: 'Cold-start time, p95 above 1,000 ms on prod-*',
        receivers: ['team-chat'],
        functions: ['prod-*'],
        groupBy: ['function'],
      },
    ],
  ]);
  // Back on the list, which says what happened.
  expect(page.address).toBe('/alerts?tab=rules');
  expect(page.text).toContain('Rule “Cold-start time, p95 above 1,000 ms on prod-*” created.');
});

test('a receiver that does not take the test message says so, and stays chosen', async () => {
  const failed = { ...examples.testReceiver.answer, delivered: false, status: 404, error: null };
  const page = await show('new=1', { ...answers, testReceiver: failed });
  await page.click('New receiver');
  await page.fill('receiver address', 'https://hooks.slack.com/services/T/B/x');
  await page.click('Add receiver and send test message');
  expect(page.text).toContain('slack did not take the test message: status 404');
  await page.click('Send test message');
  expect(page.sent.at(-1)?.[0]).toBe('POST /api/v1/alerts/receivers/slack/test');
});

test('what the server refuses is named at its field, while typing and on saving', async () => {
  const page = await show('new=1', answers, {
    previewAlertRule: {
      code: 'invalid-request',
      errors: [{ field: 'rule.signal.aggregation', message: 'unsupported' }],
    },
    saveAlertRule: { code: 'invalid-request', errors: [{ field: 'window', message: 'expected between 1m and 31d' }] },
  });
  await later();
  expect(page.text).toContain('signal: unsupported');
  expect(page.section('Preview')).toContain('The preview waits for the marked fields.');
  await page.submit('Create rule');
  expect(page.text).toContain('window: expected between 1m and 31d');
});

test('a preview that fails says why', async () => {
  const page = await show('new=1', {}, { previewAlertRule: { code: 'unavailable' } });
  await later();
  expect(page.section('Preview')).toContain('The preview failed:');
});

const stored = examples.listAlertRules.answer.items[0] as NonNullable<Answers['listAlertRules']>['items'][number];
const list: Answers = { ...answers, listAlertRules: { items: [stored], nextCursor: null } };

test('a stored rule is edited with everything that the form does not show', async () => {
  const page = await show(`edit=${stored.id}`, list);
  await page.fill('threshold', '3');
  await page.submit('Save rule');
  const saved = page.sent.find(([request]) => request === `PUT /api/v1/alerts/rules/${stored.id}`);
  const { state, firing, pending, evaluatedUntil, error, skipped, late, warning, managed, ...document } = stored;
  expect(saved?.[1]).toEqual({ ...document, threshold: 3 });
});

test('a duplicate is a new rule with a name of its own', async () => {
  const page = await show('', list);
  await page.click('Duplicate Out of memory');
  expect(page.address).toBe(`/alerts?tab=rules&copy=${stored.id}`);
  await page.submit('Create rule');
  const saved = page.sent.find(([request]) => request.startsWith('PUT'));
  expect(saved?.[0]).toBe('PUT /api/v1/alerts/rules/out-of-memory-copy');
  expect(saved?.[1]).toMatchObject({ id: 'out-of-memory-copy', name: 'Out of memory (copy)', keepFiringFor: '10m' });
  expect(saved?.[1]).not.toHaveProperty('revision');
});

test('a rule is deleted after a second click, and switched off with its revision', async () => {
  const page = await show('', list);
  await page.click('Delete Out of memory');
  expect(page.sent).toEqual([]);
  await page.click('Delete rule');
  expect(page.sent).toEqual([[`DELETE /api/v1/alerts/rules/${stored.id}`, undefined]]);
  expect(page.text).toContain('“Out of memory” deleted.');
  await page.click('Disable Out of memory');
  expect(page.sent.at(-1)).toMatchObject([
    `PUT /api/v1/alerts/rules/${stored.id}`,
    { enabled: false, revision: stored.revision },
  ]);
  expect(page.text).toContain('“Out of memory” is off. Its alerts are resolved.');
});

test('a rule that is gone', async () => {
  expect((await show('edit=gone', list)).text).toContain('This rule is not stored. It may have been deleted.');
});

test('a rule that would have fired often names a threshold with which it would not, and lists all times on request', async () => {
  if (fired === undefined) throw new Error('no example');
  const many = Array.from({ length: 112 }, () => fired);
  // One of a hundred evaluations was above 1,250: two digits of it are 1,300.
  const points = Array.from({ length: 101 }, (_, at) => ({
    at: fired.from,
    value: at === 7 ? 9000 : 1250,
    function: 'f',
    n: 1,
  }));
  const page = await show('new=1', {
    previewAlertRule: {
      ...preview,
      from: '2026-11-21T08:00:00.000Z',
      to: '2026-11-28T08:00:00.000Z',
      dataFrom: '2026-11-01T00:00:00.000Z',
      points,
      fired: many,
    },
  });
  await expect.poll(() => page.section('Preview')).toContain('About 16 a day');
  await expect
    .poll(() => page.section('Preview'))
    .toContain('With a threshold of 1,300 ms it would have been 112 in 7 days.');
  expect(asked(page.sent)).toMatchObject([{ rule: { threshold: 1000 } }, { rule: { threshold: 1300 } }]);
  expect(page.section('Preview')).toContain('and 107 more before');
  await page.click('and 107 more before');
  expect(page.section('Preview')).not.toContain('more before');
});
