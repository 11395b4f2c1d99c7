/** How much a function's own log group wrote. */
import type { LogVolumeSum, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';

/** Null where the function writes to a group that others may share, or nothing was counted. */
export async function logVolume(
  db: Databases,
  query: TimeRange & { readonly functionId: number },
): Promise<LogVolumeSum | null> {
  const row = db.raw
    .prepare<[number, number, number], { events: number | null; bytes: number | null }>(
      `SELECT sum(events) AS events, sum(bytes) AS bytes FROM function
       JOIN log_group ON log_group.name = '/aws/lambda/' || function.name
         AND log_group.account = function.account AND log_group.region = function.region
       JOIN log_volume ON log_group_id = log_group.id
       WHERE function.id = ? AND hour_ms >= ? AND hour_ms < ?`,
    )
    .get(query.functionId, query.fromMs, query.toMs);
  if (row === undefined || row.events === null || row.bytes === null) return null;
  return { events: row.events, bytes: row.bytes };
}
