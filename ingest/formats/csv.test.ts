/** Rows of CSV after RFC 4180, and what spreadsheets make of it. */
import { expect, test } from 'vitest';
import { CsvScanner, csvRows, delimiterOf } from './csv.ts';

test.each<readonly [text: string, rows: readonly (readonly string[])[]]>([
  ['', []],
  ['a', [['a']]],
  ['a,b', [['a', 'b']]],
  ['a,b\n', [['a', 'b']]],
  [
    'a,b\r\nc,d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\nc,d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['\n\na\n\n', [['a']]],
  [',\n', [['', '']]],
  [
    'a,\n,b',
    [
      ['a', ''],
      ['', 'b'],
    ],
  ],
  ['"a","b"\n', [['a', 'b']]],
  ['"a,b",c', [['a,b', 'c']]],
  ['"a\nb",c', [['a\nb', 'c']]],
  ['"a\r\nb"\r\n', [['a\r\nb']]],
  ['"a ""b""",c', [['a "b"', 'c']]],
  ['""', []],
  ['"",""', [['', '']]],
  ['""""', [['"']]],
  // A quote opens a cell only at its start.
  ['a"b,c"', [['a"b', 'c"']]],
  ['a "b,c" d', [['a "b', 'c" d']]],
  [' "a,b"', [[' "a', 'b"']]],
  // Quotes that a CR follows close the cell; a CR within them is part of it.
  ['"a"\r', [['a']]],
  ['"a"\r,b', [['a', 'b']]],
  ['"a\r",b', [['a\r', 'b']]],
  // A delimiter that ends the text has an empty cell behind it.
  [',', [['', '']]],
  ['a\nb,', [['a'], ['b', '']]],
  ['a;b', [['a;b']]],
])('%j', (text, rows) => {
  expect(csvRows(text, ',')).toEqual({ rows, unclosed: '' });
});

test('what follows the last open quote is no row', () => {
  expect(csvRows('a,b\nc,"d\ne', ',')).toEqual({ rows: [['a', 'b']], unclosed: 'c,"d\ne' });
  expect(csvRows('"', ',')).toEqual({ rows: [], unclosed: '"' });
  // Anything but a comma, a line end or another quote after a quote does not close the cell.
  expect(csvRows('"a"x,b', ',')).toEqual({ rows: [], unclosed: '"a"x,b' });
  expect(csvRows('"a"x",b', ',')).toEqual({ rows: [['a"x', 'b']], unclosed: '' });
});

test.each([
  ['a,b', ','],
  ['a;b', ';'],
  ['a\tb', '\t'],
  ['a,b;c;d', ';'],
  ['a,b\tc', ','],
  ['a', ','],
])('the delimiter of %j', (header, expected) => {
  expect(delimiterOf(header)).toBe(expected);
});

test('a scanner that stops anywhere finds the same ends', () => {
  const text = 'a,"b ""c"" , \n"\r\n,d\n"e\nf",g\n';
  // After the line end of each of the three rows; those within quotes are none.
  const [first, second] = [text.indexOf('\n,d'), text.indexOf('d\n') + 1];
  const rowEnds = [first + 1, second + 1, text.length];
  const cellEnds = [1, first, first + 1, second, text.indexOf(',g'), text.length - 1];
  for (let stop = 0; stop <= text.length; stop += 1) {
    const scanner = new CsvScanner(',');
    const [cells, rows]: [number[], number[]] = [[], []];
    for (const [part, from] of [
      [text.slice(0, stop), 0],
      [text, stop],
    ] as const)
      scanner.scan(
        part,
        from,
        (end) => cells.push(end),
        (end) => rows.push(end),
      );
    expect({ rows, cells, isOpen: scanner.isOpen }).toEqual({ rows: rowEnds, cells: cellEnds, isOpen: false });
  }
});
