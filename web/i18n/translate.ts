/**
 * Texts of the pages in the language of the reader.
 *
 * The English text stands where it is shown, in ICU MessageFormat, and is the key of the catalogues:
 * `t('{n, plural, one {# function} other {# functions}} selected', { n })`. A text of several meanings begins with the one
 * that is meant, in brackets, which are not shown: `t('[verb] Open')`. `npm run messages` lists what the catalogues lack.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import type { ComponentChildren } from 'preact';
import { parseMessage } from './parse-message.ts';

/** English texts, and the same in another language. */
export type Catalogue = Readonly<Record<string, string>>;

declare const marked: unique symbol;
/** An English text that the catalogues have, kept in a constant. */
export type Message = string & { readonly [marked]: true };

/** Texts and numbers for the placeholders of a message. */
export type Values = Readonly<Record<string, string | number | null>>;
/** Also elements, and functions for its tags: `<b>…</b>` is shown as what `b` returns for its content. */
export type RichValues = Readonly<
  Record<string, ComponentChildren | ((content: ComponentChildren) => ComponentChildren)>
>;

type Units = (text: string, language: string) => string;
const englishUnits: Units = (text) => text;

let language = 'en';
let catalogue: Catalogue = {};
let units = englishUnits;
/** Parsed messages of this language, by their English text; those with tags have a key of their own. */
let parsed = new Map<string, IntlMessageFormat>();

/** Shows texts in another language from now on. `writeUnits`: numbers with units that are written in English. */
export function setCatalogue(shown: string, texts: Catalogue, writeUnits = englishUnits): void {
  language = shown;
  catalogue = texts;
  units = writeUnits;
  parsed = new Map();
}

/** Adds texts to those of this language. */
export function addTexts(texts: Catalogue): void {
  catalogue = { ...catalogue, ...texts };
}

/** The language of the pages, as `<html lang>` has it. */
export function shownLanguage(): string {
  return language;
}

/** A number with its unit, written in English, in the language of the reader: `33 %`, `1.50 min`, `50.2 k`. */
export function withUnits(text: string): string {
  return units(text, language);
}

/** A literal text; others have to be of type `Message`. */
type Literal<Text extends string> = string extends Text ? never : Text;

/** Marks the text of a constant. It is translated where it is shown: constants are made before a catalogue is loaded. */
export function message<const Text extends string>(text: Literal<Text>): Message {
  return text as unknown as Message;
}

/** A text in the language of the reader. */
export function t<const Text extends string>(text: Literal<Text>, values?: Values): string {
  return plain(text, values);
}

/** The text of a constant in the language of the reader. */
export function translated(text: Message, values?: Values): string {
  return plain(text, values);
}

/**
 * A text that the API writes in English, in the language of the reader. `key`: of `web/i18n/api-texts.json`. The English one where the
 * catalogue has none.
 */
export function apiText(key: string, english: string, values?: Values): string {
  return catalogue[key] === undefined ? english : plain(key, values);
}

/** Keys of the catalogue that begin with a prefix. */
export function apiKeys(prefix: string): readonly string[] {
  return Object.keys(catalogue).filter((key) => key.startsWith(prefix));
}

/** A text with elements in it, in the language of the reader. */
export function rich<const Text extends string>(text: Literal<Text>, values: RichValues): ComponentChildren {
  return formatter(text, true).format(localised(values) as never) as ComponentChildren;
}

function plain(text: string, values: Values | undefined): string {
  if (values === undefined) return textOf(text);
  return String(formatter(text, false).format(localised(values)));
}

/** Numbers with units among the values. */
function localised<Value>(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value | string>> {
  if (units === englishUnits) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? withUnits(value) : value]),
  );
}

function formatter(text: string, hasTags: boolean): IntlMessageFormat {
  const key = hasTags ? `<${text}` : text;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const made = new IntlMessageFormat(parseMessage(textOf(text), hasTags), language);
  parsed.set(key, made);
  return made;
}

const MEANING = /^\[[a-z ]+\] /;

function textOf(english: string): string {
  return catalogue[english] ?? english.replace(MEANING, '');
}
