/**
 * The template of an error message: what stays when the values of one occurrence are taken out. Quoted text, numbers, ids, times,
 * addresses and paths become placeholders; wording that differs between minor versions of a language becomes one.
 */

const MAX_CHARACTERS = 1024;
const MAX_TEMPLATE_CHARACTERS = 240;

/** In order: a later pattern sees the placeholders of the earlier ones. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s'"`<>)\]}]+/gi, '<url>'],
  [/\barn:aws[\w-]*:[^\s'"`,;)\]}]+/g, '<arn>'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<email>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} \w{3} \d{4}(?: \d\d:\d\d:\d\d(?: (?:GMT|UTC|[+-]\d{4}))?)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} \d{1,2} \d{4} \d\d:\d\d:\d\d(?: GMT[+-]\d{4})?(?: \([^)]*\))?/g, '<time>'],
  [/\b\d{1,2}:\d\d:\d\d(?:\.\d+)?\b/g, '<time>'],
  [/\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/gi, '#'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}(?::{1,2}[0-9a-f]{1,4}){2,7}|[0-9a-f:]{0,35}::[0-9a-f:]{0,35})(?![\w:])/gi, '<address>'],
  [/\b(?:[\w-]+\.)+(?:com|net|org|io|dev|cloud|internal|local|aws)(?::\d+)?\b(?!\.\w)/gi, '<address>'],
];

/** Text in any kind of quotes. An apostrophe within a word is none; Ruby opens with a backtick and closes with an apostrophe. */
const QUOTED =
  /(?<![\w])(?:"[^"\n]{0,400}"|[`'][^'`\n]{0,400}['`]|\u201c[^\u201d\n]{0,400}\u201d|\u00ab[^\u00bb\n]{0,400}\u00bb|\u2018[^\u2019\n]{0,400}\u2019)(?!\w)/g;

/** Numbers and ids have one placeholder, because some ids happen to consist of digits alone. */
const NUMBERS: readonly (readonly [RegExp, string])[] = [
  [/\b0x[0-9a-f]+\b/gi, '#'],
  [/\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,}\b/gi, '#'],
  [/\bA[KS]IA[A-Z0-9]{16}\b/g, '#'],
  // Words of letters and digits, but no name with a number and no number with a unit: hashes and ids.
  [
    /(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])(?![A-Za-z]{1,10}\d+(?![A-Za-z0-9])|\d+(?:[num]?s|[kmg]i?b|bytes|min|[hdx]|px|th)(?![A-Za-z0-9]))[A-Za-z0-9]{6,}(?![A-Za-z0-9])/gi,
    '#',
  ],
  [/(?<!\w)[+-]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?|\d+(?:[.,]\d+)*/gi, '#'],
];

const OTHERS: readonly (readonly [RegExp, string])[] = [
  // Base64.
  [/(?<![\w+/])(?=[^\s]*[a-z])(?=[^\s]*[A-Z])(?=[^\s]*\d)[A-Za-z0-9+/]{20,}={0,2}(?![\w+/])/g, '#'],
  [/(?<![\w/])(?:\.{0,2}\/)(?:[\w.@%+~-]+\/)*[\w.@%+~-]*(?=[\s,:;)\]}>'"]|$)/g, '<path>'],
  // Ids with a prefix, which are no words of small letters and no names with a number: cus_NffrFeUf.
  [/\b[a-z]{1,8}_(?=[a-z0-9]*[A-Z]|[a-z]*\d[0-9]*[a-z])(?![a-z]+\d+\b)[A-Za-z0-9]{6,}\b/g, '#'],
  ...NUMBERS,
  [/#(?:[_-]#)+/g, '#'],
  // Lists of values have any length.
  [/(#|<\w+>|"")(?:(?:, ?| |; ?)\1)+/g, '$1'],
];

/** Wording of one fault in different versions of a language. Applied to the template. */
const VERSIONS: readonly (readonly [RegExp, string])[] = [
  // Node before 16.
  [/\bCannot (read|set) property "" of (undefined|null)/, 'Cannot $1 properties of $2 ($1ing "")'],
  // Node before 20, and since, where both the character and the text are quoted.
  [/\bUnexpected token \S+ in JSON at position #/, 'Unexpected token "" is not valid JSON'],
  // Ruby before 3.3.
  [/\bnil:NilClass\b/g, 'nil'],
  [/\ban instance of ([\w:]+)/g, '$1'],
  [/#<(\w+(?:::\w+)*)[^>]*>/g, '$1'],
  [/\b(undefined (?:local variable or )?method "" for )[\w:]+:(?=[A-Z]\w*$)/, '$1'],
];

/** Returns the template of a message, in one line; '' for null. With `keepsQuoted`, quoted text and paths are part of it. */
export function messageTemplate(message: string | null, keepsQuoted = false): string {
  if (message === null) return '';
  let text = firstParagraph(message.slice(0, MAX_CHARACTERS));
  for (const [pattern, name] of VALUES) text = text.replace(pattern, name);
  text = text.replace(QUOTED, (quoted) => (keepsQuoted ? `"${quoted.slice(1, -1)}"` : '""'));
  for (const [pattern, name] of keepsQuoted ? NUMBERS : OTHERS) text = text.replace(pattern, name);
  for (const [pattern, name] of VERSIONS) text = text.replace(pattern, name);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TEMPLATE_CHARACTERS);
}

/** What follows a line break repeats the cause: Node's `Require stack:`, responses of services, nested messages. */
function firstParagraph(message: string): string {
  const text = message.trim();
  const end = text.search(/[\n\r]/);
  return end === -1 ? text : text.slice(0, end);
}
