/** Estimates how long idle environments of one function are kept. */

import type { FunctionFilter, KeepAlive, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { newestInvocations } from '../newest-invocations/sqlite.ts';
import { keepAliveOf } from './result.ts';

type Query = TimeRange &
  FunctionFilter & { readonly functionId: number; readonly maxRuns: number; readonly seed: number };

export async function keepAlive(db: Databases, query: Query): Promise<KeepAlive> {
  return keepAliveOf(await newestInvocations(db, query), bornOf(db, query), query.seed);
}

const BORN = telemetryStatement((db, param: Param<{ functionId: number; fromMs: number }>) =>
  db
    .selectFrom('environment')
    .select(['id', 'first_seen_ms'])
    .where('function_id', '=', param('functionId'))
    .where('id', '>', 0)
    .where('last_seen_ms', '>=', param('fromMs')),
).asTuples('id', 'first_seen_ms');

function bornOf({ telemetry }: Databases, { functionId, fromMs }: Query): ReadonlyMap<number, number> {
  return new Map(BORN.all(telemetry, { functionId, fromMs }));
}
