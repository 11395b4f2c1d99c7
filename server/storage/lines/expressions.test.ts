/** Positions counted by hand. */
import { expect, test } from 'vitest';
import { expressionFault, expressionsOnce } from './expressions.ts';

test.each([
  ['a{2,1}', 1],
  ['[z-a]', 1],
  ['ok (?=a)', 3],
  ['a(', 0],
])('%s is faulty at %i', (source, at) => {
  expect(expressionFault(source)?.at).toBe(at);
});

test('a valid expression has no fault', () => {
  expect(expressionFault('Duration: \\d{4,}')).toBeNull();
});

test('a fault says what RE2 says of it', () => {
  expect(expressionFault('a{2,1}')?.message).toContain('invalid repeat count');
});

test('an expression is found anywhere in a text, also when it is asked for again', () => {
  const of = expressionsOnce();
  expect(['a 12 b', '12', 'x'].map(of('\\d{2}'))).toEqual([true, true, false]);
  expect(of('\\d{2}')).toBe(of('\\d{2}'));
  expect(['12', 'y'].map(of('^y$'))).toEqual([false, true]);
});
