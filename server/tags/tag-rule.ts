/** Rules of a file of tags, and the tags that a function has of all sources. Pure. */
import { globMatches } from '../../ingest/text/glob.ts';
import { TAG_SOURCES } from '../http/contract/tag-limits.ts';

/** Gives tags to functions. A list that is null admits everything; patterns have `*` and `?`. */
export interface TagRule {
  /** Of names, or of ids (account:region:name). */
  readonly functions: readonly string[] | null;
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export type TagSource = (typeof TAG_SOURCES)[number];

export interface ResolvedTag {
  readonly key: string;
  readonly value: string;
  readonly source: TagSource;
  /** Values that other sources have for the key, and that do not apply. */
  readonly overridden: readonly { readonly source: TagSource; readonly value: string }[];
}

export interface Named {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The tags that the rules give a function; of two rules with the same key, the later one decides. */
export function tagsByRules(rules: readonly TagRule[], owner: Named): ReadonlyMap<string, string> {
  const { account, region, name } = owner;
  const id = `${account}:${region}:${name}`;
  const tags = new Map<string, string>();
  for (const { functions, accounts, regions, tags: given } of rules) {
    const isMatch =
      (accounts === null || accounts.some((pattern) => globMatches(pattern, account))) &&
      (regions === null || regions.some((pattern) => globMatches(pattern, region))) &&
      (functions === null || functions.some((pattern) => globMatches(pattern, name) || globMatches(pattern, id)));
    if (isMatch) for (const [key, value] of given) tags.set(key, value);
  }
  return tags;
}

/** Joins the tags of all sources key by key, in the order of the keys. */
export function resolveTags(
  bySource: Readonly<Record<TagSource, ReadonlyMap<string, string>>>,
): ReadonlyMap<string, ResolvedTag> {
  const keys = new Set(TAG_SOURCES.flatMap((source) => [...bySource[source].keys()]));
  const resolved = new Map<string, ResolvedTag>();
  for (const key of [...keys].toSorted()) {
    const found = TAG_SOURCES.flatMap((source) => {
      const value = bySource[source].get(key);
      return value === undefined ? [] : [{ source, value }];
    });
    const [first, ...overridden] = found;
    if (first !== undefined) resolved.set(key, { key, ...first, overridden });
  }
  return resolved;
}
