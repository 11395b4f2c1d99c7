/** JSON.parse itself says which texts are JSON. */
import { expect, test } from 'vitest';
import { Random } from '../records/random.ts';
import { isJson, parseJsonText } from './json-syntax.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['', false],
  [' ', false],
  ['x', false],
  ['{x}', false],
  ['{}', true],
  [' [ ] \r\n\t', true],
  ['{}{}', false],
  ['[1,]', false],
  ['[,1]', false],
  ['{"a":1,}', false],
  ['{"a" : [ true , false , null ] }', true],
  ['{"a":tru}', false],
  ['{"a"}', false],
  ['{1:1}', false],
  ['[}', false],
  ['[1 2]', false],
  ['-', false],
  ['-0', true],
  ['01', false],
  ['1.', false],
  ['.5', false],
  ['1e', false],
  ['1E+5', true],
  ['-1.25e-7', true],
  ['+1', false],
  ['"', false],
  ['"\\"', false],
  ['"\\u00e9 \\n\\/"', true],
  ['"\\u00g9"', false],
  ['"\\x"', false],
  ['"a\nb"', false],
  ['"\u007f\u2028\ud800"', true],
  ['\ufeff{}', false],
  ['\u00a01', false],
  ['NaN', false],
])('%j', (text, expected) => {
  expect(isJson(text)).toBe(expected);
  expect(parses(text)).toBe(expected);
});

test('accepts the texts that JSON.parse accepts, and no others', () => {
  const random = new Random(19);
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '\\',
    '1',
    '0',
    '-',
    '.',
    'e',
    'true',
    'null',
    ' ',
    '\n',
    'u',
  ];
  const seeds = ['{"a":[1,-2.5e3,{"b":"c\\n"}],"d":null}', '[true,"\\u0041",[]]', '{"time":1,"x":{"y":[0]}}'];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  let valid = 0;
  for (let n = 0; n < 20_000; n += 1) {
    let text = pick(seeds);
    for (let change = 0; change < 1 + random.next() * 2; change += 1) {
      const at = Math.floor(random.next() * (text.length + 1));
      text =
        text.slice(0, at) + (random.next() < 0.7 ? pick(pieces) : '') + text.slice(at + Math.floor(random.next() * 2));
    }
    const expected = parses(text);
    if (expected) valid += 1;
    expect([text, isJson(text)]).toEqual([text, expected]);
  }
  expect(valid).toBeGreaterThan(1000);
});

test('values of short and long texts; undefined for what is no JSON', () => {
  const long = JSON.stringify({ a: 'x'.repeat(5000) });
  expect(parseJsonText('{"a":1}')).toEqual({ a: 1 });
  expect(parseJsonText(long)).toEqual({ a: 'x'.repeat(5000) });
  expect(parseJsonText(long.slice(1))).toBeUndefined();
  expect(parseJsonText('{x}')).toBeUndefined();
});

test('texts are examined only after one that is no JSON: each is read by itself all the same', () => {
  // More of each kind in a row than are examined after an error.
  const runs = [...Array(70).fill('{"a":[1]}'), ...Array(70).fill('{x}'), ...Array(70).fill('[2]'), '{', '{}', '{"a"}'];
  const expected = runs.map((text) => (parses(text) ? JSON.parse(text) : undefined));
  expect(runs.map((text) => parseJsonText(text))).toEqual(expected);
});
