import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { csvCell } from './csv.ts';

const CELLS = { minLength: 2, maxLength: 5 };
const HOSTILE = fc.string({ unit: fc.constantFrom(...'=+-@＝＋－＠;\r\n\t\0" \u00a0\u200b\ufeffa') });

test.each([
  ['=1+2', '"\'=1+2"'],
  ['+1', '"\'+1"'],
  ['-1', '"\'-1"'],
  ['@SUM(A1)', '"\'@SUM(A1)"'],
  ['\tx', '"\'\tx"'],
  ['\rx', '"\'\rx"'],
  ['\nx', '"\'\nx"'],
  ['\u0000x', '"\'\u0000x"'],
  // The full-width forms, as an input method for Japanese writes them.
  ['＝1+2', '"\'＝1+2"'],
  ['＋1', '"\'＋1"'],
  ['－1', '"\'－1"'],
  ['＠SUM(A1)', '"\'＠SUM(A1)"'],
  ['a;＝1', '"a;\'＝1"'],
  ['fine\n＝1', '"fine\n\'＝1"'],
  // Spaces, controls and invisible characters before the sign.
  [' =1', '"\' =1"'],
  ['\u00a0\u00a0=1', '"\'\u00a0\u00a0=1"'],
  ['\u3000＝1', '"\'\u3000＝1"'],
  ['\u200b=1', '"\'\u200b=1"'],
  ['\ufeff=1', '"\'\ufeff=1"'],
  ['\u202e\u2066=1', '"\'\u202e\u2066=1"'],
  ['\u00ad@SUM(A1)', '"\'\u00ad@SUM(A1)"'],
  ['\u0001\u001f\u0085=1', '"\'\u0001\u001f\u0085=1"'],
  ['\v\f-1', '"\'\v\f-1"'],
  ['a; \u200b=1', '"a;\' \u200b=1"'],
  ['a\n +1', '"a\n\' +1"'],
  [' x =1', ' x =1'],
  ['x＝1', 'x＝1'],
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
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), HOSTILE), CELLS), (cells) => {
      const text = `${cells.map(csvCell).join(',')}\r\n`;
      const [read = []] = parse(text, { record_delimiter: '\r\n' }) as string[][];
      expect(read.map((cell) => cell.replaceAll("'", ''))).toEqual(cells.map((cell) => cell.replaceAll("'", '')));
      for (const cell of read) {
        expect(/^[\t\r\n\0]/.test(cell)).toBe(false);
        // As locales split it that separate cells by semicolons, and as programs read it that drop what is invisible.
        for (const part of cell.split(/[\r\n"\t;]/)) {
          const visible = part.replaceAll(/[\s\p{Cc}\p{Cf}]/gu, '');
          expect(visible === '' || '=+-@＝＋－＠'.includes(visible.charAt(0))).toBe(visible === '');
        }
      }
    }),
  );
});
