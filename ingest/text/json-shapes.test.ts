import { expect, test } from 'vitest';
import { measuredJson } from './json-limits.ts';

const objects = (n: number, of: (at: number) => string): string =>
  `[${Array.from({ length: n }, (_, at) => of(at)).join(',')}]`;
const PAD = ' '.repeat(5000);

test.each([
  ['objects of the same names', objects(5000, (at) => `{"a":${at},"b":{"c":1}}`), false],
  ['1,000 names', objects(1000, (at) => `{"n${at}":1}`), false],
  ['1,001 names', objects(1001, (at) => `{"n${at}":1}`), true],
  ['1,001 names in one object', `{${objects(1001, (at) => `"n${at}":1`).slice(1, -1)}}`, true],
  // Each of 40 names with each of 40 others behind it.
  ['lists of few names', objects(1600, (at) => `{"a${at % 40}":1,"b${Math.floor(at / 40)}":1}`), true],
  ['the same names behind others', objects(2000, (at) => `{"a${at % 20}":1,"b${at % 20}":1}`), false],
  ['lines', objects(1001, (at) => `{"n${at}":1}`).replaceAll(',', '\n'), true],
  ['names in strings', JSON.stringify(objects(1001, (at) => `{"n${at}":1}`)), false],
  ['strings that are no names', objects(3000, (at) => `{"a":"n${at}"}`), false],
  ['names of nested objects', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}${PAD}`, false],
  ['names that differ in one character of many', objects(1001, (at) => `{"${'x'.repeat(30)}${at}y":1}`), true],
])('whether %s are many lists', (_, text, expected) => {
  expect(measuredJson(text).hasManyShapes).toBe(expected);
});
