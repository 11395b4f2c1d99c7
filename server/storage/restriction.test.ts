import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { entriesOf, mayRead, restrictionOf } from './restriction.ts';

/** Functions without tags. */
const none = () => undefined;
const at = (name: string, account = '111122223333', region = 'eu-west-1') => ({ account, region, name });

test('entries of one kind are alternatives, and every kind has to match', () => {
  const restriction = restrictionOf(['function:pay-*', 'account:111122223333', 'function:invoices', 'region:eu-*']);
  expect(restriction).toEqual([
    { kind: 'account', anyOf: ['111122223333'] },
    { kind: 'region', anyOf: ['eu-*'] },
    { kind: 'function', anyOf: ['invoices', 'pay-*'] },
  ]);
  expect(mayRead(restriction, at('pay-in'), none)).toBe(true);
  expect(mayRead(restriction, at('invoices'), none)).toBe(true);
  expect(mayRead(restriction, at('invoices-2'), none)).toBe(false);
  expect(mayRead(restriction, at('Pay-in'), none)).toBe(false);
  expect(mayRead(restriction, at('pay-in', '444455556666'), none)).toBe(false);
  expect(mayRead(restriction, at('pay-in', '111122223333', 'us-east-1'), none)).toBe(false);
  // A function whose account is not known yet.
  expect(mayRead(restriction, at('pay-in', ''), none)).toBe(false);
});

test('tags: of one key one value has to match, and that for every key; a tag that is missing matches nothing', () => {
  const restriction = restrictionOf(['tag:team=pay*', 'tag:cost center=a=b', 'tag:team=ledger', 'region:eu-*']);
  expect(restriction).toEqual([
    { kind: 'region', anyOf: ['eu-*'] },
    { kind: 'tag', key: 'cost center', anyOf: ['a=b'] },
    { kind: 'tag', key: 'team', anyOf: ['ledger', 'pay*'] },
  ]);
  const isRead = (tags: Readonly<Record<string, string>>, region = 'eu-west-1') =>
    mayRead(restriction, at('x', '111122223333', region), (_, key) => tags[key]);
  expect(isRead({ team: 'payments', 'cost center': 'a=b' })).toBe(true);
  expect(isRead({ team: 'ledger', 'cost center': 'a=b', other: 'z' })).toBe(true);
  expect(isRead({ team: 'ledger', 'cost center': 'a=b' }, 'us-east-1')).toBe(false);
  expect(isRead({ team: 'ledger' })).toBe(false);
  expect(isRead({ team: 'ledger-2', 'cost center': 'a=b' })).toBe(false);
  expect(isRead({ Team: 'ledger', 'cost center': 'a=b' })).toBe(false);
  expect(isRead({})).toBe(false);
  // Any value, but not none.
  const any = restrictionOf(['tag:team=*']);
  expect(mayRead(any, at('x'), () => '')).toBe(true);
  expect(mayRead(any, at('x'), none)).toBe(false);
});

test('without a restriction every function may be read', () => {
  expect(mayRead(null, at('x'), none)).toBe(true);
});

test.each([
  [[]],
  [['']],
  [['function:']],
  [['name:x']],
  [['function:a b']],
  [["function:a'"]],
  [['function:[a-z]']],
  [['function:ok', 'nonsense']],
  [['tag:team']],
  [['tag:team=']],
  [['tag:=payments']],
  [['tag: team=payments']],
  [['tag:team=payments ']],
  [['tag:team=pay\u202ements']],
  [['tag:team=a\nb']],
  [[`function:${'x'.repeat(200)}`]],
])('%j is no restriction', (entries) => {
  expect(restrictionOf(entries)).toBeNull();
});

test('entries and restriction say the same', () => {
  const entry = fc.tuple(
    fc.constantFrom('account:', 'region:', 'function:', 'tag:team=', 'tag:a b='),
    fc.stringMatching(/^[\w.*?$-]{1,9}$/),
  );
  law(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 9 }), (parts) => {
      const restriction = restrictionOf(parts.map(([kind, pattern]) => `${kind}${pattern}`));
      expect(restriction).not.toBeNull();
      expect(restrictionOf(entriesOf(restriction ?? []))).toEqual(restriction);
    }),
  );
});
