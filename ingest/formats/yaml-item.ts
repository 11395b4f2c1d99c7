/**
 * Recognises the items that the AWS CLI prints with `--output yaml`: one level of keys with scalars. Anything else is not given
 * to the YAML parser, which descends by recursion: nesting in a few kilobytes uses up its stack, which can end the process.
 */

/** Whether the text is one list item with keys and scalar values only. */
export function isFlatItem(text: string): boolean {
  const start = /^ {0,8}- /.exec(text);
  if (start === null) return false;
  const indent = start[0].length;
  let at = indent;
  while (at < text.length) {
    KEY.lastIndex = at;
    const key = KEY.exec(text);
    if (key === null) return false;
    const end = valueEnd(text, at + key[0].length, indent);
    if (end === -1) return false;
    at = end;
    if (at < text.length && indentAt(text, at) !== indent) return false;
    at += at < text.length ? indent : 0;
  }
  return true;
}

const KEY = /(?:\w{1,64}|"\w{1,64}"|'\w{1,64}'):[ \t]*(?=\S|\n|$)/y;
/** What begins a flow collection, an anchor, an alias, a tag, a nested list or key, or is reserved. */
const NO_SCALAR = /[[\]{},&*!?%@`#]|-[ \t\n]/y;
const BLOCK_HEAD = /[|>][+-]?\d?[+-]?[ \t]*(?:\n|$)/y;

/** Start of the line after the value at `from`; -1 if it is no scalar. */
function valueEnd(text: string, from: number, indent: number): number {
  const first = text[from];
  if (first === undefined || first === '\n') return afterBlankLines(text, from);
  if (first === '"' || first === "'") return afterQuoted(text, from, first);
  NO_SCALAR.lastIndex = from;
  if (NO_SCALAR.test(text)) return -1;
  BLOCK_HEAD.lastIndex = from;
  if ((first === '|' || first === '>') && !BLOCK_HEAD.test(text)) return -1;
  let at = nextLine(text, from);
  while (at < text.length && (isBlank(text, at) || indentAt(text, at) > indent)) at = nextLine(text, at);
  return at;
}

function afterQuoted(text: string, from: number, quote: string): number {
  let at = from + 1;
  for (;;) {
    const close = text.indexOf(quote, at);
    if (close === -1) return -1;
    if (quote === '"' && isEscaped(text, close, from)) at = close + 1;
    else if (quote === "'" && text[close + 1] === quote) at = close + 2;
    else {
      const rest = nextLine(text, close);
      return text.slice(close + 1, rest).trim() === '' ? afterBlankLines(text, rest) : -1;
    }
  }
}

function isEscaped(text: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - backslashes - 1 > from && text[at - backslashes - 1] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function afterBlankLines(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text, at)) at = nextLine(text, at);
  return at;
}

function isBlank(text: string, at: number): boolean {
  return text.slice(at, nextLine(text, at)).trim() === '';
}

function indentAt(text: string, at: number): number {
  let end = at;
  while (text[end] === ' ') end += 1;
  return end - at;
}

function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline + 1;
}
