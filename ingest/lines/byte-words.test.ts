/** What is read in words is what is read byte by byte. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import {
  byteText,
  copyUuid,
  digitsEnd,
  has,
  isDigit,
  isUuid,
  literal,
  sameUuid,
  thirteenDigits,
} from './byte-words.ts';

const ID = 'd661f7cf-9208-46b9-85b0-213b04a91065';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const textOf = (latin1: string) => byteText(Buffer.from(latin1, 'latin1'));
const anyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
/** The text with another character at `at`. */
const withChar = (text: string, at: number, char: string): string => text.slice(0, at) + char + text.slice(at + 1);

describe('a literal', () => {
  test.each(['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdefgh', 'abcdefghijk'])('%s is found where it is', (wanted) => {
    const text = textOf(`x${wanted}`);
    expect(has(text, 1, literal(wanted))).toBe(true);
    expect(has(text, 0, literal(wanted))).toBe(false);
    // It would end after the text.
    expect(has(text, 2, literal(wanted))).toBe(false);
    for (let at = 0; at < wanted.length; at += 1)
      expect(has(textOf(withChar(wanted, at, '#')), 0, literal(wanted))).toBe(false);
  });

  test('is not found beyond a view of a larger buffer', () => {
    const bytes = Buffer.from('abcdefgh');
    expect(has(byteText(bytes.subarray(2, 6)), 0, literal('cdef'))).toBe(true);
    expect(has(byteText(bytes.subarray(2, 6)), 0, literal('cdefg'))).toBe(false);
  });
});

describe('digits', () => {
  test('a digit is 0 to 9', () => {
    expect(anyByte.filter((_, byte) => isDigit(byte)).join('')).toBe('0123456789');
  });

  test('end where the first other byte is, at each place of a word', () => {
    for (let digits = 0; digits <= 9; digits += 1) {
      expect(digitsEnd(textOf(`x${'7'.repeat(digits)}`), 1)).toBe(1 + digits);
      for (const char of anyByte) {
        const expected = 1 + digits + (isDigit(char.charCodeAt(0)) ? 1 : 0);
        expect(digitsEnd(textOf(`x${'7'.repeat(digits)}${char}#000`), 1)).toBe(expected);
      }
    }
  });

  test('thirteen of them are a time', () => {
    expect(thirteenDigits(textOf('x1764450000123,'), 1)).toBe(1_764_450_000_123);
    expect(thirteenDigits(textOf('9876543210987'), 0)).toBe(9_876_543_210_987);
    expect(thirteenDigits(textOf('0000000000000'), 0)).toBe(0);
    for (let digits = 0; digits < 13; digits += 1) {
      expect(thirteenDigits(textOf('1'.repeat(digits)), 0)).toBe(-1);
      expect(thirteenDigits(textOf(`x${'1'.repeat(12)}`), 13 - digits)).toBe(-1);
    }
    for (let at = 0; at < 13; at += 1)
      for (const char of anyByte.filter((_, byte) => !isDigit(byte)))
        expect(thirteenDigits(textOf(withChar('1764450000123', at, char)), 0)).toBe(-1);
  });

  test('thirteen of them are the number that they are as text', () => {
    law(
      fc.property(fc.stringMatching(/^\d{13}$/), (text) => {
        expect(thirteenDigits(textOf(text), 0)).toBe(Number(text));
      }),
    );
  });
});

describe('a UUID', () => {
  test('is one in lower case, with its dashes: each byte at each place', () => {
    expect(isUuid(textOf(`x${ID}`), 1)).toBe(true);
    for (let chars = 0; chars < ID.length; chars += 1) expect(isUuid(textOf(ID.slice(0, chars)), 0)).toBe(false);
    expect(isUuid(textOf(`x${ID}`), 2)).toBe(false);
    for (let at = 0; at < ID.length; at += 1)
      for (const char of anyByte) {
        const text = withChar(ID, at, char);
        expect([text, isUuid(textOf(text), 0)]).toEqual([text, UUID.test(text)]);
      }
  });

  test('stands for the bytes that its digits are', () => {
    law(
      fc.property(fc.uuid(), (id) => {
        const target = new Uint8Array(20).fill(0xee);
        copyUuid(textOf(`"${id}`), 1, target, 2);
        expect(Buffer.from(target).toString('hex')).toBe(`eeee${id.replaceAll('-', '')}eeee`);
      }),
    );
  });

  test('is the same as another if no character differs', () => {
    expect(sameUuid(textOf(`${ID},${ID}`), 0, 37)).toBe(true);
    for (let at = 0; at < ID.length; at += 1)
      expect(sameUuid(textOf(`${ID},${withChar(ID, at, '#')}`), 0, 37)).toBe(false);
  });
});
