/** For tests of pages in another language: English sentences among what a page shows. */
import type { Catalogue } from '../../web/i18n/translate.ts';

/** Units, and words that are the same in all languages. */
const SAME = new Set(
  'ms s sec min h d kB KB MB GB KiB MiB GiB vCPU k n curl npx thermocline http https json csv png'.split(' '),
);
const WORD = /^[("“‘[]*([A-Za-z][A-Za-z’'-]+)[.,:;!?)”’\]"…]*$/;
/** What stands between two words of a sentence without ending it: numbers, dashes, units of one letter. */
const FILLER = /^[\d.,:;%$≥≤<>=~+×·–—−&/()-]+[a-z]?$|^[a-z]$/;

/** Commands, which are the same in all languages. */
const COMMANDS =
  /\b(?:aws (?:lambda|logs) [a-z-]+|sam local|serverless logs|journalctl -o [a-z-]+|thermocline [a-z-]+)\b/g;

/** Letters of other languages, and their marks. */
const OTHER_LETTERS = /[\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef]+/g;

/**
 * English sentences among `texts` that neither come from the data nor from outside of the catalogue: two words in a row of which one
 * is in lower case, and texts that the catalogue translates, unless they are names that people gave. Texts of `data`, at any depth, may
 * be shown as they are, but not the names that the product gives to its own rules and alerts.
 */
export function untranslated(texts: readonly string[], catalogue: Catalogue, data: unknown): readonly string[] {
  const own = new Map(
    Object.entries(catalogue)
      .map(([english, text]) => [english.replace(OWN_NAME, ''), text] as const)
      .filter(([english, text]) => text !== english && text !== ''),
  );
  const isOwn = (name: string): boolean => catalogue[`rule:${name}`] !== undefined;
  const names = new Set(namesOf(data).filter((name) => !isOwn(name)));
  const given = [...new Set(textsOf(data))]
    .filter((text) => /[A-Za-z]{2}/.test(text) && !isOwn(text))
    .toSorted(longestFirst);
  return [
    ...new Set(
      texts.flatMap((text) => (own.has(text) && !names.has(text) ? [text] : sentencesOf(withoutData(text, given)))),
    ),
  ];
}

/** Keys of names that the product gives to rules and alerts. */
const OWN_NAME = /^rule:/;

const longestFirst = (a: string, b: string): number => b.length - a.length;

/** Replaces texts of the data by a sign that ends a sentence. */
function withoutData(text: string, given: readonly string[]): string {
  let left = text;
  for (const one of given) {
    if (left.includes(one)) left = left.split(one).reduce((before, after) => joined(before, one, after));
  }
  return left;
}

/** Within a word the text is another one. */
function joined(before: string, one: string, after: string): string {
  const isWithin = /[A-Za-z]$/.test(before) || /^[A-Za-z]/.test(after);
  return before + (isWithin ? one : ' ※ ') + after;
}

function sentencesOf(text: string): readonly string[] {
  const found: string[] = [];
  let run: string[] = [];
  const end = (): void => {
    const words = run.flatMap((token) => WORD.exec(token)?.[1] ?? []).filter((word) => !SAME.has(word));
    // Codes with commas between them.
    const isList = run.slice(0, -1).every((token) => token.endsWith(','));
    if (words.length >= 2 && !isList && words.some((word) => /^[a-z]/.test(word))) found.push(run.join(' '));
    run = [];
  };
  for (const token of text.replaceAll(COMMANDS, ' ※ ').replaceAll(OTHER_LETTERS, ' ※ ').split(/\s+/)) {
    if (WORD.test(token) || (run.length > 0 && FILLER.test(token))) run.push(token);
    else end();
  }
  end();
  return found;
}

/** Members whose texts people, logs and AWS write: all others are the product's own, or codes. */
const FOREIGN: ReadonlySet<string> = new Set([
  ...[
    'name',
    'ruleName',
    'label',
    'labels',
    'title',
    'message',
    'line',
    'lines',
    'preview',
    'stack',
    'frame',
    'errorType',
    'errorMessage',
  ],
  // What people wrote, and codes that API requests have.
  ...['comment', 'groupBy', 'matchers', 'tags', 'value', 'dimensions', 'scope', 'scopes', 'rule'],
]);

/** Texts of foreign members in a value of JSON, with blanks as pages show them. */
function textsOf(data: unknown, isForeign = false): readonly string[] {
  if (typeof data === 'string') return isForeign ? [data.replaceAll(/\s+/g, ' ').trim()] : [];
  if (Array.isArray(data)) return data.flatMap((one: unknown) => textsOf(one, isForeign));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => textsOf(value, isForeign || FOREIGN.has(key)));
}

/** Members whose texts people name, such as rules. */
const NAMES: ReadonlySet<string> = new Set(['name', 'ruleName', 'label']);

function namesOf(data: unknown): readonly string[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'string' ? (NAMES.has(key) ? [value] : []) : namesOf(value),
  );
}
