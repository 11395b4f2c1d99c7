/**
 * Filters by tag as they are written in addresses: `team:shop` has this value, `team` has any, `!team` has none. In keys, `\` makes
 * the next character plain: `aws\:stack:shop`. Pure.
 */

export interface TagFilter {
  readonly key: string;
  /** The value that the tag must have; null for any (`present`) or none (`absent`). */
  readonly value: string | null;
  readonly is: 'value' | 'present' | 'absent';
}

/** Null for text without a key. */
export function parseTagFilter(text: string): TagFilter | null {
  const isAbsent = text.startsWith('!');
  let key = '';
  let at = isAbsent ? 1 : 0;
  for (; at < text.length && text[at] !== ':'; at += 1) {
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    key += text[at];
  }
  if (key === '') return null;
  if (isAbsent) return at < text.length ? null : { key, value: null, is: 'absent' };
  return at < text.length ? { key, value: text.slice(at + 1), is: 'value' } : { key, value: null, is: 'present' };
}

/** The filter as text, which {@link parseTagFilter} reads. */
export function tagFilterText({ key, value, is }: TagFilter): string {
  const escaped = key.replaceAll(/[\\:]|^!/g, '\\$&');
  return is === 'absent' ? `!${escaped}` : is === 'present' ? escaped : `${escaped}:${value ?? ''}`;
}

/** Whether tags pass filters: of the filters with one key at least one, and that for every key. */
export function passesTags(filters: readonly TagFilter[], tagOf: (key: string) => string | undefined): boolean {
  const passes = ({ key, value, is }: TagFilter): boolean => {
    const own = tagOf(key);
    if (is === 'absent') return own === undefined;
    return is === 'present' ? own !== undefined : own === value;
  };
  return filters.every(({ key }) => filters.some((other) => other.key === key && passes(other)));
}

/** A filter of a structured query. */
interface TagDimensionFilter {
  readonly field: `tag.${string}`;
  readonly op: 'in' | '!=';
  readonly value: (string | null)[] | null;
}

/** The same as filters of a structured query: one for each key. */
export function tagDimensionFilters(filters: readonly TagFilter[]): readonly TagDimensionFilter[] {
  return [...new Set(filters.map(({ key }) => key))].flatMap((key): readonly TagDimensionFilter[] => {
    const own = filters.filter((one) => one.key === key);
    const values = own.flatMap(({ is, value }) => (is === 'present' ? [] : [is === 'absent' ? null : value]));
    const field = `tag.${key}` as const;
    if (own.every(({ is }) => is !== 'present')) return [{ field, op: 'in', value: values }];
    // Any value, or none as well: every function.
    return values.includes(null) ? [] : [{ field, op: '!=', value: null }];
  });
}
