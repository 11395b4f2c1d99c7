/** Lines of a text. Expected lists were written by hand. */
import { expect, test } from 'vitest';
import { eachLine, JoinedLines, linesOf } from './lines.ts';

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
  const ends: string[] = [];
  eachLine(text, (line, end) => {
    taken.push(line);
    ends.push(text.slice(end - line.length, end));
  });
  expect(taken).toEqual(lines);
  expect(ends).toEqual(lines);
});

test('joined lines are cut out of their text: those that follow each other at once, others one by one', () => {
  const text = 'ab\ncd\n\nef\ngh';
  const lines = new JoinedLines(text);
  expect(lines.after('x')).toBe('x');
  lines.add(0, 2);
  lines.add(3, 5);
  // An empty line is left out, and so is the beginning of a line.
  lines.add(7, 9);
  lines.add(11, 12);
  expect(lines.after('x')).toBe('x\nab\ncd\nef\nh');
  // They are forgotten.
  expect(lines.after('y')).toBe('y');
  lines.add(10, 12);
  expect(lines.after('')).toBe('\ngh');
});
