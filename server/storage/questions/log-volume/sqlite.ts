/** How much a function's own log group wrote. */
import { sql } from 'kysely';
import type { LogVolumeSum, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';

interface FunctionRange {
  functionId: number;
  fromMs: number;
  toMs: number;
}

const VOLUME = telemetryStatement((db, param: Param<FunctionRange>) =>
  db
    .selectFrom('function')
    .innerJoin('log_group', (join) =>
      join
        .on('log_group.name', 'in', [
          sql<string>`'/aws/lambda/' || function.name`,
          sql<string>`'/aws/lambda/web/' || function.name`,
        ])
        .onRef('log_group.account', '=', 'function.account')
        .onRef('log_group.region', '=', 'function.region'),
    )
    .innerJoin('log_volume', 'log_volume.log_group_id', 'log_group.id')
    .select(({ fn }) => [fn.sum<number | null>('events').as('events'), fn.sum<number | null>('bytes').as('bytes')])
    .where('function.id', '=', param('functionId'))
    .where('hour_ms', '>=', param('fromMs'))
    .where('hour_ms', '<', param('toMs')),
);

/** Events and bytes in the range; null when the function writes to a shared log group, or nothing was counted. */
export async function logVolume(
  db: Databases,
  query: TimeRange & { readonly functionId: number },
): Promise<LogVolumeSum | null> {
  const row = VOLUME.get(db.telemetry, query);
  if (row === undefined || row.events === null || row.bytes === null) return null;
  return { events: row.events, bytes: row.bytes };
}
