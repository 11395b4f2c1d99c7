import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { entriesOf, mayRead, restrictionOf } from './restriction.ts';

const at = (name: string, account = '111122223333', region = 'eu-west-1') => ({ account, region, name });

test('entries of one kind are alternatives, and every kind has to match', () => {
  const restriction = restrictionOf(['function:pay-*', 'account:111122223333', 'function:invoices', 'region:eu-*']);
  expect(restriction).toEqual([
    { kind: 'account', anyOf: ['111122223333'] },
    { kind: 'region', anyOf: ['eu-*'] },
    { kind: 'function', anyOf: ['invoices', 'pay-*'] },
  ]);
  expect(mayRead(restriction, at('pay-in'))).toBe(true);
  expect(mayRead(restriction, at('invoices'))).toBe(true);
  expect(mayRead(restriction, at('invoices-2'))).toBe(false);
  expect(mayRead(restriction, at('Pay-in'))).toBe(false);
  expect(mayRead(restriction, at('pay-in', '444455556666'))).toBe(false);
  expect(mayRead(restriction, at('pay-in', '111122223333', 'us-east-1'))).toBe(false);
  // A function whose account is not known yet.
  expect(mayRead(restriction, at('pay-in', ''))).toBe(false);
});

test('without a restriction every function may be read', () => {
  expect(mayRead(null, at('x'))).toBe(true);
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
  [[`function:${'x'.repeat(200)}`]],
])('%j is no restriction', (entries) => {
  expect(restrictionOf(entries)).toBeNull();
});

test('entries and restriction say the same', () => {
  const entry = fc.tuple(fc.constantFrom('account', 'region', 'function'), fc.stringMatching(/^[\w.*?$-]{1,9}$/));
  law(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 9 }), (parts) => {
      const restriction = restrictionOf(parts.map(([kind, pattern]) => `${kind}:${pattern}`));
      expect(restriction).not.toBeNull();
      expect(restrictionOf(entriesOf(restriction ?? []))).toEqual(restriction);
    }),
  );
});
