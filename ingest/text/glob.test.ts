import { expect, test } from 'vitest';
import { globMatches, isGlob } from './glob.ts';

test.each([
  ['prod-*', 'prod-', true],
  ['prod-*', 'prod-checkout', true],
  ['prod-*', 'preprod-checkout', false],
  ['*-checkout', 'prod-checkout', true],
  ['*-checkout', 'prod-checkout-v2', false],
  ['*check*out*', 'prod-check-in-out-2', true],
  ['*check*out*', 'prod-check-in', false],
  ['checkout', 'checkout', true],
  ['checkout', 'checkouts', false],
  ['checkout', 'Checkout', false],
  ['check?ut', 'checkout', true],
  ['check?ut', 'checkut', false],
  // The first `*` has to give back what it took.
  ['*ab', 'aab', true],
  ['a*b?', 'abbbc', true],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['?', '', false],
  // Characters of regular expressions have no meaning.
  ['a.c', 'abc', false],
  ['a+(b)[c]', 'a+(b)[c]', true],
])('%s on %s: %s', (pattern, text, expected) => {
  expect(globMatches(pattern, text)).toBe(expected);
});

test('many stars take no longer than lengths multiplied', () => {
  // With a regular expression this would not end.
  expect(globMatches(`${'*a'.repeat(100)}b`, 'a'.repeat(2000))).toBe(false);
});

test('what is a pattern', () => {
  expect(['prod-*', 'check?ut', 'checkout'].map(isGlob)).toEqual([true, true, false]);
});
