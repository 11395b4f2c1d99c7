/** Base64 as RFC 4648 defines it, with its test vectors. */
import { expect, test } from 'vitest';
import { decodeBase64, isGzipInBase64 } from './base64.ts';

test.each([
  ['', ''],
  ['Zg==', 'f'],
  ['Zm8=', 'fo'],
  ['Zm9v', 'foo'],
  ['Zm9vYg==', 'foob'],
  ['Zm9vYmE=', 'fooba'],
  ['Zm9vYmFy', 'foobar'],
  ['+/+/', '\u00fb\u00ff\u00bf'],
])('%j', (text, expected) => {
  expect(decodeBase64(text)?.toString('latin1')).toBe(expected);
});

test.each(['Zg', 'Zg=', 'Zg===', 'Z', 'Zm9vYg', 'Zm9v\n', 'Zm 9', 'Zm9%', '-_-_', '-aaa', 'aa_a', '====', 'Zg==Zg=='])(
  '%j is no base64',
  (text) => {
    expect(decodeBase64(text)).toBeNull();
  },
);

test.each([
  ['H4sIAAAA', true],
  ['H4sIAAA=', true],
  ['H4sIAA==', true],
  ['  H4sI\nAAAA+/aB \n', true],
  ['H4sIAA===', false],
  ['H4sIAA=A', false],
  ['H4sIAA%A', false],
  ['x H4sIAAAA', false],
  ['H4sJAAAA', false],
  ['', false],
])('%j as gzip in base64: %s', (text, expected) => {
  expect(isGzipInBase64(text)).toBe(expected);
});
