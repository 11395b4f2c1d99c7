/** Tags of functions, as AWS has them and as people set them. */
import type { Databases } from '../../sqlite/databases.ts';
import { parseStored, storedTags } from '../../stored-json.ts';
import type { StoredTagSource, StoredTags } from './types.ts';

/** Every function with stored tags, once for each source. */
export async function functionTags({ control }: Databases): Promise<readonly StoredTags[]> {
  const rows = await control
    .selectFrom('function_tag')
    .select(['account', 'region', 'name', 'source', 'tags', 'updated_ms as updatedMs'])
    .execute();
  return rows.flatMap((row) => {
    const tags = parseStored(storedTags, row.tags, `function_tag ${row.account}:${row.region}:${row.name}`);
    return tags === null ? [] : [{ ...row, source: sourceOf(row.source), tags }];
  });
}

/** The table admits these two. */
function sourceOf(text: string): StoredTagSource {
  return text === 'manual' ? 'manual' : 'inventory';
}
