/** Expressions of the operator: what is found, and what is wrong with one. */
import { expect, test } from 'vitest';
import { compileExpression, redactionExpressionFault } from './redaction-expressions.ts';

test.each([
  ['[0-9]+', 'a 12 b 345', ['12', '345']],
  ['pin (\\w+)', 'pin abc, pin de', ['abc', 'de']],
  ['(a)(b)', 'ab', ['a']],
  // A group that takes no part.
  ['(a)|b', 'b a', ['a']],
  ['(a)|b', 'b', []],
])('%s finds in %j %j', (source, text, expected) => {
  const found: string[] = [];
  compileExpression(source)(text, (start, end) => found.push(text.slice(start, end)));
  expect(found).toEqual(expected);
});

const EMPTY = 'it matches the empty text, and so every line: expected at least one character, such as + instead of *';
const EVERY = 'it matches every character: expected an expression that leaves the rest of a line';

test.each([
  ['', 'expected an expression, got an empty text'],
  ['a*', EMPTY],
  ['(?:)', EMPTY],
  ['.', EVERY],
  ['[\\s\\S]', EVERY],
  ['(.)', EVERY],
  // What it replaces is empty.
  ['[\\s\\S]()', null],
  // Each of these leaves one of a letter, a capital, a digit, a blank, a dash, a brace and a letter of another alphabet.
  ['[^a]', null],
  ['[^Z]', null],
  ['[^0]', null],
  ['[^ ]', null],
  ['[^-]', null],
  ['[^{]', null],
  ['[ -~]', null],
  ['a(b', 'missing closing ) (at character 2)'],
  ['(a)(b', 'missing closing ) (at character 4)'],
  ['((a)b', 'missing closing ) (at character 1)'],
  // Escaped, and in a class, a bracket opens and closes nothing.
  ['(a\\(b[)(](c)', 'missing closing ) (at character 1)'],
  ['a(\\)b', 'missing closing ) (at character 2)'],
  ['[a](b', 'missing closing ) (at character 4)'],
  ['ab[c', 'missing closing ] [c (at character 3)'],
  ['ab[\nc', 'missing closing ] [\nc (at character 3)'],
  ['a**', 'invalid nested repetition operator ** (at character 2)'],
])('%j: %s', (source, expected) => {
  expect(redactionExpressionFault(source)).toBe(expected);
});
