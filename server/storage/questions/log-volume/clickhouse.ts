/** Log volume of a function's own log group. */
import { identitiesOf } from '../../clickhouse/functions.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TimeRange } from '../shared-types.ts';
import type { LogVolumeSum } from './types.ts';

/** Events and bytes in the range; null when the function writes to a shared log group, or nothing was counted. */
export async function logVolume(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number },
): Promise<LogVolumeSum | null> {
  const owner = (await identitiesOf(context, [query.functionId])).get(query.functionId);
  if (owner === undefined) return null;
  const sum = await context.client.one<{ n: number; events: number; bytes: number }>(
    `SELECT count() AS n, sum(f.events) AS events, sum(f.bytes) AS bytes FROM (SELECT * FROM volume_fact FINAL
       WHERE log_group_id IN {logGroupIds:Array(UInt64)} AND hour_ms >= {fromMs:Int64} AND hour_ms < {toMs:Int64}
       LIMIT 1 BY log_group_id, hour_ms, digest) AS f`,
    {
      logGroupIds: ['/aws/lambda/', '/aws/lambda/web/'].map((prefix) =>
        hashOf(owner.account, owner.region, prefix + owner.name),
      ),
      fromMs: Math.ceil(query.fromMs),
      toMs: Math.ceil(query.toMs),
    },
  );
  return sum === undefined || sum.n === 0 ? null : { events: sum.events, bytes: sum.bytes };
}
