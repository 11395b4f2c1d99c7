import { expect, test } from 'vitest';
import { isFlatItem, readFlatItem } from './yaml-item.ts';

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
