/** What series have beside rollups: terms of prices, and tags where they are asked for. */
import type { FamilyContext } from '../answers/prometheus/families.ts';
import type { Context } from '../context.ts';

/** Rejects with a StoreError. */
export async function familyContext(
  { config, tags }: Pick<Context, 'config' | 'tags'>,
  withTags: boolean,
): Promise<FamilyContext> {
  return { terms: config.priceTerms, tags: withTags ? await tags.taggedByName() : new Map() };
}
