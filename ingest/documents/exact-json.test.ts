/** Integers above 2^53 keep every digit, in JSON that is read within limits. */
import { describe, expect, test } from 'vitest';
import { parseJsonExact } from './exact-json.ts';

describe('exact JSON', () => {
  test.each<readonly [text: string, expected: unknown]>([
    // Up to 15 digits a number is exact.
    ['{"n":123456789012345}', { n: 123_456_789_012_345 }],
    ['{"n":1234567890123456}', { n: '1234567890123456' }],
    ['{"n":-1234567890123456,"m":5}', { n: '-1234567890123456', m: 5 }],
    ['{"n":[1234567890123456,1]}', { n: ['1234567890123456', 1] }],
    // Neither a fraction nor an exponent is a whole number.
    ['{"n":1234567890123456.0}', { n: 1_234_567_890_123_456 }],
    ['{"n":1234567890123456e0}', { n: 1_234_567_890_123_456 }],
    ['{"n":1234567890123456E-2,"s":"x"}', { n: 12_345_678_901_234.56, s: 'x' }],
    ['{"n":1.5e+3,"m":1234567890123456}', { n: 1500, m: '1234567890123456' }],
    ['{"1234567890123456":1}', { '1234567890123456': 1 }],
    [
      String.raw`{"a":"\"1234567890123456","b":"\\","c":1234567890123456}`,
      {
        a: '"1234567890123456',
        b: '\\',
        c: '1234567890123456',
      },
    ],
    ['{"a":"","b":1234567890123456}', { a: '', b: '1234567890123456' }],
    ['["1234567890123456"]', null],
    ['{"n":1234567890123456', null],
    ['{"n":01}', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseJsonExact(text)?.value ?? null).toEqual(expected);
  });

  test('is limited like other JSON', () => {
    const deep = (levels: number): string => `{"n":1234567890123456,"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    // With the object, 256 levels; texts up to 1,024 characters are not counted.
    const blanks = ' '.repeat(1024);
    expect(parseJsonExact(deep(255) + blanks)?.value).toMatchObject({ n: '1234567890123456' });
    expect(parseJsonExact(deep(256) + blanks)).toBeNull();
  });
});
