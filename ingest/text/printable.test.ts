/** Which characters are replaced or escaped, by Unicode's own properties. */
import { expect, test } from 'vitest';
import { escaped, escapedJson, plain, printable } from './printable.ts';

/** Every character of the basic plane but surrogates, and those of the tags. */
const CHARACTERS = [
  ...Array.from({ length: 0x10000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff),
  ...Array.from({ length: 0x80 }, (_, at) => 0xe0000 + at),
].map((code) => String.fromCodePoint(code));

const isKept = (char: string): boolean => char === '\n' || char === '\t';
/** Controls, marks that change the direction of text, line separators, tags, and what has no width but joins no letters. */
const isObeyed = (char: string): boolean =>
  !isKept(char) && /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b-\u200d\u2060\ufeff\u{e0000}-\u{e007f}]/u.test(char);

test('what a terminal obeys or nobody sees is replaced; letters, digits, signs, marks and spaces stay', () => {
  for (const char of CHARACTERS) {
    if (isObeyed(char)) expect([char, printable(char)]).toEqual([char, '\ufffd']);
    else if (/[\p{L}\p{N}\p{P}\p{S}\p{M}\p{Zs}\n\t]/u.test(char) && char !== '\u180e') {
      if (printable(char) !== char) expect([char.codePointAt(0)?.toString(16), printable(char)]).toEqual([char, char]);
    }
  }
  expect(printable('a\u001b[31mb\r\nc\td')).toBe('a\ufffd[31mb\ufffd\nc\td');
  expect(plain('a\nb\tc\u202ed')).toBe('a\ufffdb\ufffdc\ufffdd');
});

test('an escape names the character', () => {
  expect(escaped('a\u001bb\u202ec\u{e0041}\n\t')).toBe('a\\u001bb\\u202ec\\u{e0041}\n\t');
  expect(escaped('\u0000\u009f')).toBe('\\u0000\\u009f');
});

test('JSON keeps its value, and shows none of these characters', () => {
  for (const text of [CHARACTERS.filter(isObeyed).join('x'), 'Grüße "世界" \\ 🎉\n', '\ud83c']) {
    const json = escapedJson(JSON.stringify({ text }, null, 1));
    expect(JSON.parse(json)).toEqual({ text });
    expect(printable(json)).toBe(json);
  }
  expect(escapedJson('"\u202e\u{e0041}"')).toBe('"\\u202e\\udb40\\udc41"');
});
