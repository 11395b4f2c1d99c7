/** Receivers of the API: what is valid, what of the stored one is kept, secrets in rotation, and test notifications. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { testReceiver } from '../../../test/support/receivers.ts';
import { receiverDocument } from '../../http/contract/receivers.ts';
import type { Receiver } from './receiver.ts';
import { liveSecrets, rotated } from './receiver.ts';
import { receiverErrors, receiverOf } from './receiver-documents.ts';
import { previewBody, testBody } from './sample-notification.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const document = (change: object = {}) =>
  receiverDocument.parse({ id: 'p', name: 'P', url: 'https://p.example/?token=abc', ...change });
const secrets = { signing: [{ secret: 'old', untilMs: null }], routingKey: 'key' };
const stored = (change: Partial<Receiver> = {}) => ({
  receiver: testReceiver('p', { url: 'https://p.example/?token=abc', headers: { a: 'b' }, ...change }),
  secrets,
});

describe('validity', () => {
  let isMailConfigured = true;
  const errors = (change: object, known: ReturnType<typeof stored> | null = null) =>
    receiverErrors(
      document(change),
      known,
      (url) => (url.includes('blocked') ? `${url} is blocked` : null),
      isMailConfigured,
    ).map(({ field, message }) => `${field}: ${message}`);

  test.each([
    [{}, []],
    [{ url: 'https://blocked/' }, ['url: https://blocked/ is blocked']],
    [{ format: 'template' }, ['template: required for format template']],
    [{ format: 'template', template: '' }, ['template: is not JSON: it ends too early']],
    [{ format: 'template', template: '{"text":"{{summary}}"}' }, []],
    [{ format: 'template', template: 'hello {{summary}}' }, ['template: is not JSON at line 1, character 1']],
    [{ format: 'native', template: 'hello' }, []],
    [{ format: 'pagerduty' }, ['routingKey: required for format pagerduty']],
    [{ format: 'pagerduty', routingKey: 'k' }, []],
    [{ format: 'opsgenie' }, ['routingKey: required for format opsgenie']],
    [{ format: 'opsgenie', routingKey: 'k' }, []],
    [
      { format: 'opsgenie', routingKey: 'k\r\nx: y' },
      ['routingKey: expected a key of letters, digits and punctuation of ASCII'],
    ],
    [{ format: 'email', url: '', to: ['a@example.com'] }, []],
    [{ format: 'email', url: '' }, ['to: required for format email: expected at least one address']],
    [{ format: 'email', to: ['a@example.com'] }, ['url: expected no URL for format email: the addresses are in `to`']],
    [{ format: 'email', url: '', to: ['a@example.com', 'A@example.com'] }, ['to: expected each address once']],
    [{ to: ['a@example.com'] }, ['to: only for format email: expected no addresses']],
    [{ headers: { authorization: 'x', 'X-Team': 'y' } }, []],
    [
      { headers: { 'X-Team': 'y', 'x-team': 'z' } },
      ['headers.x-team: appears twice: the case of letters does not matter'],
    ],
  ])('%j', (change, expected) => {
    expect(errors(change)).toEqual(expected);
  });

  test('e-mail needs a mail server, unless the receiver is disabled', () => {
    isMailConfigured = false;
    const change = { format: 'email', url: '', to: ['a@example.com'] };
    expect(errors(change)).toEqual([
      'format: the server cannot send e-mail yet: set THERMOCLINE_SMTP_URL and THERMOCLINE_SMTP_FROM',
    ]);
    expect(errors({ ...change, enabled: false })).toEqual([]);
    isMailConfigured = true;
  });

  test.each(['a@example.com\r\nBcc: b@example.com', 'a@b, c@d', '"a b"@example.com', 'a', '<a@example.com>', 'a@-x'])(
    '%j is no address of a receiver',
    (address) => {
      expect(receiverDocument.safeParse({ id: 'p', name: 'P', format: 'email', to: [address] }).success).toBe(false);
    },
  );

  test.each(['content-length', 'Transfer-Encoding', 'upgrade', 'expect', 'HOST', 'Webhook-Signature', 'User-Agent'])(
    'the header %s is the server’s',
    (name) => {
      expect(errors({ headers: { [name]: '5' } })).toEqual([
        `headers.${name}: is set by the server and cannot be chosen`,
      ]);
    },
  );

  test('a template that was stored before is kept, but not changed to another that is not JSON', () => {
    const known = stored({ format: 'template', template: 'hello' });
    expect(errors({ format: 'template', template: 'hello', enabled: false }, known)).toEqual([]);
    expect(errors({ format: 'template', template: 'hallo' }, known)).toEqual([
      'template: is not JSON at line 1, character 1',
    ]);
    // A template that was not used so far.
    expect(
      errors({ format: 'template', template: 'hello' }, stored({ format: 'native', template: 'hello' })),
    ).toHaveLength(1);
  });

  test('a stored routing key suffices, but not for another address', () => {
    const missing = ['routingKey: required for format pagerduty'];
    expect(errors({ format: 'pagerduty' }, stored())).toEqual([]);
    // As the API shows it.
    expect(errors({ format: 'pagerduty', url: 'https://p.example/?(hidden)' }, stored())).toEqual([]);
    expect(errors({ format: 'pagerduty', url: 'https://other.example/' }, stored())).toEqual(missing);
    expect(
      errors({ format: 'pagerduty' }, { ...stored(), secrets: { ...secrets, routingKey: null } } as never),
    ).toEqual(missing);
  });

  test('of an address that is shown in part, the stored one is checked', () => {
    const known = stored({ url: 'https://p.example/?blocked=1' });
    expect(errors({ url: 'https://p.example/?(hidden)' }, known)).toEqual([
      'url: https://p.example/?blocked=1 is blocked',
    ]);
  });
});

describe('from document to receiver', () => {
  test('a new one', () => {
    expect(receiverOf(document({ headers: { x: 'y' }, routingKey: 'k' }), null, 'whsec_new')).toEqual({
      receiver: {
        id: 'p',
        name: 'P',
        url: 'https://p.example/?token=abc',
        to: [],
        format: 'native',
        template: null,
        headers: { x: 'y' },
        sendResolved: true,
        disabled: null,
      },
      secrets: { signing: [{ secret: 'whsec_new', untilMs: null }], routingKey: 'k' },
    });
    expect(receiverOf(document({ enabled: false }), null, 's').receiver.disabled).toBe('by-hand');
  });

  test.each([
    ['the same address', { url: 'https://p.example/?token=abc' }, { a: 'b' }, 'key'],
    ['the address as it is shown', { url: 'https://p.example/?(hidden)' }, { a: 'b' }, 'key'],
    ['new headers', { headers: { x: 'y' } }, { x: 'y' }, 'key'],
    ['a new key', { routingKey: 'new' }, { a: 'b' }, 'new'],
  ])('%s: what is hidden stays', (_, change, headers, routingKey) => {
    const { receiver, secrets: kept } = receiverOf(document(change), stored(), 'unused');
    expect(receiver).toMatchObject({ url: 'https://p.example/?token=abc', headers });
    expect(kept).toEqual({ signing: secrets.signing, routingKey });
  });

  test('nothing hidden goes to another address', () => {
    const { receiver, secrets: kept } = receiverOf(document({ url: 'https://evil.example/' }), stored(), 'unused');
    expect(receiver).toMatchObject({ url: 'https://evil.example/', headers: {} });
    expect(kept).toEqual({ signing: secrets.signing, routingKey: null });
  });
});

test('after a rotation both secrets sign for 24 hours, and never more than two', () => {
  const once = rotated(secrets, 'new', NOW);
  expect(once).toEqual({
    signing: [
      { secret: 'new', untilMs: null },
      { secret: 'old', untilMs: NOW + 24 * HOUR_MS },
    ],
    routingKey: 'key',
  });
  expect([NOW, NOW + 24 * HOUR_MS - 1, NOW + 24 * HOUR_MS].map((ms) => liveSecrets(once, ms))).toEqual([
    ['new', 'old'],
    ['new', 'old'],
    ['new'],
  ]);
  expect(rotated(once, 'newer', NOW + 1).signing.map(({ secret }) => secret)).toEqual(['newer', 'new']);
  expect(rotated({ signing: [], routingKey: null }, 'first', NOW).signing).toEqual([
    { secret: 'first', untilMs: null },
  ]);
});

describe('test notifications', () => {
  test('the native one has a type of its own, so that nobody is paged', () => {
    const body = JSON.parse(testBody(stored(), NOW, 'https://t.example'));
    expect(body).toMatchObject({
      type: 'webhook.test',
      timestamp: '2026-11-21T12:00:00.000Z',
      data: {
        status: 'firing',
        groupKey: '[]',
        rule: { id: 'test' },
        truncated: 0,
        links: { ui: 'https://t.example/alerts' },
      },
    });
    expect(body.data.summary).toMatch(/^This is a test, no action is needed/);
  });

  test('others are as the receiver would get them, with its key and template', () => {
    const pagerduty = JSON.parse(testBody(stored({ format: 'pagerduty', name: 'Ops' }), NOW, null));
    expect(pagerduty).toMatchObject({ routing_key: 'key', event_action: 'trigger', dedup_key: 'Ops/[]' });
    const template = stored({ format: 'template', template: '{"a":"{{rule.name}}","u":"{{links.ui}}"}' });
    expect(testBody(template, NOW, null)).toBe('{"a":"Test","u":"null"}');
  });

  test('a preview says whether a template makes JSON', () => {
    const preview = (template: string) => previewBody('template', template, NOW, null);
    expect(preview('{"status":"{{status}}","n":{{n}}}')).toEqual({
      type: 'alert.firing',
      body: '{"status":"firing","n":2310}',
      problem: null,
    });
    expect(preview('{"status":{{status}}}').problem).toBe(
      'is not JSON at line 1, character 11: {{status}} needs quotes around it',
    );
    expect(previewBody('alertmanager', null, NOW, null)).toMatchObject({ problem: null });
    expect(JSON.parse(previewBody('alertmanager', null, NOW, null).body)).toMatchObject({ receiver: 'preview' });
  });
});
