import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitsEnd, plainNumber } from './plain-number.ts';

test.each([
  ['0', 0],
  ['007', 7],
  ['123456789', 123_456_789],
  ['999999999999999', 999_999_999_999_999],
  ['0.1', 0.1],
  ['84.11', 84.11],
  ['999999999.999999', 999_999_999.999999],
])('%s', (text, number) => {
  expect(plainNumber(text, 0, text.length)).toBe(number);
});

test.each([
  '',
  '.',
  '1.',
  '.1',
  '1000000000000000',
  '1234567890.5',
  '0.1234567',
  '1.2.3',
  '-1',
  '1e5',
  '1,2',
  ' 1',
  '1 ',
  '１',
])('%s is left to others', (text) => {
  expect(plainNumber(text, 0, text.length)).toBeNaN();
});

test('of a part of a text', () => {
  expect(plainNumber('a12.5 ms', 1, 5)).toBe(12.5);
  expect([digitsEnd('a12.5 ms', 1), digitsEnd('x', 0), digitsEnd('1.2.3', 0), digitsEnd('12', 2)]).toEqual([
    5, 0, 5, 2,
  ]);
});

test('the nearest number to the digits, as Number reads it', () => {
  const whole = fc.integer({ min: 0, max: 999_999_999 });
  const fraction = fc.integer({ min: 0, max: 999_999 });
  fc.assert(
    fc.property(whole, fraction, (a, b) => {
      const text = `${a}.${String(b).padStart(6, '0')}`;
      expect(plainNumber(text, 0, text.length)).toBe(Number(text));
    }),
  );
});
