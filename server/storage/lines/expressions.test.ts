/** Positions counted by hand. */
import { expect, test } from 'vitest';
import { expressionFault } from './expressions.ts';

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
