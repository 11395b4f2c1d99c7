import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { readStrictJson } from './strict-json.ts';

const refused = (text: string): string | null => {
  const read = readStrictJson(text);
  return read.ok ? null : `${read.error.field}: ${read.error.message}`;
};

describe('names that appear twice', () => {
  test.each([
    ['{"scope":"read","scope":"admin"}', 'scope: appears twice'],
    ['{"scope":"read" , "name":"a",\n\t"scope" : "read"}', 'scope: appears twice'],
    ['{"scope":1,"\\u0073cope":2}', 'scope: appears twice'],
    ['{"":1,"":2}', ': appears twice'],
    ['{"a\\"":1,"a\\"":2}', 'a": appears twice'],
    ['{"a\\\\":1,"a\\\\":2}', 'a\\: appears twice'],
    ['{"route":{"match":[{"x":1},{"y":1,"y":2}]}}', 'route.match.1.y: appears twice'],
    ['[[],[{"a":{}},{"a":[1,{"b":1,"b":2}]}]]', '1.1.a.1.b: appears twice'],
    ['{"a":{"b":1},"a":{"b":1}}', 'a: appears twice'],
    ['{"a":[1,2],"b":3,"a":[]}', 'a: appears twice'],
    ['{"a":"\\"","a":1}', 'a: appears twice'],
    ['{"a":"x,\\"a\\":{","a":1}', 'a: appears twice'],
    [`{"${'n'.repeat(200)}":1,"${'n'.repeat(200)}":2}`, `${'n'.repeat(100)}: appears twice`],
  ])('%s: %s', (text, error) => expect(refused(text)).toBe(error));

  test.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":"\\"a\\":1,\\"a\\":2"}',
    '{"a\\\\":1,"a\\"":2}',
    '{"a":"\\\\","b":"\\\\\\\\"}',
    '{"A":1,"a":2}',
    '[{},{},[[],[]]]',
    '"a"',
    'null',
    ' 1 ',
  ])('none in %s', (text) => expect(refused(text)).toBeNull());
});

test.each([
  ['{"__proto__":{"scope":"admin"}}', '__proto__: unknown field'],
  ['{"name":"a","\\u005f_proto__":1}', '__proto__: unknown field'],
  ['{"route":{"match":[{"__proto__":null}]}}', 'route.match.0.__proto__: unknown field'],
  ['{"name":"__proto__","constructor":1}', null],
  ['["__proto__"]', null],
  ['"__proto__"', null],
  ['{"a":1', 'body: expected JSON'],
  ['{"a":1,}', 'body: expected JSON'],
  ['', 'body: expected JSON'],
  ['{a:1}', 'body: expected JSON'],
  [`${'['.repeat(100)}${']'.repeat(100)}`, null],
  [`${'['.repeat(101)}${']'.repeat(101)}`, 'body: expected at most 100 nested values'],
])('%s: %s', (text, error) => {
  expect(refused(text)).toBe(error);
});

test('any value that was written as JSON is read as it was, and a repetition of its last name is found', () => {
  law(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.string({ unit: 'binary' }), (value, name) => {
      const text = JSON.stringify(value, null, 1);
      fc.pre(!text.includes('"__proto__"') && name !== '__proto__');
      expect(readStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      const twice = `{${JSON.stringify(name)}:${text},${JSON.stringify(name)}:${text}}`;
      expect(readStrictJson(twice)).toMatchObject({ ok: false, error: { message: 'appears twice' } });
    }),
  );
});

test('a text of little but objects, arrays or members is refused before it is parsed, with their number', () => {
  expect(refused(`[${'[],'.repeat(10_000)}[]]`)).toBeNull();
  // "[", 30,000 times "[],", "[]]": 90,004 characters.
  expect(refused(`[${'[],'.repeat(30_000)}[]]`)).toBe(
    'body: JSON of 90,004 characters with 30,002 objects and arrays and 0 members; at most 11,250 and 11,250 are read. Send it in smaller documents: up to 65,536 characters they are not counted.',
  );
  expect(refused(`{${'"":1,'.repeat(20_000)}"":1}`)).toContain('and 20,001 members');
  expect(refused('['.repeat(300) + ' '.repeat(1000) + ']'.repeat(300))).toContain('nested 257 levels deep');
});
