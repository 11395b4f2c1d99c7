/** Filters of functions as those of a structured query. */
import { parseTagFilter, tagDimensionFilters } from '../../server/http/contract/tag-filter.ts';
import type { RequestOf } from '../api/request.ts';
import type { Filters } from './filters.ts';

type QueryFilters = NonNullable<RequestOf<'runQuery'>['body']['filters']>;

export function queryFilters({ tag = [], vpc, ...fields }: Filters): QueryFilters {
  const { account, region, architecture, runtime } = fields;
  return [
    ...Object.entries({ account, region, architecture, runtime }).flatMap(([field, value]) =>
      value === undefined ? [] : [{ field: field as keyof typeof fields, value }],
    ),
    ...(vpc === undefined ? [] : [{ field: 'vpc' as const, value: vpc === 'true' }]),
    ...tagDimensionFilters(tag.flatMap((text) => parseTagFilter(text) ?? [])),
  ];
}
