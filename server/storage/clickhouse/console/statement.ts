/**
 * What a statement of the SQL console must be before ClickHouse sees it, and what it becomes: the views that it names are put before it as
 * common table expressions, and `quantile(sketch, q)` is written out. The syntax tree decides what it reads (syntax-tree.ts).
 */
import { MOST_SQL_CHARS, SqlRefusal } from '../../sql/refusal.ts';
import { quantileOf } from './expressions.ts';
import type { SqlToken } from './tokens.ts';
import { sqlTokens } from './tokens.ts';

/** ClickHouse's parser and the walks over its tree are recursive. */
const MOST_DEPTH = 200;
/** Merged sketches of one statement: each is written out. */
const MOST_QUANTILES = 50;

export interface Statement {
  /** From its first word, without a semicolon at its end. */
  readonly sql: string;
  readonly tokens: readonly SqlToken[];
  /** Offset of the first word in what was given. */
  readonly at: number;
}

/** @throws SqlRefusal with the place of the first token that is not allowed */
export function readStatement(given: string): Statement {
  if (given.length > MOST_SQL_CHARS) throw new SqlRefusal(`expected at most ${MOST_SQL_CHARS} characters`);
  const tokens = [...sqlTokens(given)];
  const [first] = tokens;
  if (first === undefined || !/^(?:select|with)$/i.test(first.text))
    throw new SqlRefusal(
      'expected a statement that begins with SELECT or WITH: the console only reads',
      first?.at ?? 0,
    );
  if (tokens.at(-1)?.text === ';') tokens.pop();
  let depth = 0;
  for (const { kind, text, at } of tokens) {
    if (kind === 'illegal') throw new SqlRefusal(illegal(text), at);
    if (text === ';') throw new SqlRefusal('expected one statement', at);
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
    if (depth > MOST_DEPTH) throw new SqlRefusal(`expected at most ${MOST_DEPTH} nested parentheses`, at);
  }
  const last = tokens.at(-1) ?? first;
  return { sql: given.slice(first.at, last.at + last.text.length), tokens, at: first.at };
}

function illegal(text: string): string {
  if (/["'`]/.test(text)) return `expected ${text} to be closed, around letters, digits and spaces where it is a name`;
  if (text === '{') return 'parameters are not supported; write the value';
  return `unexpected character ${JSON.stringify(text)}`;
}

/** The statement with each `quantile(sketch, q)` written out. @throws SqlRefusal */
export function withQuantiles({ sql, tokens, at: start }: Statement): string {
  let [text, from, n] = ['', 0, 0];
  for (let index = 0; index < tokens.length; index += 1) {
    const call = quantileAt(tokens, index);
    if (call === null) continue;
    n += 1;
    const place = tokens[index]?.at ?? 0;
    if (n > MOST_QUANTILES) throw new SqlRefusal(`expected at most ${MOST_QUANTILES} calls of quantile`, place);
    const between = (a: number, b: number): string => sql.slice(a - start, b - start);
    const sums = `sumMap(${between(call.openAt + 1, call.commaAt)})`;
    text += `${sql.slice(from, place - start)}(${quantileOf(sums, between(call.commaAt + 1, call.closeAt))})`;
    from = call.closeAt + 1 - start;
    index = call.lastIndex;
  }
  return text + sql.slice(from);
}

/** Offsets of the parentheses and of the comma of a call with two arguments; null if there is none at the token. */
function quantileAt(
  tokens: readonly SqlToken[],
  index: number,
): { openAt: number; commaAt: number; closeAt: number; lastIndex: number } | null {
  const [name, open] = [tokens[index], tokens[index + 1]];
  if (name?.kind !== 'name' || name.text !== 'quantile' || open?.text !== '(') return null;
  const commas: number[] = [];
  let depth = 0;
  for (let at = index + 1; at < tokens.length; at += 1) {
    const { text = '', at: offset = 0 } = tokens[at] ?? {};
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
    if (text === ',' && depth === 1) commas.push(offset);
    if (depth > 0) continue;
    const [commaAt] = commas;
    // quantile(0.5)(value) is ClickHouse's own.
    if (commaAt === undefined || commas.length > 1 || tokens[at + 1]?.text === '(') return null;
    return { openAt: open.at, commaAt, closeAt: offset, lastIndex: at };
  }
  return null;
}

/** The statement with its views before it. */
export function withViews(sql: string, views: Readonly<Record<string, string>>): string {
  const named = Object.entries(views).filter(([name]) => new RegExp(`\\b${name}\\b`).test(sql));
  if (named.length === 0) return sql;
  const prefix = named.map(([name, statement]) => `${name} AS (${statement})`).join(',\n');
  const begin = /^with\s+recursive\b|^with\b/i.exec(sql)?.[0];
  return begin === undefined ? `WITH ${prefix}\n${sql}` : `${begin} ${prefix},\n${sql.slice(begin.length)}`;
}
