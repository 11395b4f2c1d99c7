/** Label matchers. */
import { expect, test } from 'vitest';
import { matcherError, matches } from './matchers.ts';

test('matchers are anchored, linear in time, and report invalid patterns', () => {
  const matcher = (value: string, isRegex = true, isEqual = true) => ({ name: 'function', value, isRegex, isEqual });
  expect(matches([matcher('check.*')], { function: 'checkout' })).toBe(true);
  expect(matches([matcher('check')], { function: 'checkout' })).toBe(false);
  expect(matches([matcher('check.*', true, false)], { function: 'checkout' })).toBe(false);
  expect(matches([matcher('', false)], {})).toBe(true);
  expect(matcherError(matcher('('))).toContain('invalid RE2 pattern');
  // A backtracking engine would not finish within the timeout of the test.
  expect(matches([matcher('(a+)+$')], { function: `${'a'.repeat(50_000)}!` })).toBe(false);
});
