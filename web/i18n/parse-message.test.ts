/** The reference is the parser of FormatJS. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@formatjs/icu-messageformat-parser';
import { expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';

const HANDMADE = [
  '',
  'It’s {name}',
  "It's {name}, '{'not that'}' ''and'' '<b>' #",
  '{n, plural, =0 {none} one {# function of {name}} other {# functions, {m, number} more}} selected',
  "{n, plural, other {'#' of # {s, select, a {# A} other {B}}}}",
  '{ n , plural , one{#}\n other {#s} }',
  'a <b>{x} and <i>more</i></b>, a < b',
  '{n, plural, other {<b>#</b>}}',
  '} is text at the top',
];

test.each(HANDMADE)('%j is read as by the reference', (text) => {
  for (const hasTags of [true, false])
    expect(parseMessage(text, hasTags)).toEqual(parse(text, { ignoreTag: !hasTags }));
});

test.each([
  '{',
  '{n',
  '{n}}{',
  '{n, plural, one {#}}',
  '{n, plural, other {#}',
  '{n, selectordinal, other {#}}',
  '{n, date, short}',
  '{n, number, percent}',
  '<b>bold',
  '<b>bold</i>',
  'b</b>',
])('%j is refused', (text) => {
  expect(() => parseMessage(text, true)).toThrow(SyntaxError);
});

const folder = new URL('catalogues/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

test.each(files)('all texts of %s are read as by the reference', (name) => {
  const texts: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  for (const text of Object.entries(texts as object).flat())
    for (const hasTags of [true, false].filter((one) => !one || /<\/\w+>/.test(text)))
      expect(parseMessage(text, hasTags), text).toEqual(parse(text, { ignoreTag: !hasTags }));
});
