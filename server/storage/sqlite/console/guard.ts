/**
 * Rules that a statement of the SQL console must follow before SQLite sees it. They are the first of three walls: the others are that the
 * process has opened telemetry.db alone, to read, and that the compiled program may read only what the views read (sandbox.ts).
 */
import { MOST_SQL_CHARS, SqlRefusal } from '../../sql/refusal.ts';
import type { SqlToken } from './tokens.ts';
import { sqlTokens } from './tokens.ts';

/** SQLite's parser and the walks over its tree are recursive. */
const MOST_DEPTH = 200;

/** Schemas by which names of tables could be qualified: the views are found without. */
const SCHEMAS: ReadonlySet<string> = new Set(['main', 'temp']);
/** Beginnings of names that SQLite keeps for itself: its schema, its pages and statistics, and pragmas as tables. */
const INTERNAL = /^(?:sqlite_|pragma_)/;
/** Functions and tables of extensions that take names of tables. */
const EXTENSION = /^(?:fts[345]|rtree|geopoly)/;
/** Functions and tables that read files, pages or tables by their names. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'load_extension',
  'readfile',
  'writefile',
  'edit',
  'dbstat',
  'bytecode',
  'tables_used',
]);
const FIRST_WORDS: ReadonlySet<string> = new Set(['select', 'with', 'values']);

/** @throws SqlRefusal with the place of the first token that is not allowed */
export function checkStatement(sql: string): readonly SqlToken[] {
  if (sql.length > MOST_SQL_CHARS) throw new SqlRefusal(`expected at most ${MOST_SQL_CHARS} characters`);
  // SQLite would end the statement here.
  const end = sql.indexOf('\0');
  if (end !== -1) throw new SqlRefusal('unexpected NUL', end);
  const tokens = sqlTokens(sql);
  const first = tokens[0];
  if (first === undefined) throw new SqlRefusal('expected a statement that begins with SELECT, WITH or VALUES', 0);
  if (first.kind !== 'name' || !FIRST_WORDS.has(first.text.toLowerCase()))
    throw new SqlRefusal(
      'expected a statement that begins with SELECT, WITH or VALUES: the console only reads',
      first.at,
    );
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const fault = faultOf(token, tokens[index + 1]);
    if (fault !== null) throw new SqlRefusal(fault, token.at);
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth > MOST_DEPTH) throw new SqlRefusal(`expected at most ${MOST_DEPTH} nested parentheses`, token.at);
    if (token.text === ';' && index < tokens.length - 1)
      throw new SqlRefusal('expected one statement', tokens[index + 1]?.at ?? token.at);
  }
  return tokens;
}

function faultOf({ kind, text, value }: SqlToken, next: SqlToken | undefined): string | null {
  if (kind === 'illegal') {
    return /["'`[]/.test(text) ? `unterminated ${text}` : `unexpected character ${JSON.stringify(text)}`;
  }
  if (kind === 'variable') return `${text.slice(0, 50)}: parameters are not supported; write the value`;
  if (kind !== 'name' && kind !== 'text') return null;
  if (SCHEMAS.has(value) && next?.text === '.') return `names of views have no schema before them: leave out ${text}.`;
  if (INTERNAL.test(value) || (kind === 'name' && (FORBIDDEN.has(value) || EXTENSION.test(value))))
    return `${text.slice(0, 100)} is not available here: query the documented views`;
  return null;
}
