/** Estimates how long idle environments of one function are kept. */

import type { FunctionFilter, KeepAlive, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { newestInvocations } from '../newest-invocations/sqlite.ts';
import { keepAliveOf } from './result.ts';

type Query = TimeRange &
  FunctionFilter & { readonly functionId: number; readonly maxRuns: number; readonly seed: number };

export async function keepAlive(db: Databases, query: Query): Promise<KeepAlive> {
  return keepAliveOf(await newestInvocations(db, query), await bornOf(db, query), query.seed);
}

async function bornOf(db: Databases, query: Query): Promise<ReadonlyMap<number, number>> {
  const rows = await db.telemetry
    .selectFrom('environment')
    .select(['id', 'first_seen_ms'])
    .where('function_id', '=', query.functionId)
    .where('id', '>', 0)
    .where('last_seen_ms', '>=', query.fromMs)
    .execute();
  return new Map(rows.map((row) => [row.id, row.first_seen_ms]));
}
