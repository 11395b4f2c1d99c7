/** Splits SQL into tokens as SQLite's tokenizer does (https://sqlite.org/src/file/src/tokenize.c). */

export interface SqlToken {
  /** `name`: a word or a quoted name. `text`: a string literal, which SQLite takes as a name where only names can be. */
  readonly kind: 'name' | 'text' | 'number' | 'variable' | 'sign' | 'illegal';
  /** As it is written. */
  readonly text: string;
  /** Of a name or text: without quotes, in lower case as SQLite compares names. */
  readonly value: string;
  /** Offset in the SQL, in UTF-16 code units. */
  readonly at: number;
}

/** Characters of words: SQLite counts every one beyond ASCII as a letter. */
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
/** A byte order mark is a blank to SQLite where a token could begin, and a letter inside of a word. */
const SPACE = /[ \t\n\f\r\ufeff]+/y;
const COMMENT = /--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)/y;
const BLOB = /[xX]'[^']*'?/y;
const NUMBER =
  /(?:0[xX][0-9A-Fa-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)[A-Za-z0-9_$\u0080-\uffff]*/y;
const VARIABLE = /\?\d*|[@$:#][A-Za-z0-9_$\u0080-\uffff]+(?:::[A-Za-z0-9_$\u0080-\uffff]+)*(?:\([^)]*\)?)?/y;
const TEXT = /'(?:[^']|'')*'/y;
const QUOTED = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y;
const SIGN = /->>?|\|\||<[<=>]?|>[>=]?|==?|!=|[-+*/%&~|(),.;]/y;

const FORMS: readonly (readonly [SqlToken['kind'] | 'skip', RegExp])[] = [
  ['skip', SPACE],
  ['skip', COMMENT],
  ['number', BLOB],
  ['name', WORD],
  ['number', NUMBER],
  ['text', TEXT],
  ['name', QUOTED],
  ['variable', VARIABLE],
  ['sign', SIGN],
];

/** The tokens of a statement without blanks and comments. What is no token is `illegal`: a quote that does not end, a NUL. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const { kind, text } = tokenAt(sql, at);
    if (kind !== 'skip') tokens.push({ kind, text, value: nameOf(kind, text), at });
    at += text.length;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): { kind: SqlToken['kind'] | 'skip'; text: string } {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const text = form.exec(sql)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return { kind: 'illegal', text: sql[at] ?? '' };
}

/** SQLite folds the letters of ASCII alone. */
function nameOf(kind: SqlToken['kind'], text: string): string {
  if (kind !== 'name' && kind !== 'text') return '';
  const [quote = ''] = text;
  const end = quote === '[' ? ']' : quote;
  const plain = /["'`[]/.test(quote) ? text.slice(1, -1).replaceAll(end + end, end) : text;
  return plain.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
