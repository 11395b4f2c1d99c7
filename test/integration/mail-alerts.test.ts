/** Alerts by e-mail to a genuine server, and to Opsgenie: retries for single recipients, threads, closing by alias, secrets. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testAlert } from '../../server/alerts/evaluate/alert.ts';
import { INACTIVE } from '../../server/alerts/evaluate/transition.ts';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import { certificateOf, MailServer } from '../support/mail-server.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 21, 12);
const certificate = certificateOf('localhost');
let nowMs: number;
let folder: string;
let product: TestProduct;
let mails: MailServer;
let hook: ReceiverDouble;

beforeEach(async () => {
  nowMs = T0;
  folder = memoryFolder();
  mails = new MailServer({ key: certificate.key, cert: certificate.cert });
  hook = await startReceiver();
  product = await startProduct({
    folder,
    now: () => nowMs,
    environment: {
      ...OUTBOUND,
      THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8,::1/128',
      THERMOCLINE_PUBLIC_URL: 'https://thermocline.example',
      THERMOCLINE_SMTP_URL: `smtp://localhost:${await mails.listen()}`,
      THERMOCLINE_SMTP_FROM: 'Thermocline <alerts@example.com>',
      THERMOCLINE_SMTP_CA: certificate.caFile,
    },
  });
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
});
afterEach(async () => {
  await product.close();
  await mails.close();
  await hook.close();
  removeFolder(folder);
});

const call = <T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T> =>
  callAlerts<T>(product, method, path, body);
const routeTo = (receiver: string) =>
  call('PUT', 'routing', {
    routes: [{ receiver, groupBy: ['...'], groupWait: '0s', groupInterval: '1m', repeatInterval: '1w' }],
  });
/** An alert that fires or ends, written as the evaluation of a rule writes it. */
async function transition(status: 'firing' | 'resolved'): Promise<void> {
  const at = new Date(nowMs).toISOString();
  const alert = { ...testAlert(new Date(T0).toISOString()), id: 'al_1', endsAt: status === 'firing' ? null : at };
  await product.store.alerts.saveEvaluations([
    {
      ...{ ruleState: null, ruleId: 'test', removeRule: false },
      changed:
        status === 'firing'
          ? [
              {
                ...{ ruleId: 'test', series: '[]', alert: JSON.stringify(alert) },
                state: JSON.stringify({ ...INACTIVE, phase: 'firing' }),
              },
            ]
          : [],
      removed: status === 'firing' ? [] : ['[]'],
      events: [{ alertId: 'al_1', ruleId: 'test', status, atMs: nowMs, alert: JSON.stringify(alert) }],
    },
  ]);
  await product.alerts.inTurn(() => product.alerts.start());
}
async function round(): Promise<void> {
  await product.alerts.round();
  await product.alerts.idle();
}
interface Delivery {
  readonly state: string;
  readonly attempts: { readonly status: number | null; readonly error: string | null }[];
}
const deliveries = async (): Promise<readonly Delivery[]> =>
  (await call<{ items: Delivery[] }>('GET', 'deliveries')).items;

test('an alert and its end are one conversation', async () => {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ops@example.com'] });
  await routeTo('mail');
  await transition('firing');
  await round();
  nowMs += 2 * MINUTE;
  await transition('resolved');
  await round();
  expect(mails.received.map(({ mail }) => [mail.subject, mail.references])).toEqual([
    ['[Firing] Test: checkout', '<al_1@example.com>'],
    ['[Resolved] Test: checkout', '<al_1@example.com>'],
  ]);
});

test('one recipient is retried, one set aside, one served: each gets the message at most once', async () => {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ok@x.example', 'busy@x.example', 'gone@x.example'] });
  await routeTo('mail');
  mails.refusals = { 'busy@x.example': [451, 'Try later'], 'gone@x.example': [550, 'No such user'] };
  await transition('firing');
  await round();
  expect(await deliveries()).toMatchObject([
    {
      state: 'pending',
      attempts: [
        {
          status: 451,
          error: 'The mail server refused gone@x.example: 550 No such user. It will be sent again to busy@x.example',
        },
      ],
    },
  ]);
  mails.refusals = { 'gone@x.example': [550, 'No such user'] };
  nowMs += MINUTE;
  await round();
  expect((await deliveries()).map(({ state, attempts }) => [state, attempts.map(({ status }) => status)])).toEqual([
    ['delivered', [451, 250]],
  ]);
  expect(mails.received.map(({ recipients }) => recipients)).toEqual([['ok@x.example'], ['busy@x.example']]);
  expect(new Set(mails.received.map(({ mail }) => mail.messageId)).size).toBe(1);
});

test('a refused message is not repeated, a server that is down is asked again', async () => {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ops@example.com'] });
  await routeTo('mail');
  mails.dataRefusal = [554, 'Looks like spam'];
  await transition('firing');
  await round();
  expect(await deliveries()).toMatchObject([
    {
      state: 'refused',
      attempts: [{ error: 'The receiver refused this notification with 554. It is not sent again by itself' }],
    },
  ]);
  mails.dataRefusal = null;
  await mails.close();
  nowMs += 2 * MINUTE;
  await transition('resolved');
  await round();
  expect((await deliveries())[0]).toMatchObject({
    state: 'pending',
    attempts: [{ status: null, error: 'the connection was refused' }],
  });
});

test('a test shows the message and the reply; e-mail needs addresses that are valid', async () => {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ops@example.com'] });
  expect(await call('POST', 'receivers/mail/test')).toMatchObject({
    ...{ delivered: true, status: 250, error: null },
    requestHeaders: { to: 'ops@example.com', subject: '[Firing] Test: checkout' },
    body: expect.stringMatching(/^Subject: \[Firing\] Test: checkout\n\n🟠 firing This is a test/) as unknown,
  });
  expect(await call('POST', 'preview', { format: 'email' })).toMatchObject({
    body: expect.stringMatching(/^Subject: \[Firing\]/) as unknown,
    problem: null,
  });
  const response = await product.fetch('/api/v1/alerts/receivers/bad', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'bad', name: 'Bad', format: 'email', to: ['a@example.com\r\nBcc: b@example.com'] }),
  });
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ field: 'to.0', message: 'expected an e-mail address such as team@example.com' }] },
  ]);
});

test('Opsgenie: created with its key, closed by the alias, and the key never shown', async () => {
  const key = 'eb243592-faa2-4ba2-a551-1afdf565c889';
  await putReceiver(product, 'duty', hook.url.replace('/hook', '/v2/alerts'), { format: 'opsgenie', routingKey: key });
  await routeTo('duty');
  hook.answer = (response, { headers }) => response.writeHead(202).end(JSON.stringify(headers));
  await transition('firing');
  await round();
  nowMs += 2 * MINUTE;
  await transition('resolved');
  await round();
  const [opened, closed] = hook.received;
  const { alias } = JSON.parse(opened?.body ?? '{}') as { alias: string };
  expect([opened?.headers['authorization'], closed?.headers['authorization']]).toEqual([
    `GenieKey ${key}`,
    `GenieKey ${key}`,
  ]);
  expect([opened?.path, closed?.path]).toEqual(['/v2/alerts', `/v2/alerts/${alias}/close?identifierType=alias`]);
  const shown = JSON.stringify([
    await call('GET', 'receivers'),
    await call('GET', 'deliveries'),
    await call('POST', 'receivers/duty/test'),
  ]);
  expect(shown).not.toContain(key);
  expect(shown).toContain('(hidden)');
});
