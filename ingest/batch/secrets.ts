/**
 * Replaces what must not be kept of an error's text: credentials that programs put into messages and addresses. The shapes
 * are those that the issuers document; a secret without a shape or a name beside it cannot be recognised.
 */

const REPLACED = '[removed]';

/** What to replace, and the characters of the shortest text that may hold it. The first group, if any, is kept before the replacement. */
const SHAPES: readonly (readonly [shortest: number, shape: RegExp])[] = [
  // Access key ids of AWS: four letters that name the kind, and sixteen characters.
  [20, /\b(?:AKIA|ASIA|AROA|AIDA|ANPA|AGPA)[A-Z0-9]{16}\b/g],
  // JSON Web Tokens: three base64url parts, the first two of JSON objects.
  [24, /\beyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{0,4096}/g],
  // Tokens with a published prefix: GitHub, Slack, Stripe, GitLab, Google, npm.
  [
    15,
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|xox[abeprs]-[\w-]{10,255}|[rs]k_(?:live|test)_\w{10,255}|glpat-[\w-]{20,255}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36})/g,
  ],
  // Private keys in PEM, up to their end or that of the text.
  [27, /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[\s\S]{0,8192}?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|$)/g],
  // Password in an address: scheme://user:password@host.
  [8, /(\b[a-z][a-z0-9+.-]{1,32}:\/\/[^\s:/@]{0,256}:)[^\s@/]{1,512}(?=@)/gi],
  // Authorization: Bearer …, Basic ….
  [15, /(\bbearer\s{1,4}|\bauthorization["']?\s{0,2}[=:]\s{0,2}["']?basic\s{1,4})[\w.~+/=-]{8,4096}/gi],
  // name=value and "name": "value" where the name says that the value is secret; also X-Amz-Signature and its kind.
  [
    8,
    /((?:password|passwd|pwd|secret|token|signature|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization)[\w-]{0,32}["']?\s{0,2}[=:]\s{0,2}["']?)(?!\s|\[removed\]|bearer\b|basic\b)[^\s"'&,;)}\]]{4,4096}/gi,
  ],
];

/** Returns the text with credentials replaced by `[removed]`; everything else is unchanged. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const [shortest, shape] of SHAPES)
    if (clean.length >= shortest)
      clean = clean.replaceAll(shape, (_match, kept: unknown) => (typeof kept === 'string' ? kept : '') + REPLACED);
  return clean;
}
