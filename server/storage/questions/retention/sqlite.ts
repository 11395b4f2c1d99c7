/** How far back the store reaches. */

import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { StoredRetention } from './types.ts';

export async function retention(db: Databases): Promise<StoredRetention> {
  const stored = await db.control
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'retention')
    .executeTakeFirst();
  const day = (dropped: number): number | null => {
    const found = db.raw
      .prepare("SELECT day FROM kept_day WHERE dropped = ? AND kind = 'function' ORDER BY day LIMIT 1")
      .pluck()
      .get(dropped) as number | undefined;
    return found === undefined ? null : found * DAY_MS;
  };
  const chunk = db.raw.prepare('SELECT received_ms FROM raw_chunk ORDER BY id LIMIT 1').pluck().get();
  const detailSinceMs = day(0);
  return {
    policy: stored === undefined ? null : JSON.parse(stored.value),
    rawSinceMs: (chunk as number | undefined) ?? null,
    detailSinceMs,
    historySinceMs: [day(1), detailSinceMs].filter((ms) => ms !== null).toSorted((a, b) => a - b)[0] ?? null,
  };
}
