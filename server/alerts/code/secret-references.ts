/** References to secrets in rule files: `env:NAME` and `file:PATH`. Files hold the references, never the values. */

/** Longest secret that a reference may name, characters. */
export const MOST_SECRET_CHARS = 4096;

export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

const REFERENCE = /^(?:env:([A-Za-z_][A-Za-z0-9_]{0,127})|file:([^\0]{1,1000}))$/;

/** Parses a reference; null if the text is none. */
export function secretReference(text: string): SecretReference | null {
  const match = REFERENCE.exec(text);
  if (match === null) return null;
  const [, name, path = ''] = match;
  return name === undefined ? { kind: 'file', path } : { kind: 'env', name };
}

/** Reads what references name. Resolves with the value, or with the reason why there is none, which never holds a secret. */
export type SecretReader = (
  reference: SecretReference,
  folder: string,
) => Promise<{ readonly value: string } | { readonly reason: string }>;
