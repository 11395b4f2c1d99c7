/** Splits a statement of the console into tokens. ClickHouse knows more forms; what is none of these is refused before it sees them. */

export interface SqlToken {
  readonly kind: 'name' | 'quoted' | 'text' | 'number' | 'sign' | 'illegal';
  readonly text: string;
  /** Offset in the SQL, in UTF-16 code units. */
  readonly at: number;
}

const FORMS: readonly (readonly [SqlToken['kind'] | 'skip', RegExp])[] = [
  ['skip', /[ \t\n\f\r]+/y],
  ['skip', /--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\//y],
  ['name', /[A-Za-z_]\w*/y],
  ['number', /(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\w*/y],
  ['text', /'(?:[^'\\]|''|\\[\s\S])*'/y],
  // Names are read from ClickHouse's syntax tree, where each is a line.
  ['quoted', /"[\w .:%/-]+"|`[\w .:%/-]+`/y],
  ['sign', /::|->|\|\||<=>|<=|>=|<>|==|!=|[-+*/%=<>(),.;?:[\]]/y],
];

export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const { kind, text } = tokenAt(sql, at);
    if (kind !== 'skip') tokens.push({ kind, text, at });
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
