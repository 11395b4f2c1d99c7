/** Rules of redaction: what of a log line is replaced before anything is stored. */

/** What the built-in patterns find, for settings and pages. */
export const PATTERNS = {
  email: 'e-mail addresses',
  'aws-keys': 'access key ids of AWS, and secrets, session tokens and signatures beside their names',
  jwt: 'JSON Web Tokens',
  bearer: 'tokens after Bearer and Basic',
  card: 'numbers of payment cards, by their issuers, lengths and check digit',
  iban: 'international bank account numbers, by their countries, lengths and check digits',
  phone: 'telephone numbers that begin with +',
  ipv4: 'IPv4 addresses',
} as const;

export type PatternName = keyof typeof PATTERNS;

export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly PatternName[];

export interface RedactionRules {
  readonly patterns: readonly PatternName[];
  /** Names of members whose values are replaced, with `*` for any text; case, `-` and `_` do not count. */
  readonly keys: readonly string[];
  /** Expressions of RE2 by the name of the rule. If one has a group, only the text of its first group is replaced. */
  readonly expressions: Readonly<Record<string, string>>;
}

/** A part of a text that is replaced. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  /** Name of the pattern or expression, or `key:` and the rule. */
  readonly rule: string;
  /** Backslashes before the quotes that the replacement needs to be a JSON string; null if it needs none. */
  readonly quoted: number | null;
}

export type AddFinding = (start: number, end: number, rule: string, quoted?: number) => void;

/** Finds parts of a text. Must take linear time. */
export type FindMatches = (text: string, add: (start: number, end: number) => void) => void;

export const KEY_RULE = 'key:';

/** What the text of a finding is replaced by. */
export function marker(rule: string): string {
  return `[redacted:${rule.startsWith(KEY_RULE) ? 'key' : rule}]`;
}

/** Prefix of the counters of replaced parts. */
export const REDACTED = 'redacted:';
