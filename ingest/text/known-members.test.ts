import { expect, test } from 'vitest';
import { Random } from '../records/random.ts';
import type { WholeText } from './known-members.ts';
import { KnownNames, parseKnownMembers } from './known-members.ts';

const KNOWN = new KnownNames(['a', 'message', 'list', 'own']);
const KEPT = new Set(['message']);
const parse = (text: string) => parseKnownMembers(text, KNOWN, KEPT);

test.each([
  ['a', 'a'],
  ['message', 'message'],
  ['messages', undefined],
  ['messagf', undefined],
  ['', undefined],
  ['\\u0061', 'a'],
  ['\\u0062', undefined],
  ['é', undefined],
])('the known name that %s is', (name, is) => {
  const text = `{"${name}":1}`;
  expect(KNOWN.find(text, 1, name.length + 3)).toBe(is);
});

test.each<readonly [text: string, value: unknown]>([
  ['{"a":1}', { a: 1 }],
  ['{"x":1}', { '~': 0 }],
  ['{"x":1,"a":2}', { a: 2, '~': 0 }],
  ['{"a":2,"x":1}', { a: 2, '~': 0 }],
  ['{ "x" : [1,{"a":1}] , "a" : 2 , "y":"}" }', { a: 2, '~': 0 }],
  ['{"x":1,"a":2,"y":3,"list":[],"z":{}}', { a: 2, list: [], '~': 0 }],
  // Inner objects end first; what holds one of them says where it stands as well.
  ['[{"a":{"x":1}},{"x":1},{"a":1}]', [{ a: { '~': 0 }, '~': 1 }, { '~': 2 }, { a: 1 }]],
  ['{"list":[[{"x":1}]],"a":1}', { list: [[{ '~': 0 }]], a: 1, '~': 1 }],
  // Messages are kept as they are.
  ['{"x":{"message":{"x":1}},"message":{"x":{"y":1}}}', { message: { x: { y: 1 } }, '~': 0 }],
  // A member with the name of the place is one like others.
  ['{"~":7,"a":1}', { a: 1, '~': 0 }],
  ['{"a":1,"a":{"x":1}}', { a: { '~': 0 }, '~': 1 }],
  ['{"x":{},"y":[]}', { '~': 0 }],
  ['[1,"x",null]', [1, 'x', null]],
])('what is parsed of %s', (text, value) => {
  expect(parse(text)?.value).toEqual(value);
});

test.each(['', '{"x":}', '{"x":tru}', '{"x":1,}', '{"x":1', '{"a":1} {"a":1}', '{"x":"\\q"}'])(
  '%s is no JSON, whatever is left out',
  (text) => {
    expect(parse(text)).toBeUndefined();
  },
);

test('a value of which something was left out has its text', () => {
  const text = '[ {"a":1, "x":2}, {"a": 3}, [{"x":"\\u0031"}, 4], "y" ]';
  const { value, whole } = parse(text) ?? {};
  const [first, second, third] = value as readonly unknown[];
  expect(whole?.partOf(first)).toBe('{"a":1, "x":2}');
  expect([second, third, 'y', null].map((one) => whole?.partOf(one))).toEqual([null, null, null, null]);
  expect(whole?.jsonOf(value)).toBe('[{"a":1, "x":2},{"a":3},[{"x":"\\u0031"},4],"y"]');
  expect(parse('{"a":[{"list":1}]}')?.whole).toBeNull();
});

/** A value with known and other names, and what is left of it without the others. */
function randomValue(random: Random, depth: number): { readonly all: unknown; readonly known: unknown } {
  const kind = Math.floor(random.next() * (depth > 3 ? 3 : 5));
  if (kind === 0) return same(Math.floor(random.next() * 1e6) / 7);
  if (kind === 1) return same(['"', '\\', 'x{', ',"a":', '}', 'é\n'][Math.floor(random.next() * 6)]);
  if (kind === 2) return same([null, true, {}, []][Math.floor(random.next() * 4)]);
  const n = Math.floor(random.next() * 4);
  const items = Array.from({ length: n }, () => randomValue(random, depth + 1));
  if (kind === 3) return { all: items.map(({ all }) => all), known: items.map(({ known }) => known) };
  const named = items.map((item) => [['a', 'list', 'own', 'x', 'y"', '~', 'ab'][Math.floor(random.next() * 7)], item]);
  const object = (of: 'all' | 'known', is: (name: unknown) => boolean): unknown =>
    Object.fromEntries(
      named.filter(([name]) => is(name)).map(([name, item]) => [name, (item as Record<string, unknown>)[of]]),
    );
  return {
    all: object('all', () => true),
    known: object('known', (name) => ['a', 'list', 'own'].includes(String(name))),
  };
}

function same(value: unknown): { readonly all: unknown; readonly known: unknown } {
  return { all: value, known: value };
}

/** The value without the places; each place is compared with the text. */
function withoutPlaces(value: unknown, all: unknown, whole: WholeText | null): unknown {
  if (Array.isArray(value)) return value.map((item, at) => withoutPlaces(item, (all as readonly unknown[])[at], whole));
  if (typeof value !== 'object' || value === null) return value;
  const part = whole?.partOf(value) ?? null;
  if (part !== null) expect(JSON.parse(part)).toEqual(all);
  const members = Object.entries(value).filter(([name]) => name !== '~' || part === null);
  return Object.fromEntries(
    members.map(([name, item]) => [name, withoutPlaces(item, (all as Record<string, unknown>)[name], whole)]),
  );
}

test('of any value the known members are what JSON.parse gives of them, and the text of each part is that of its value', () => {
  const random = new Random(4);
  for (let n = 0; n < 2000; n += 1) {
    const { all, known } = randomValue(random, 0);
    const text = JSON.stringify(all, null, n % 3 === 0 ? 1 : 0);
    const parsed = parse(text);
    expect(withoutPlaces(parsed?.value, all, parsed?.whole ?? null)).toEqual(known);
    expect(JSON.parse(parsed?.whole?.jsonOf(parsed.value) ?? text)).toEqual(all);
  }
});
