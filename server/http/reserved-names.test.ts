import { expect, test } from 'vitest';
import { reservedField } from './reserved-names.ts';

test.each([
  ['{"__proto__":{"scope":"admin"}}', '__proto__'],
  ['{"name":"a","\\u005f_proto__":1}', '__proto__'],
  ['{"route":{"match":[{"__proto__":null}]}}', 'route.match.0.__proto__'],
  ['{"name":"__proto__","constructor":1}', null],
  ['["__proto__"]', null],
  ['null', null],
  ['"__proto__"', null],
])('%s: %s', (text, field) => {
  expect(reservedField(JSON.parse(text))).toBe(field);
});
