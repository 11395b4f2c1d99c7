/** Pages write reasons in other languages from code and parameters: their English is the sentence of the API. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { englishMessage } from '../../../ingest/text/english-message.ts';
import type { ReasonCode } from '../../../ingest/text/reason.ts';
import { REASON_TEXTS } from '../../../ingest/text/reason-texts.ts';
import { reasonValues } from '../../../ingest/text/reason-values.ts';
import { law } from '../../../test/support/law.ts';
import { writtenReason } from '../../../web/i18n/reason-texts.ts';
import { setCatalogue } from '../../../web/i18n/translate.ts';
import { examples } from '../contract/examples/examples.generated.ts';
import { REASON_CODES } from '../contract/reason-codes.ts';
import { reasonCode } from '../contract/reasons.ts';

/** As the catalogues of other languages have them. */
beforeAll(() =>
  setCatalogue('en', Object.fromEntries(Object.entries(REASON_TEXTS).map(([code, text]) => [`reason:${code}`, text]))),
);
afterAll(() => setCatalogue('en', {}));

/** Codes beside their sentences, at any depth of an answer. */
function codedIn(value: unknown): readonly (readonly [sentence: unknown, code: unknown])[] {
  if (Array.isArray(value)) return value.flatMap(codedIn);
  if (typeof value !== 'object' || value === null) return [];
  const fields = Object.entries(value);
  const own = fields.flatMap(([name, code]) =>
    /(?:eason|method|summary|refusal|effect|problem)Code$/.test(name) && code !== null
      ? [[Reflect.get(value, name.slice(0, -'Code'.length)), code] as const]
      : [],
  );
  return [...own, ...fields.flatMap(([, one]) => codedIn(one))];
}

test('the contract has the codes of all texts', () => {
  expect(REASON_CODES).toEqual(Object.keys(REASON_TEXTS));
});

test('in the examples of the contract, each code makes the sentence beside it', () => {
  const found = codedIn(Object.values(examples).map(({ answer }) => answer));
  expect(found.length).toBeGreaterThan(10);
  for (const [sentence, code] of found) {
    const reason = reasonCode.parse(code);
    expect(writtenReason(reason, 'not written')).toBe(sentence);
  }
});

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
  if (/Share$|Factor$|Usd$|Change$|Quantity$/.test(name)) return ratio;
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
      expect(writtenReason({ code, parameters }, 'not written')).toBe(english);
      expect(english).not.toMatch(/undefined|NaN/);
    }),
  );
});
