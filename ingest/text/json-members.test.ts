import { expect, test } from 'vitest';
import { eachMember, largeObjectAt, lastValues, parsedMember, statesMoreThan, stringAt } from './json-members.ts';

function membersOf(text: string): readonly (readonly [name: string, value: string])[] {
  const members: [string, string][] = [];
  eachMember(text, text.indexOf('{'), (name, value, end) => {
    members.push([stringAt(text, name), text.slice(value, end)]);
    return true;
  });
  return members;
}

test.each<readonly [text: string, members: readonly (readonly [string, string])[]]>([
  ['{}', []],
  [' { } ', []],
  ['{"a":1}', [['a', '1']]],
  [
    ' {"a" : -1.5e3 , "b":true\n}',
    [
      ['a', '-1.5e3'],
      ['b', 'true'],
    ],
  ],
  [
    '{"a":"x,}","b":null}',
    [
      ['a', '"x,}"'],
      ['b', 'null'],
    ],
  ],
  [
    '{"a":{"b":[1,"]}"]},"c":[{}]}',
    [
      ['a', '{"b":[1,"]}"]}'],
      ['c', '[{}]'],
    ],
  ],
  [
    '{"a\\"b":"c\\\\","d":1}',
    [
      ['a"b', '"c\\\\"'],
      ['d', '1'],
    ],
  ],
  [
    '{"a":1,"a":2}',
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
])('the members of %s', (text, members) => {
  expect(membersOf(text)).toEqual(members);
});

test('no further member is read after the last that is wanted', () => {
  let n = 0;
  eachMember('{"a":1,"b":2,"c":3}', 0, () => {
    n += 1;
    return n < 2;
  });
  expect(n).toBe(2);
});

test.each(['{"a":1', '{"a":"', '{"a', '{"a":{', '{', '{"a"', 'x'])(
  '%s, which is no JSON, is read to its end',
  (text) => {
    expect(membersOf(text).length).toBeLessThan(2);
  },
);

const LONG = 'x'.repeat(4096);

test('an object of a large document is found by its name', () => {
  const text = `{"x":"${LONG}","a":{"b":1},"c":2}`;
  expect(text.slice(largeObjectAt(text, 'a'))).toBe('{"b":1},"c":2}');
  expect([largeObjectAt(text, 'b'), largeObjectAt(text, 'c'), largeObjectAt('{"a":{}}', 'a')]).toEqual([-1, -1, -1]);
  // JSON.parse keeps the last of two members with one name.
  const twice = `{"a":{"b":1},"x":"${LONG}","a":{"c":1}}`;
  expect(twice.slice(largeObjectAt(twice, 'a'))).toBe('{"c":1}}');
  expect(largeObjectAt(`{"a":{},"x":"${LONG}","a":1}`, 'a')).toBe(-1);
});

test('the members of an object are counted up to a number', () => {
  const text = `{"x":"${LONG}","a":{"b":1,"c":2}}`;
  expect([statesMoreThan(1, text, 'a'), statesMoreThan(2, text, 'a'), statesMoreThan(0, text, 'y')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('the value of a member is that of the last with its name, escaped or not', () => {
  const text = String.raw`{"x":{"a":0},"a":{"b":[1]},"\u0061":"c","d":2}`;
  expect([parsedMember(text, 'a'), parsedMember(text, 'x'), parsedMember(text, 'b')]).toEqual([
    'c',
    { a: 0 },
    undefined,
  ]);
});

test('the last value of each name, escaped or not, unless there are too many', () => {
  const text = String.raw`{"a":1,"\u0061":22,"b":{"a":3}}`;
  expect([...(lastValues(text, 0) ?? [])]).toEqual([
    ['a', text.indexOf('22')],
    ['b', text.indexOf('{"a":3')],
  ]);
  expect(lastValues(`{${Array.from({ length: 1001 }, (_, at) => `"a${at}":1`).join(',')}}`, 0)).toBe(null);
});
