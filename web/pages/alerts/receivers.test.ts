/** Receivers and deliveries of the Alerts page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Alerts } from './alerts.tsx';

afterEach(restore);

const show = (tab: string, answers: Answers = {}, failures: Failures = {}, chosen = '') =>
  showPage(h(Alerts, {}), { path: '/alerts', search: `?from=now-7d&to=now-1d&tab=${tab}${chosen}`, answers, failures });

describe('receivers', () => {
  type Receiver = NonNullable<Answers['listReceivers']>['items'][number];
  const [example] = examples.listReceivers.answer.items as Receiver[];
  if (example === undefined) throw new Error('no example');
  const list = (...items: Receiver[]): Answers => ({
    listReceivers: { items, nextCursor: null, canSendMail: true },
  });

  test('each has its address, format, headers, and why it is disabled', async () => {
    const { section } = await show(
      'receivers',
      list(
        { ...example, headers: ['x-team', 'x-env'], format: 'slack' },
        { ...example, id: 'b', name: 'B', sendResolved: false, disabled: 'by-hand' },
        { ...example, id: 'c', name: 'C', disabled: 'gone' },
        { ...example, id: 'd', name: 'D', disabled: 'failing' },
      ),
    );
    expect(section('Team pager')).toBe(
      'Team pager Slack Test Edit Delete https://hooks.example.com/thermocline Notified when alerts fire and when they resolve. Custom headers: x-team, x-env.',
    );
    expect(section('B')).toContain('disabled manually Webhook');
    expect(section('B')).toContain('Notified when alerts fire, not when they resolve.');
    expect(section('B')).not.toContain('headers');
    expect(section('C')).toContain('disabled: responded with 410 Gone');
    expect(section('D')).toContain('disabled: all deliveries failed for a day');
  });

  test('a test shows the exchange, delivered or not', async () => {
    const failed = await show('receivers', list(example));
    await failed.click('Test');
    expect(failed.sent.at(-1)).toEqual(['POST /api/v1/alerts/receivers/team-pager/test', undefined]);
    expect(failed.section('Team pager')).toContain('Not delivered: the host name could not be resolved.');
    expect(failed.section('Team pager')).toContain('Response status: –');
    restore();
    const refused = await show('receivers', {
      ...list(example),
      testReceiver: {
        ...examples.testReceiver.answer,
        requestHeaders: { 'webhook-id': 'msg_1', 'content-type': 'application/json' },
        error: null,
        status: 404,
        answer: 'no such hook',
      },
    });
    await refused.click('Test');
    const shown = refused.section('Team pager');
    expect(shown).toContain('Not delivered: status 404.');
    expect(refused.table('Request headers')).toEqual([
      ['Header', 'Value'],
      ['webhook-id', 'msg_1'],
      ['content-type', 'application/json'],
    ]);
    expect(shown).toContain('Response status: 404 no such hook');
    restore();
    const delivered = await show('receivers', {
      ...list(example),
      testReceiver: { ...examples.testReceiver.answer, error: null, status: 204, delivered: true, tookMs: 1234.5 },
    });
    await delivered.click('Test');
    expect(delivered.section('Team pager')).toContain('Delivered in 1.23 s (204).');
  });

  test('one is removed, or the reason why not is shown', async () => {
    const page = await show('receivers', list(example));
    await page.click('Delete');
    await page.click('Delete receiver');
    expect(page.sent.at(-1)).toEqual(['DELETE /api/v1/alerts/receivers/team-pager', undefined]);
    expect(page.section('Team pager')).toContain('Receiver removed.');
    restore();
    const used = await show('receivers', list(example), {
      deleteReceiver: { code: 'conflict', detail: 'Receiver team-pager is used by a route' },
    });
    await used.click('Delete');
    await used.click('Delete receiver');
    expect(used.section('Team pager')).toContain('Receiver team-pager is used by a route');
  });

  test('a new one is saved with the fields of its format, and shows its secret once', async () => {
    const page = await show('receivers', list());
    expect(page.text).toContain(
      'No receivers Alerts are shown only on this page. Add a receiver to send them to an address as signed webhooks.',
    );
    await page.fill('receiver name', 'On call');
    await page.fill('receiver type', 'pagerduty');
    await page.fill('receiver address', 'https://example.com/hook');
    await page.fill('integration key', 'R0123');
    await page.fill('also when alerts resolve', '');
    await page.submit('Add receiver and send test message');
    const saved = () => page.sent.filter(([request]) => request.startsWith('PUT'));
    const common = {
      ...{
        id: 'on-call',
        name: 'On call',
        url: 'https://example.com/hook',
        to: [],
        sendResolved: false,
        enabled: true,
      },
      // None of this id is replaced.
      revision: null,
    };
    expect(saved()).toEqual([
      ['PUT /api/v1/alerts/receivers/on-call', { ...common, format: 'pagerduty', routingKey: 'R0123' }],
    ]);
    expect(page.sent.at(-1)?.[0]).toBe('POST /api/v1/alerts/receivers/on-call/test');
    expect(page.section('New receiver')).toContain(
      'On call did not take the test message: the host name could not be resolved',
    );
    // PagerDuty does not check signatures.
    expect(page.section('New receiver')).not.toContain('whsec_EXAMPLE');
    await page.fill('receiver type', 'template');
    await page.fill('Template', '{"text": "{{summary}}"}');
    await page.submit('Add receiver and send test message');
    expect(saved().at(-1)?.[1]).toEqual({ ...common, format: 'template', template: '{"text": "{{summary}}"}' });
    expect(page.section('New receiver')).toContain(
      'Signing secret. Copy it now; it will not be shown again: whsec_EXAMPLE',
    );
  });

  test('a stored one is edited, and what is hidden of it is kept', async () => {
    const stored: Receiver = {
      ...example,
      ...{ format: 'slack', url: 'https://hooks.slack.com/(hidden)', disabled: 'failing', enabled: false },
    };
    const page = await show('receivers', list(stored));
    await page.click('Edit');
    await page.fill('receiver name', 'Chat of the team');
    await page.submit('Save receiver');
    expect(page.sent.findLast(([request]) => request.startsWith('PUT'))).toEqual([
      'PUT /api/v1/alerts/receivers/team-pager',
      {
        ...{ id: 'team-pager', name: 'Chat of the team', format: 'slack', url: stored.url, to: [] },
        // It failed for a day: the change may have mended it.
        ...{ sendResolved: true, enabled: true, revision: stored.revision },
      },
    ]);
    expect(page.section('Team pager')).toContain('Receiver saved.');
  });

  test('e-mail says what the server lacks, before anything is sent', async () => {
    const page = await show('receivers', { listReceivers: { items: [], nextCursor: null, canSendMail: false } });
    expect(page.section('New receiver')).not.toContain('THERMOCLINE_SMTP_URL');
    await page.fill('receiver type', 'email');
    expect(page.section('New receiver')).toContain(
      'This server cannot send e-mail yet. Set THERMOCLINE_SMTP_URL and THERMOCLINE_SMTP_FROM, and restart it',
    );
    await page.fill('receiver address', 'a@example.com, b@example.com');
    await page.submit('Add receiver and send test message');
    expect(page.sent.findLast(([request]) => request.startsWith('PUT'))?.[1]).toMatchObject({
      ...{ id: 'e-mail', url: '', to: ['a@example.com', 'b@example.com'], format: 'email' },
    });
  });

  test('the preview follows what is typed, once it pauses', async () => {
    const page = await show('receivers', {
      ...list(),
      previewNotification: { type: 'alert.firing', body: '{"text": checkout', problem: 'Unexpected token c' },
    });
    const previews = () => page.sent.filter(([request]) => request === 'POST /api/v1/alerts/preview');
    expect(previews().map(([, body]) => body)).toEqual([{ format: 'slack', template: null }]);
    await page.fill('receiver type', 'template');
    await page.fill('Template', '{"text": {{summary}}');
    expect(previews().at(-1)?.[1]).toEqual({ format: 'template', template: '{"text": {{summary}}' });
    expect(page.section('New receiver')).toContain(
      'Preview (alert.firing) Invalid JSON: Unexpected token c {"text": checkout',
    );
  });

  test('a failure', async () => {
    const { text } = await show('receivers', {}, { listReceivers: { code: 'internal' } });
    expect(text).toContain('Failed to load receivers. Internal server error. Retry');
    expect(text).not.toContain('No receivers');
  });
});

describe('deliveries', () => {
  type Delivery = NonNullable<Answers['listDeliveries']>['items'][number];
  const delivery: Delivery = {
    id: 'msg_1',
    receiver: 'team-pager',
    type: 'alert.firing',
    state: 'exhausted',
    createdAt: '2026-11-27T06:59:01.500Z',
    nextAttemptAt: null,
    endedAt: null,
    body: '{"status":"firing"}',
    attempts: [
      { attempt: 1, at: '2026-11-27T06:59:02.000Z', tookMs: 12_345, status: 200, error: 'timed out', answer: null },
      { attempt: 2, at: '2026-11-27T07:00:02.000Z', tookMs: 84.11, status: 503, error: null, answer: 'busy' },
    ],
  };
  const list = (items: Delivery[], nextCursor: string | null = null): Answers => ({
    listDeliveries: { items, nextCursor },
  });

  test.each([
    ['delivered', 'badge good'],
    ['pending', 'badge warm'],
    ['refused', 'badge bad'],
    ['exhausted', 'badge bad'],
    ['gone', 'badge bad'],
    ['cancelled', 'badge '],
    ['superseded', 'badge '],
  ] as const)('one that is %s has its colour', async (state, look) => {
    const { elements } = await show('deliveries', list([{ ...delivery, state }]));
    expect(elements('span').find(({ text }) => text === state)?.attributes['class']).toBe(look);
  });

  test('what was not taken stands first', async () => {
    const states = ['delivered', 'refused', 'pending', 'exhausted'] as const;
    const page = await show('deliveries', list(states.map((state) => ({ ...delivery, id: state, state }))));
    const shown = page
      .table('Deliveries')
      .slice(1)
      .map((row) => row[2]);
    expect(shown).toEqual(['refused', 'exhausted', 'delivered', 'pending']);
  });

  test('each has its state, attempts with answers, and body', async () => {
    const { table, requested } = await show(
      'deliveries',
      list([
        delivery,
        {
          ...delivery,
          id: 'msg_2',
          state: 'pending',
          nextAttemptAt: '2026-11-28T08:05:00.000Z',
          attempts: delivery.attempts.slice(0, 1),
        },
      ]),
    );
    expect(requested).toContain('/api/v1/alerts/deliveries?limit=50');
    expect(table('Deliveries')).toEqual([
      ['When', 'Receiver', 'State', 'Attempts', ''],
      [
        '2026-11-27 06:59:01 alert.firing',
        'team-pager',
        'exhausted',
        '2 attempts 2026-11-27 06:59:02: timed out, 12.3 s 2026-11-27 07:00:02: 503, 84.1 ms busy {"status":"firing"}',
        'Redeliver',
      ],
      [
        '2026-11-27 06:59:01 alert.firing',
        'team-pager',
        'pending next 08:05:00',
        '1 attempt 2026-11-27 06:59:02: timed out, 12.3 s {"status":"firing"}',
        '',
      ],
    ]);
  });

  test('one is sent again', async () => {
    const page = await show('deliveries', { ...list([delivery]), redeliverDeliveries: { again: 1 } });
    await page.click('Redeliver');
    expect(page.sent).toEqual([['POST /api/v1/alerts/deliveries/redeliver', { ids: ['msg_1'] }]]);
    expect(page.section('Deliveries')).toContain('1 notification queued for redelivery with the same ID.');
    expect(page.requested.filter((address) => address.startsWith('/api/v1/alerts/deliveries'))).toHaveLength(2);
  });

  test('states and pages are chosen in the address', async () => {
    const page = await show('deliveries', list([delivery], '41'), {}, '&state=refused&cursor=99');
    expect(page.requested).toContain('/api/v1/alerts/deliveries?limit=50&state=refused&cursor=99');
    await page.click('Older →');
    expect(page.address).toContain('&cursor=41');
    await page.fill('State', 'gone');
    expect(page.address).toBe('/alerts?from=now-7d&to=now-1d&tab=deliveries&state=gone');
    await vi.advanceTimersByTimeAsync(500);
    expect(page.requested.at(-1)).toBe('/api/v1/alerts/deliveries?limit=50&state=gone');
  });

  test('none, and a failure', async () => {
    const { section } = await show('deliveries', list([]), {}, '&state=nonsense');
    expect(section('Deliveries')).toContain('No deliveries');
    expect(section('Deliveries')).not.toContain('Older');
    restore();
    const failed = await show('deliveries', {}, { listDeliveries: { code: 'forbidden' } });
    expect(failed.section('Deliveries')).toContain(
      'Failed to load deliveries. The token does not have the required scope. Retry',
    );
  });
});
