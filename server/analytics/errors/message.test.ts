import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { messageTemplate } from './message.ts';

describe('values of one occurrence are taken out', () => {
  test.each([
    ['a number', 'order 12345 not found', 'order # not found'],
    ['a sign and a fraction', 'balance is -12.50', 'balance is #'],
    ['a number after a hyphen', 'no stock for item-77', 'no stock for item-#'],
    ['a UUID', 'no cart 3f2a9c1b-0d1e-4f5a-8b7c-1d2e3f4a5b6c', 'no cart #'],
    ['a hash', 'object 9f86d081884c7d65 is missing', 'object # is missing'],
    ['an id with a prefix', 'no such customer: cus_NffrFeUfNVHib', 'no such customer: #'],
    ['a number with a prefix', 'no such queue: mail_4711081500', 'no such queue: mail_#'],
    ['an address in memory', 'bad pointer 0x7ffee4bff8a0', 'bad pointer #'],
    ['a time', 'expired at 2026-11-26T08:00:00.009Z', 'expired at <time>'],
    ['a date in words', 'expired on Thu, 26 Nov 2026 08:00:00 GMT', 'expired on <time>'],
    ['a URL', 'GET https://api.shop.example/v1/orders/9?x=1 failed', 'GET <url> failed'],
    ['an ARN', 'not authorized on arn:aws:s3:::bucket/key', 'not authorized on <arn>'],
    ['an IP address with a port', 'connect ECONNREFUSED 10.0.3.17:5432', 'connect ECONNREFUSED <address>'],
    ['an IPv6 address', 'connect ECONNREFUSED 2001:db8:0:1::1', 'connect ECONNREFUSED <address>'],
    ['a host', 'getaddrinfo ENOTFOUND db-7.shop.internal', 'getaddrinfo ENOTFOUND <address>'],
    ['an e-mail address', 'no user ann.lee+x@shop.example', 'no user <email>'],
    [
      'a path',
      "ENOENT: no such file or directory, open '/tmp/a7/in.csv'",
      'ENOENT: no such file or directory, open ""',
    ],
    ['a path without quotes', 'cannot read /tmp/a7f3/in.csv: gone', 'cannot read <path>: gone'],
    ['text in double quotes', 'invalid name "Ann\'s shop"', 'invalid name ""'],
    ['text in quotes of a book', 'invalid name “Ann”', 'invalid name ""'],
    ['a list of any length', 'ids 1, 2, 3 are unknown', 'ids # are unknown'],
    ['lines after the first', 'failed\nat 9', 'failed'],
  ])('%s', (_, message, template) => {
    expect(messageTemplate(message)).toBe(template);
  });
});

test.each([
  ['an apostrophe', "can't read the user's cart"],
  ['names in capitals', 'ECONNRESET while reading'],
  ['a dotted name', 'order.items.price is required'],
])('%s stays', (_, message) => expect(messageTemplate(message)).toBe(message));

describe('one wording for minor versions of a language', () => {
  test.each([
    ['Node 14 and 16', "Cannot read property 'id' of undefined", "Cannot read properties of undefined (reading 'id')"],
    ['Node 18 and 20', 'Unexpected token < in JSON at position 0', `Unexpected token '<', "<html>" is not valid JSON`],
    ['Ruby 2.7 and 3.4', "undefined method `id' for nil:NilClass", "undefined method 'id' for nil"],
    [
      'Ruby 3.2 and 3.3',
      "undefined method `id' for #<Order:0x0000ffff a=1>",
      "undefined method `id' for an instance of Order",
    ],
  ])('%s', (_, before, after) => {
    expect(messageTemplate(before)).toBe(messageTemplate(after));
    expect(messageTemplate(after)).not.toBe('');
  });
});

test('with quoted text, names stay and numbers go', () => {
  expect(messageTemplate("Syntax error in module 'app': invalid syntax (app.py, line 3)", true)).toBe(
    'Syntax error in module "app": invalid syntax (app.py, line #)',
  );
});

test('no message is an empty template; a template is one bounded line', () => {
  expect(messageTemplate(null)).toBe('');
  law(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.boolean(), (message, keeps) => {
      const template = messageTemplate(message, keeps);
      expect(template.length).toBeLessThanOrEqual(240);
      expect(template).not.toMatch(/[\n\r\t]/);
    }),
  );
});

test('another number never makes another template', () => {
  law(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.constantFrom('order {} failed', 'item-{} of x_{}', 'took {}ms', 'worker{} of 9'),
      (a, b, form) => {
        expect(messageTemplate(form.replaceAll('{}', String(a)))).toBe(
          messageTemplate(form.replaceAll('{}', String(b))),
        );
      },
    ),
  );
});
