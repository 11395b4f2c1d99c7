/** Lines of a text. Expected lists were written by hand. */
import { expect, test } from 'vitest';
import { eachLine, linesOf } from './lines.ts';

test.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb', ['a', 'b']],
  ['a\n\nb\n', ['a', 'b']],
  ['\n', []],
  [' \t\r\n\v\f', []],
  [' a \r\n b', [' a \r', ' b']],
  // Blanks of other scripts: no-break, ideographic and zero-width no-break space.
  ['\u00a0\u3000\ufeff\nx', ['x']],
  ['\u00a0x', ['\u00a0x']],
  ['é', ['é']],
  ['\u0008', ['\u0008']],
  ['\u000e', ['\u000e']],
  ['ab\ncd\nef', ['ab', 'cd', 'ef']],
])('%j', (text, lines) => {
  expect([...linesOf(text)]).toEqual(lines);
  const taken: string[] = [];
  eachLine(text, (line) => taken.push(line));
  expect(taken).toEqual(lines);
});
