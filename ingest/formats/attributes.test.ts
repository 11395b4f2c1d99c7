/** The header of common attributes, as "Understand HTTP endpoint delivery request specifications" of Firehose shows it. */
import { expect, test } from 'vitest';
import { readCommonAttributes } from './attributes.ts';

const read = (attributes: unknown) => readCommonAttributes(JSON.stringify({ commonAttributes: attributes }));

test.each<[string, unknown, string | null]>([
  ['a label', { env: 'prod' }, '{"env":"prod"}'],
  ['two labels', { env: 'prod', team: 'shop' }, '{"env":"prod","team":"shop"}'],
  ['an empty value', { env: '' }, '{"env":""}'],
  ['letters, digits and signs in a name', { 'aZ_09.x-y': 'v' }, '{"aZ_09.x-y":"v"}'],
  ['other characters in a name', { 'a b/ü': 'v' }, '{"a_b__":"v"}'],
  ['a digit first', { '1a': 'v' }, '{"_1a":"v"}'],
  ['a digit later', { a1: 'v' }, '{"a1":"v"}'],
  ['an empty name', { '': 'v', a: 'w' }, '{"a":"w"}'],
  ['values that are no texts', { a: 1, b: null, c: {}, d: 'v' }, '{"d":"v"}'],
  ['none', {}, null],
  ['none that is text', { a: 1 }, null],
  ['a value of 1,024 characters', { a: 'v'.repeat(1024) }, `{"a":"${'v'.repeat(1024)}"}`],
  ['a longer one', { a: 'v'.repeat(1025) }, `{"a":"${'v'.repeat(1024)}"}`],
  ['a name of 256 characters', { ['n'.repeat(256)]: 'v' }, `{"${'n'.repeat(256)}":"v"}`],
  ['a longer one', { ['n'.repeat(257)]: 'v' }, `{"${'n'.repeat(256)}":"v"}`],
])('%s', (_, attributes, expected) => {
  expect(read(attributes)).toBe(expected);
});

test('the first fifty', () => {
  const names = Array.from({ length: 51 }, (_, at) => `a${at}`);
  const labels = (n: number) => Object.fromEntries(names.slice(0, n).map((name) => [name, 'v']));
  expect(read(labels(51))).toBe(JSON.stringify(labels(50)));
});

test('a name that would change an object is none', () => {
  expect(readCommonAttributes('{"commonAttributes":{"__proto__":"v","a":"w"}}')).toBe('{"a":"w"}');
});

test('no header is null; one that cannot be read is undefined', () => {
  expect(readCommonAttributes(undefined)).toBeNull();
  for (const header of ['', '{', 'null', '5', '[]', '{}', '{"commonAttributes":null}', '{"commonAttributes":"x"}'])
    expect(readCommonAttributes(header)).toBeUndefined();
});
