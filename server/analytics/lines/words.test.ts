import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { filterOf, mayHold } from './word-filter.ts';
import { addWords, WordSet, wordHashes } from './words.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function wordsOf(text: string): WordSet {
  const words = new WordSet();
  addWords(words, utf8(text));
  return words;
}

/** The words of a text by their definition, which needs no bytes. */
const defined = (text: string): readonly string[] =>
  (text.toWellFormed().match(/(?:[A-Za-z0-9_]|[^\x00-\x7f])+/gu) ?? []).map((word) =>
    word.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  );

test('a word is known by its letters in any case, wherever it stands', () => {
  const [hash] = wordHashes(utf8('Timeout'));
  expect(wordHashes(utf8('a task TIMEOUT, b'))[2]).toBe(hash);
  expect(wordHashes(utf8('timeout_ms'))).toHaveLength(1);
  expect(wordHashes(utf8('timeout_ms'))[0]).not.toBe(hash);
  expect(wordHashes(utf8('café-au-lait'))).toHaveLength(3);
  expect(wordHashes(utf8(' \t\u0000,"'))).toEqual([]);
});

test('words are the runs of letters, digits, _ and characters beyond ASCII', () => {
  law(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), (text) => {
      const words = defined(text);
      expect(wordHashes(utf8(text))).toEqual(words.map((word) => wordHashes(utf8(word))[0]));
      expect(wordsOf(text).size).toBe(new Set(words).size);
    }),
  );
});

test('a filter passes every word that was added', () => {
  law(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 3000 }), (texts) => {
      const filter = filterOf(wordsOf(texts.join(' ')));
      for (const hash of wordHashes(utf8(texts.join('\n')))) expect(mayHold(filter, hash)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('of words that were not added, a filter of many passes about one in a thousand', () => {
  const added = Array.from({ length: 20_000 }, (_, at) => `added${at}`).join(' ');
  const filter = filterOf(wordsOf(added));
  // 14 bits for each word.
  expect(filter.length).toBe((20_000 * 14) / 8);
  const passed = Array.from({ length: 100_000 }, (_, at) => wordHashes(utf8(`other${at}`))[0] ?? 0).filter((hash) =>
    mayHold(filter, hash),
  );
  // (1 - e^(-8/14))^8 = 0.00122: 122 of 100,000.
  expect(passed.length).toBeGreaterThan(60);
  expect(passed.length).toBeLessThan(200);
});

test('an empty filter passes nothing', () => {
  const filter = filterOf(new WordSet());
  expect(mayHold(filter, wordHashes(utf8('word'))[0] ?? 0)).toBe(false);
});
