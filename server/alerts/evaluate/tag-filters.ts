/** Tags that a rule requires, as filters. */
import type { TagFilter } from '../../http/contract/tag-filter.ts';
import { parseTagFilter, tagDimensionFilters } from '../../http/contract/tag-filter.ts';
import type { MetricQuery } from '../rules/rule.ts';

export function filtersIn(tags: readonly string[]): readonly TagFilter[] {
  return tags.flatMap((text) => parseTagFilter(text) ?? []);
}

/** As filters of metric queries. */
export function tagFilters(tags: readonly string[]): MetricQuery['filters'] {
  return tagDimensionFilters(filtersIn(tags));
}
