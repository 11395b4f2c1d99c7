/** The operator's expressions: RE2, which takes linear time for any expression and text. */
import { RE2JS } from 're2js';
import type { FindMatches } from '../redaction/rules.ts';

/** Searches for the first group of the expression if it has one, otherwise for all of it. @throws Error for an invalid expression */
export function compileExpression(source: string): FindMatches {
  const pattern = RE2JS.compile(source);
  const group = pattern.groupCount() === 0 ? 0 : 1;
  return (text, add) => {
    const matcher = pattern.matcher(text);
    while (matcher.find()) {
      // A group that takes no part in the match begins at -1.
      const start = matcher.start(group);
      if (start >= 0) add(start, matcher.end(group));
    }
  };
}

/** Texts that no one expression for a secret is expected to find all of. */
const UNLIKE = ['a', 'Z', '0', ' ', '-', '{', 'é'];

/** What is wrong with an expression, with the position of the mistake; null if nothing is. */
export function redactionExpressionFault(source: string): string | null {
  if (source === '') return 'expected an expression, got an empty text';
  let find: FindMatches;
  try {
    find = compileExpression(source);
    if (RE2JS.compile(source).matcher('').find())
      return 'it matches the empty text, and so every line: expected at least one character, such as + instead of *';
  } catch (error) {
    return syntaxFault(source, error);
  }
  const found = (text: string): boolean => {
    let any = false;
    find(text, (start, end) => {
      any ||= end > start;
    });
    return any;
  };
  return UNLIKE.every(found)
    ? 'it matches every character: expected an expression that leaves the rest of a line'
    : null;
}

function syntaxFault(source: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, what = message, part = ''] = /^error parsing regexp: (.*?): `([\s\S]*)`$/.exec(message) ?? [];
  const at = what === 'missing closing )' ? openGroup(source) : source.indexOf(part);
  return `${what}${part === '' || part === source ? '' : ` ${part}`} (at character ${Math.max(0, at) + 1})`;
}

/** Where the last group begins that is not closed. */
function openGroup(source: string): number {
  const open: number[] = [];
  let isClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (isClass) isClass = char !== ']';
    else if (char === '[') isClass = true;
    else if (char === '(') open.push(at);
    else if (char === ')') open.pop();
  }
  return open.at(-1) ?? 0;
}
