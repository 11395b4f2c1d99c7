/** Members that an object states twice are found exactly where their values differ. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { hasContradiction } from './repeated-members.ts';

const found = (text: string): boolean => hasContradiction(text, JSON.parse(text));

test.each([
  '{"type":"platform.report","type":"x"}',
  '{"a":{"durationMs":1,"durationMs":2}}',
  '{"a":[1,{"b":[],"b":{}}]}',
  '{"a" :1,"a":2}',
  '{"a"\n:1,"b":3,"a"\n:2}',
  // Its letters are written in another way.
  '{"ab":1,"\\u0061b":2}',
  '{"a":"x\\":","a":"y"}',
  '{"a":null,"a":0}',
  '{"a":{"b":1},"a":{"b":2}}',
  '{"a":[1,2],"a":[2,1]}',
  '{"a":1,"a":1,"a":2}',
  '[{"a":"}","a":"{"}]',
  '{"":1,"":2}',
  '{"__proto__":1,"__proto__":2}',
])('contradicts itself: %s', (text) => {
  expect(found(text)).toBe(true);
});

test.each([
  '{}',
  '5',
  '"\\":"',
  '{"a":1,"A":2}',
  '{"a":1,"a":1}',
  '{"a":5,"a":5.0}',
  '{"a":{"b":1},"a":{ "b" : 1 }}',
  '{"a":"A","a":"\\u0041"}',
  '{"a":{"x":1},"b":{"x":2},"x":3}',
  '[{"a":1},{"a":2}]',
  '{"message":"{\\"a\\":1,\\"a\\":2}"}',
  '{"a":"b","b":"a","c":["a","a"]}',
])('does not: %s', (text) => {
  expect(found(text)).toBe(false);
});

describe('laws', () => {
  test('no text that JSON.stringify writes contradicts itself', () => {
    law(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        expect(found(JSON.stringify(value, null, indent))).toBe(false);
      }),
    );
  });

  test('a member that is added with another value does', () => {
    law(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, at) => {
        const names = Object.keys(object);
        const name = names[at % names.length] ?? '';
        const whole = JSON.stringify(object).slice(0, -1);
        const other = JSON.stringify([object[name]]);
        expect(found(`${whole},${JSON.stringify(name)}:${other}}`)).toBe(true);
        expect(found(`${whole},${JSON.stringify(name)}:${JSON.stringify(object[name])}}`)).toBe(false);
      }),
    );
  });
});
