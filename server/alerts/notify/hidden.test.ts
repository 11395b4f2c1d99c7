import { expect, test } from 'vitest';
import { shownAnswer, shownBody, shownUrl } from './hidden.ts';
import type { Receiver } from './receiver.ts';

const receiver = (headers: Record<string, string>, url = 'https://example.com/hook'): Receiver => ({
  id: 'r',
  name: 'R',
  url,
  to: [],
  format: 'native',
  template: null,
  headers,
  sendResolved: true,
  disabled: null,
});
const none = { signing: [], routingKey: null };

test.each([
  ['slack', 'https://hooks.slack.com/services/T0/B0/SECRET', 'https://hooks.slack.com/(hidden)'],
  ['discord', 'https://discord.com/api/webhooks/1/SECRET', 'https://discord.com/(hidden)'],
  ['template', 'https://example.com/hook?token=SECRET', 'https://example.com/hook?(hidden)'],
  ['native', 'https://example.com/hook?a=1&key=SECRET#SECRET', 'https://example.com/hook?(hidden)'],
  ['native', 'https://example.com/hook', 'https://example.com/hook'],
  ['teams', 'https://a.logic.azure.com/workflows/SECRET/x?sig=SECRET', 'https://a.logic.azure.com/(hidden)'],
  ['slack', 'https://chat.example:8443/hooks/SECRET', 'https://chat.example:8443/(hidden)'],
  ['native', 'httqs//a damaged row/SECRET', '(hidden)'],
] as const)('the address of %s is shown without its secret', (format, url, shown) => {
  expect(shownUrl({ format, url })).toBe(shown);
});

test('an answer is shown where the address is damaged or a header is no valid basic authentication', () => {
  expect(shownAnswer('no such hook', receiver({}, 'httqs//damaged'), none)).toBe('no such hook');
  expect(shownAnswer('no such hook', receiver({ authorization: 'Basic abcde' }), none)).toBe('no such hook');
});

test('keys of PagerDuty are hidden in bodies, old ones too', () => {
  for (const key of ['current-key', 'an-old-key', 'with \\" quote', ''])
    expect(shownBody(`{"routing_key":"${key}","event_action":"trigger"}`, { routingKey: 'current-key' })).toBe(
      '{"routing_key":"(hidden)","event_action":"trigger"}',
    );
  expect(shownBody('{"key": "current-key"}', { routingKey: 'current-key' })).toBe('{"key": "(hidden)"}');
});

test.each(['s', 'ab', '1234', 'hunter2', 'a "quoted" value', 'a/b+c=d&e', 'x'.repeat(1000)])(
  'the header value %j is hidden in what a receiver repeats',
  (value) => {
    const forms = [
      value,
      JSON.stringify({ got: value }),
      encodeURIComponent(value),
      value.toUpperCase(),
      ...(value.length < 4 ? [] : [Buffer.from(value).toString('base64')]),
    ];
    for (const form of forms) {
      const shown = shownAnswer(`#${form}#`, receiver({ 'x-key': value }), none);
      expect([form, shown.includes('(hidden)')]).toEqual([form, true]);
      if (value.length > 2) expect(shown.toLowerCase()).not.toContain(value.toLowerCase());
    }
  },
);

test('parts of a value are hidden: a bearer token, the password of basic authentication', () => {
  const basic = `Basic ${Buffer.from('user:pass-word').toString('base64')}`;
  const one = receiver({ authorization: basic, 'x-auth': 'Bearer tok-123456' });
  expect(shownAnswer('you are tok-123456 with pass-word', one, none)).toBe('you are (hidden) with (hidden)');
  const secrets = { signing: [{ secret: 'whsec_AAAABBBBCCCC', untilMs: null }], routingKey: 'rk-12345678' };
  expect(shownAnswer('AAAABBBBCCCC rk-12345678', receiver({}), secrets)).toBe('(hidden) (hidden)');
  const slack = receiver({}, 'https://hooks.slack.com/services/T0/B0/abcdefghijklmnopqrstuvwx');
  expect(shownAnswer('no such hook abcdefghijklmnopqrstuvwx', slack, none)).toBe('no such hook (hidden)');
});

test('a token in the query of the address is hidden, with a name or without', () => {
  const token = 'abcdefghijklmnop';
  for (const query of [`token=${token}`, `a=1&key=${token}&b=2`, token])
    expect(shownAnswer(`no hook ${token}.`, receiver({}, `https://example.com/h?${query}`), none)).toBe(
      'no hook (hidden).',
    );
  // Fifteen characters may be a word.
  const short = receiver({}, `https://example.com/h?token=${token.slice(1)}`);
  expect(shownAnswer(`no hook ${token.slice(1)}.`, short, none)).toBe(`no hook ${token.slice(1)}.`);
});

test.each(['pass-word', 'pass-wordx', 'pass-wordxy'])('basic authentication with each padding: %s', (password) => {
  for (const scheme of ['Basic ', 'basic   ']) {
    const header = `${scheme}${Buffer.from(`user:${password}`).toString('base64')}`;
    expect(shownAnswer(`no ${password}!`, receiver({ authorization: header }), none)).toBe('no (hidden)!');
  }
});

test('an answer without secrets is unchanged', () => {
  expect(shownAnswer('two  blanks', receiver({ 'x-key': '  ' }), none)).toBe('two  blanks');
  expect(shownAnswer('{"ok":true}', receiver({ 'x-key': 'secret' }), none)).toBe('{"ok":true}');
});
