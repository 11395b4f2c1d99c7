/**
 * Which functions a caller may read: a list of conditions that all have to hold. Each store turns it into filters of its own tables, so
 * that it holds for every question; {@link mayRead} decides where no store is asked.
 */
import { globMatches } from '../../ingest/text/glob.ts';

/** What conditions are about. `function` is the name of a function. */
const CONDITION_KINDS = ['account', 'region', 'function'] as const;
type ConditionKind = (typeof CONDITION_KINDS)[number];

/** Holds for a function if one of the patterns matches. In patterns `*` matches any characters, `?` one. */
export interface RestrictionCondition {
  readonly kind: ConditionKind;
  /** At least one. */
  readonly anyOf: readonly string[];
}

/** Every condition has to hold. Each kind occurs once at most. */
export type Restriction = readonly RestrictionCondition[];

/** What conditions are about, of one function. */
export interface RestrictedFunction {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

const LONGEST_ENTRY = 200;
const ENTRY = new RegExp(`^(${CONDITION_KINDS.join('|')}):([\\w.*?$-]+)$`);

/** What an entry looks like, for messages. */
export const ENTRY_FORM = 'expected account:…, region:… or function:…, with letters, digits, "-", "_", "*" and "?"';

/** The kind and the pattern of an entry such as `function:payments-*`; null if it is none. */
function partsOfEntry(text: string): { readonly kind: string; readonly pattern: string } | null {
  const [, kind, pattern] = (text.length <= LONGEST_ENTRY && ENTRY.exec(text)) || [];
  return kind === undefined || pattern === undefined ? null : { kind, pattern };
}

/** Whether a text is an entry of a restriction. */
export function isEntry(text: string): boolean {
  return partsOfEntry(text) !== null;
}

/** The restriction that entries state: those of one kind are alternatives. Null if there are none, or one is not valid. */
export function restrictionOf(entries: readonly string[]): Restriction | null {
  const found = entries.map(partsOfEntry);
  if (found.length === 0 || found.includes(null)) return null;
  const conditions = CONDITION_KINDS.map((kind) => ({
    kind,
    anyOf: [...new Set(found.flatMap((parts) => (parts?.kind === kind ? [parts.pattern] : [])))].toSorted(),
  }));
  return conditions.filter(({ anyOf }) => anyOf.length > 0);
}

/** The entries of a restriction, in one order for equal restrictions. */
export function entriesOf(restriction: Restriction): readonly string[] {
  return restriction.flatMap(({ kind, anyOf }) => anyOf.map((pattern) => `${kind}:${pattern}`));
}

/** Whether the function may be read. A caller without a restriction may read every function. */
export function mayRead(restriction: Restriction | null, owner: RestrictedFunction): boolean {
  return restriction === null || restriction.every((condition) => holds(condition, owner));
}

function holds({ kind, anyOf }: RestrictionCondition, { account, region, name }: RestrictedFunction): boolean {
  const value = { account, region, function: name }[kind];
  return anyOf.some((pattern) => globMatches(pattern, value));
}
