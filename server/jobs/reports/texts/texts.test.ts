/** The server writes texts of reports with a formatter of its own: the reference is the one of pages. */
import { readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { englishMessage } from '../../../../ingest/text/english-message.ts';

const CATALOGUES = new URL('../../../../web/i18n/catalogues/', import.meta.url);
const FILES = ['ja', 'ko'].flatMap((language) => ['api', 'documents'].map((area) => [language, area] as const));

/** Placeholders stand behind a brace. */
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)(?=[,}])/g)].map(([, name = '']) => name);

test.each(FILES)('%s/%s.json', (language, area) => {
  const texts = JSON.parse(readFileSync(new URL(`${language}/${area}.json`, CATALOGUES), 'utf8')) as object;
  for (const text of Object.values(texts) as readonly string[])
    for (const value of [1, 12_345, 'yes', 'no', 'unknown']) {
      if (typeof value === 'string' && /, (?:plural|number)/.test(text)) continue;
      const values = Object.fromEntries(namesIn(text).map((name) => [name, value]));
      expect(englishMessage(text, values)).toBe(new IntlMessageFormat(text, language).format(values));
    }
});
