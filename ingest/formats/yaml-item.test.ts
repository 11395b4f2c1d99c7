import { expect, test } from 'vitest';
import { KeyNames } from './key-names.ts';
import { isFlatItem, MOST_NAMES, readFlatItem } from './yaml-item.ts';

test.each([
  [
    'as the AWS CLI prints it',
    '- eventId: \'378\'\n  ingestionTime: 1\n  message: "REPORT \\"x\\"\\t\\\\"\n  timestamp: 2\n',
  ],
  ['indented', '  - message: a b\n    timestamp: 2\n'],
  ['a literal block', '- message: |-\n    [[[{{{\n\n    - x: y\n  timestamp: 2\n'],
  ['a folded quoted text', '- message: "one\n\n    two"\n  timestamp: 2\n'],
  ['a doubled quote', "- message: 'it''s {'\n"],
  ['a plain text over two lines, with brackets inside', '- message: a [ {\n    b\n  timestamp: -1\n'],
  ['an empty value', '- message:\n  timestamp: 2\n'],
])('an item of scalars, %s', (_name, text) => expect(isFlatItem(text)).toBe(true));

test.each([
  ['a flow list', '- message: [[[[\n'],
  ['a flow map after a key', '- timestamp: 2\n  message: {a: b}\n'],
  ['a nested map', '- message:\n    a: b\n'],
  ['lists on one line', '- message: - - - x\n'],
  ['an anchor', '- message: &a x\n'],
  ['an alias', '- message: *a\n'],
  ['a tag', '- message: !!x y\n'],
  ['more after a quoted text', '- message: "a" {{{{\n'],
  ['a quoted text that does not end', '- message: "a\\"\n'],
  ['a block with another head', '- message: |x\n    a\n'],
  ['no key', '- [[[\n'],
  ['no dash', 'message: a\n'],
  ['a dash behind nine blanks', '         - message: a\n'],
  ['nothing', ''],
  ['another indentation', '- message: a\n timestamp: 2\n'],
])('is not given to the parser: %s', (_name, text) => expect(isFlatItem(text)).toBe(false));

test.each([
  ['longer blanks before the text of a block', '- message: |\n      \n    x\n'],
  ['a comment', '- message: x # y\n'],
  ['a key that is no text', '- null: x\n'],
  ['a carriage return', '- message: x\r\n'],
  ['quoted text that is not indented', "- message: 'a\n  b'\n"],
])('is left to the parser: %s', (_name, text) => expect(readFlatItem(text)).toBeUndefined());

test('an item is read by hand', () => {
  const item =
    '- a: "REPORT \\"x\\"\\t\\\n    \\ y"\n  b: |+\n    one\n      two\n\n  c: >-\n    one\n    two\n  d: -1\n  e:\n  f: it\n    goes on\n';
  expect(readFlatItem(item)).toEqual({
    a: 'REPORT "x"\t y',
    b: 'one\n  two\n\n',
    c: 'one two',
    d: -1,
    e: null,
    f: 'it goes on',
  });
});

test.each([
  ['the same keys', '- a: 1\n  b: 2\n', { a: 1, b: 2 }],
  ['keys in another order', '- b: 1\n  a: 2\n', { b: 1, a: 2 }],
  ['a key that begins with the one of before', '- a1: 1\n  b2: 2\n', { a1: 1, b2: 2 }],
  ['a key before the others', '- c: 1\n  a: 2\n  b: 3\n', { c: 1, a: 2, b: 3 }],
  ['a key less', '- b: 1\n', { b: 1 }],
  ['a key without a value', '- a:\n  b: 1\n', { a: null, b: 1 }],
  ['keys in quotes', '- "a": 1\n  \'b\': 2\n', { a: 1, b: 2 }],
  ['a key twice', '- a: 1\n  b: 2\n  a: 3\n', null],
  ['a key twice in succession', '- a: 1\n  a: 2\n', null],
  ['a key after the last twice', '- b: 1\n  a: 2\n  b: 3\n', null],
])('an item after one with keys a and b: %s', (_name, text, expected) => {
  const names = new KeyNames(MOST_NAMES);
  readFlatItem('- a: x\n  b: y\n', names);
  expect(readFlatItem(text, names)).toEqual(expected);
});

test('a key that is no text is none after one in quotes either', () => {
  const names = new KeyNames(MOST_NAMES);
  expect(readFlatItem('- "null": x\n', names)).toEqual({ null: 'x' });
  expect(readFlatItem('- null: x\n', names)).toBeUndefined();
});

test('a list may use 64 names, whichever items have them', () => {
  const names = new KeyNames(MOST_NAMES);
  const item = (from: number, to: number): string =>
    `- ${Array.from({ length: to - from }, (_, at) => `k${from + at}: x\n`).join('  ')}`;
  expect(Object.keys(readFlatItem(item(0, 40), names) ?? {})).toHaveLength(40);
  expect(readFlatItem(item(30, 65), names)).toBeNull();
  expect(Object.keys(readFlatItem(item(1, 64), names) ?? {})).toHaveLength(63);
});

test.each([
  ['-1', -1],
  ['+1', 1],
  ['.5', 0.5],
  ['7', 7],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['one', 'one'],
])('the value %s by the core schema of YAML 1.2', (text, value) => {
  expect(readFlatItem(`- a: ${text}\n`)).toEqual({ a: value });
});
