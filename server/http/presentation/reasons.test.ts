/** Pages write reasons in other languages from code and parameters: their English is the sentence of the API. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { englishMessage } from '../../../ingest/text/english-message.ts';
import type { ReasonCode } from '../../../ingest/text/reason.ts';
import { REASON_CODES, reasonValues } from '../../../ingest/text/reason.ts';
import { REASON_TEXTS } from '../../../ingest/text/reason-texts.ts';
import { law } from '../../../test/support/law.ts';
import { writtenReason } from '../../../web/i18n/reason-texts.ts';

const PLURAL_OR_NUMBER = fc.oneof(fc.constantFrom(0, 1, 2, 1000, 12_345_678), fc.nat({ max: 1e9 }));
const time = fc.double({ min: 0, max: 1e9, noNaN: true });
const ratio = fc.double({ min: 0, max: 2, noNaN: true });

/** A value of any kind that the text takes: by the unit, or what it selects by. */
function anyOf(text: string, name: string): fc.Arbitrary<string | number | boolean | null> {
  const options = new RegExp(`\\{${name}, select, (.*)$`).exec(text)?.[1];
  if (options !== undefined) {
    const named = [...options.matchAll(/(?:^|\} )(\w+) \{/g)].flatMap(([, option = '']) => option);
    return options.startsWith('yes') || options.startsWith('no')
      ? fc.boolean()
      : fc.constantFrom(...named, 'something else', null);
  }
  if (new RegExp(`\\{${name}, plural`).test(text)) return PLURAL_OR_NUMBER;
  if (/Ms$/.test(name)) return fc.option(time, { freq: 5 });
  if (/Share$|Factor$|Usd$/.test(name)) return ratio;
  if (/Bytes$/.test(name)) return time;
  // Names are hostile.
  return fc.oneof(PLURAL_OR_NUMBER, fc.constantFrom('{n}', "it's <b>#</b>", '$LATEST, 7'), fc.string({ minLength: 1 }));
}

/** Placeholders stand behind a brace, and texts of options have blanks. */
function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)(?=[,}])/g)].flatMap(([, name = '']) => name))];
}

test.each(REASON_CODES)('%s', (code: ReasonCode) => {
  const text = REASON_TEXTS[code];
  const values = Object.fromEntries(namesIn(text).map((name) => [name, anyOf(text, name)]));
  law(
    fc.property(fc.record(values), (parameters) => {
      const english = englishMessage(text, reasonValues(parameters));
      expect(writtenReason({ code, parameters })).toBe(english);
      expect(english).not.toMatch(/undefined|NaN/);
    }),
  );
});
