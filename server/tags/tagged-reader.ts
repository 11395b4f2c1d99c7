/** Reads of a store for rules: aggregates get the values of the tags that they filter or group by. */
import type { AggregateQuery, StoreReader } from '../storage/ports.ts';
import type { TagBook } from './tag-book.ts';

export type TaggedReader = StoreReader & Pick<TagBook, 'tagsOf' | 'teamKey'>;

export function taggedReader(read: StoreReader, tags: TagBook): TaggedReader {
  return {
    ...read,
    aggregate: async (query) => read.aggregate(await withTags(query, tags)),
    tagsOf: (owner) => tags.tagsOf(owner),
    teamKey: tags.teamKey,
  };
}

/** The query with the values of the tags among its dimensions. */
export async function withTags(query: AggregateQuery, tags: TagBook): Promise<AggregateQuery> {
  const values = await tags.valuesOf([...query.groupBy, ...query.filters.map(({ field }) => field)]);
  return values === undefined ? query : { ...query, tags: values };
}
