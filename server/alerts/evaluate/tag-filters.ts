/** Tags that a rule requires, as filters of metric queries. */
import type { TagFilter } from '../../http/contract/tag-filter.ts';
import { parseTagFilter } from '../../http/contract/tag-filter.ts';
import type { MetricQuery } from '../rules/rule.ts';

export function filtersIn(tags: readonly string[]): readonly TagFilter[] {
  return tags.flatMap((text) => parseTagFilter(text) ?? []);
}

/** One filter for each key: of the tags with one key, a function has to have one. */
export function tagFilters(tags: readonly string[]): MetricQuery['filters'] {
  const all = filtersIn(tags);
  return [...new Set(all.map(({ key }) => key))].flatMap((key) => {
    const own = all.filter((one) => one.key === key);
    const values = own.flatMap(({ is, value }) => (is === 'present' ? [] : [is === 'absent' ? null : value]));
    const field = `tag.${key}` as const;
    if (own.every(({ is }) => is !== 'present')) return [{ field, op: 'in', value: values } as const];
    // Any value, or none as well: every function.
    return values.includes(null) ? [] : [{ field, op: '!=', value: null } as const];
  });
}
