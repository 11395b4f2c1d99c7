/** YAML (and JSON) whose fields know their lines: for files that people write, whose errors name the place. */
import { isNode, LineCounter, parseDocument } from 'yaml';

export interface LocatedDocument {
  /** What it says; undefined if there are errors. */
  readonly value: unknown;
  /** Errors of the syntax, each with its line from 1; null for the document as a whole. */
  readonly errors: readonly { readonly line: number | null; readonly message: string }[];
  /** Line on which the document begins after comments. */
  readonly firstLine: number;
  /** Line of the value at a path, or of the nearest one around it below the document; null if there is none. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | null;
}

/** Parses a document. In the schema `failsafe` every scalar is text. Aliases are an error: they make small files large. */
export function parseLocated(text: string, schema: 'core' | 'failsafe' = 'core'): LocatedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema, lineCounter: lines, prettyErrors: false });
  const lineAt = (node: unknown): number | null =>
    isNode(node) && node.range ? lines.linePos(node.range[0]).line : null;
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length > 0; length -= 1) {
      const line = lineAt(document.getIn(path.slice(0, length), true));
      if (line !== null) return line;
    }
    return null;
  };
  const located = { firstLine: lineAt(document.contents) ?? 1, lineOf };
  const errors = document.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, message }));
  if (errors.length > 0) return { ...located, value: undefined, errors };
  try {
    return { ...located, value: document.toJS({ maxAliasCount: 0 }), errors };
  } catch {
    return {
      ...located,
      value: undefined,
      errors: [{ line: null, message: 'YAML aliases (*name) are not supported' }],
    };
  }
}
