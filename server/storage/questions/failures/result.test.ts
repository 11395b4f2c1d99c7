/** Ends of request ids by which repeated requests are ruled out. */
import { expect, test } from 'vitest';
import { areDistinct } from './result.ts';

test.each([
  ['none', [], true],
  ['one', [1, 2, 3, 4, 5, 6], true],
  ['the first bytes differ', [255, 0, 0, 0, 0, 7, 254, 0, 0, 0, 0, 7], true],
  ['the last bytes differ', [255, 0, 0, 0, 0, 7, 255, 0, 0, 0, 0, 8], true],
  ['two of three are equal', [9, 9, 9, 9, 9, 9, 1, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9], false],
  ['the last two are equal', [1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], false],
])('ends of request ids: %s', (_, ends, expected) => {
  expect(areDistinct(Uint8Array.from(ends))).toBe(expected);
});
