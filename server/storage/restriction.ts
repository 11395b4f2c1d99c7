/**
 * Which functions a caller may read: a list of conditions that all have to hold. Each store turns it into filters of its own tables, so
 * that it holds for every question; {@link mayRead} decides where no store is asked.
 */
import { globMatches } from '../../ingest/text/glob.ts';

/** What conditions are about, beside tags. `function` is the name of a function. */
const NAME_KINDS = ['account', 'region', 'function'] as const;

/** Holds for a function if one of the patterns matches. In patterns `*` matches any characters, `?` one. */
export interface NameCondition {
  readonly kind: (typeof NAME_KINDS)[number];
  /** At least one. */
  readonly anyOf: readonly string[];
}

/** Holds for a function that has the tag, with a value that one of the patterns matches. */
interface TagCondition {
  readonly kind: 'tag';
  readonly key: string;
  /** At least one. */
  readonly anyOf: readonly string[];
}

/** Every condition has to hold. Each kind occurs once at most, and each key of a tag. */
export type Restriction = readonly (NameCondition | TagCondition)[];

/** Functions that have the tags of a restriction at this moment: stores know no tags. */
export interface TaggedCondition {
  readonly kind: 'tagged';
  /** As account:region:name, separated by line feeds: one text is passed to threads faster than a list. */
  readonly names: string;
  /** The same, by the ids of the store. */
  readonly functionIds: readonly number[];
}

/** A restriction as stores apply it: conditions on tags have become one on functions. */
export type StoreRestriction = readonly (NameCondition | TaggedCondition)[];

/** What conditions are about, of one function. */
export interface RestrictedFunction {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The value of a tag that a function has; undefined if it has none, or if that is not known. */
export type TagLookup = (owner: RestrictedFunction, key: string) => string | undefined;

const LONGEST_ENTRY = 200;
const NAME_ENTRY = new RegExp(`^(${NAME_KINDS.join('|')}):([\\w.*?$-]+)$`);
const TAG_ENTRY = /^tag:((?!\s)[^=]*[^=\s])=((?!\s).*\S)$/;
/** Tags have no such characters: control, direction and invisible ones. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What an entry looks like, for messages. */
export const ENTRY_FORM =
  'expected account:…, region:… or function:…, with letters, digits, "-", "_", "*" and "?", or tag:KEY=VALUE';

interface EntryParts {
  readonly kind: NameCondition['kind'] | 'tag';
  /** Of a tag; empty for the other kinds. */
  readonly key: string;
  readonly pattern: string;
}

/** The parts of an entry such as `function:payments-*` or `tag:team=payments`; null if it is none. */
function partsOfEntry(text: string): EntryParts | null {
  if (text.length > LONGEST_ENTRY) return null;
  const [, word, name] = NAME_ENTRY.exec(text) ?? [];
  const kind = NAME_KINDS.find((one) => one === word);
  if (kind !== undefined && name !== undefined) return { kind, key: '', pattern: name };
  const [, key, pattern] = TAG_ENTRY.exec(text) ?? [];
  return key === undefined || pattern === undefined || UNSEEN.test(text) ? null : { kind: 'tag', key, pattern };
}

/** Whether a text is an entry of a restriction. */
export function isEntry(text: string): boolean {
  return partsOfEntry(text) !== null;
}

/**
 * The restriction that entries state: those of one kind are alternatives, and of tags those with one key. Null if there are none, or one is
 * not valid.
 */
export function restrictionOf(entries: readonly string[]): Restriction | null {
  const found = entries.flatMap((entry) => partsOfEntry(entry) ?? []);
  if (found.length === 0 || found.length < entries.length) return null;
  const patternsOf = (kind: EntryParts['kind'], key = ''): readonly string[] => {
    const own = found.filter((parts) => parts.kind === kind && parts.key === key);
    return [...new Set(own.map(({ pattern }) => pattern))].toSorted();
  };
  const keys = new Set(found.flatMap(({ kind, key }) => (kind === 'tag' ? [key] : [])));
  return [
    ...NAME_KINDS.map((kind) => ({ kind, anyOf: patternsOf(kind) })).filter(({ anyOf }) => anyOf.length > 0),
    ...[...keys].toSorted().map((key) => ({ kind: 'tag', key, anyOf: patternsOf('tag', key) }) as const),
  ];
}

/** The entries of a restriction, in one order for equal restrictions. */
export function entriesOf(restriction: Restriction): readonly string[] {
  return restriction.flatMap((condition) => {
    const prefix = condition.kind === 'tag' ? `tag:${condition.key}=` : `${condition.kind}:`;
    return condition.anyOf.map((pattern) => `${prefix}${pattern}`);
  });
}

/** The conditions of a restriction that are not about tags, which stores apply as they are. */
export function nameConditions(restriction: Restriction): readonly NameCondition[] {
  return restriction.filter((condition) => condition.kind !== 'tag');
}

/** Whether the function may be read. A caller without a restriction may read every function. */
export function mayRead(restriction: Restriction | null, owner: RestrictedFunction, tagOf: TagLookup): boolean {
  return restriction === null || restriction.every((condition) => holds(condition, owner, tagOf));
}

function holds(condition: Restriction[number], owner: RestrictedFunction, tagOf: TagLookup): boolean {
  const { account, region, name } = owner;
  // A tag that a function does not have matches no pattern, not even *.
  const value =
    condition.kind === 'tag' ? tagOf(owner, condition.key) : { account, region, function: name }[condition.kind];
  return value !== undefined && condition.anyOf.some((pattern) => globMatches(pattern, value));
}
