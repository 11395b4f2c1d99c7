import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { csvCell } from './csv.ts';

test.each([
  ['=1+2', '"\'=1+2"'],
  ['+1', '"\'+1"'],
  ['-1', '"\'-1"'],
  ['@SUM(A1)', '"\'@SUM(A1)"'],
  ['\tx', '"\'\tx"'],
  ['\rx', '"\'\rx"'],
  ['\u0000x', '"\'\u0000x"'],
  ['fine\n=cmd|calc', '"fine\n\'=cmd|calc"'],
  ['say "=1"', '"say ""\'=1"""'],
  ['a;=1', '"a;\'=1"'],
  ['a;b', '"a;b"'],
  ['a\t@SUM(A1)', '"a\t\'@SUM(A1)"'],
  ['a,b', '"a,b"'],
  ['a=b', 'a=b'],
])('%j becomes %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

test('numbers and nothing stay what they are', () => {
  expect([csvCell(-1.5), csvCell(0), csvCell(true), csvCell(null)]).toEqual(['-1.5', '0', 'true', '']);
});

test('every cell reads back as written, with an apostrophe before what a spreadsheet would run as a formula', () => {
  law(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 2, maxLength: 5 }), (cells) => {
      const text = `${cells.map(csvCell).join(',')}\r\n`;
      const [read = []] = parse(text, { record_delimiter: '\r\n' }) as string[][];
      expect(read.map((cell) => cell.replaceAll("'", ''))).toEqual(cells.map((cell) => cell.replaceAll("'", '')));
      for (const cell of read) {
        expect(/^[\t\r\u0000]/.test(cell)).toBe(false);
        // As locales split it that separate cells by semicolons.
        for (const part of cell.split(/[\r\n"\t;]/)) expect(/^[=+\-@]/.test(part)).toBe(false);
      }
    }),
  );
});
