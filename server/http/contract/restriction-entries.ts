/** The syntax of restrictions: which functions a user or token may read. Pure. */

/** What conditions are about. `function` is the name of a function. */
export const CONDITION_KINDS = ['account', 'region', 'function'] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];

/** Most entries of a restriction, and most characters of one. */
export const MOST_ENTRIES = 100;
export const LONGEST_ENTRY = 200;

const ENTRY = new RegExp(`^(${CONDITION_KINDS.join('|')}):([\\w.*?$-]+)$`);

/** What an entry looks like, for messages. */
export const ENTRY_FORM = 'expected account:…, region:… or function:…, with letters, digits, "-", "_", "*" and "?"';

/** The kind and the pattern of an entry such as `function:payments-*`; null if it is none. */
export function partsOfEntry(text: string): { readonly kind: string; readonly pattern: string } | null {
  const [, kind, pattern] = (text.length <= LONGEST_ENTRY && ENTRY.exec(text)) || [];
  return kind === undefined || pattern === undefined ? null : { kind, pattern };
}

/** Whether a text is an entry of a restriction. */
export function isEntry(text: string): boolean {
  return partsOfEntry(text) !== null;
}
