/** Pre-init times of traced cold starts: of one function, and of similar functions outside a VPC. */
import type { NotNull } from 'kysely';
import { sql } from 'kysely';
import type { PreInitSamples, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { idList, telemetryStatement } from '../../sqlite/read-connection.ts';
import type { PreInitValues } from './result.ts';
import { preInitsOf } from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostSegments: number };

export async function preInits(db: Databases, query: Query): Promise<PreInitSamples> {
  const cohort = COHORT.all(db.telemetry, query);
  const own = samplesOf(db, [query.functionId], query);
  const others = cohort.length === 0 ? { values: [], unmatched: 0, truncated: false } : samplesOf(db, cohort, query);
  return {
    own: own.values,
    cohort: others.values,
    cohortFunctions: cohort.length,
    unmatched: own.unmatched,
    truncated: own.truncated || others.truncated,
  };
}

/** Functions known to be outside a VPC, in the same region, with the same runtime, package type and memory size. */
const COHORT = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('function as own')
    .innerJoin('function as other', (join) =>
      join
        .onRef('other.region', '=', 'own.region')
        .onRef('other.id', '<>', 'own.id')
        .onRef('other.runtime', 'is', 'own.runtime')
        .onRef('other.package_type', 'is', 'own.package_type')
        .on(memorySize('other'), 'is', memorySize('own'))
        .on('other.vpc', '=', 0),
    )
    .select('other.id')
    .where('own.id', '=', param('functionId')),
).asValues();

/** Memory size in the newest inventory entry, otherwise that of the newest REPORT. */
function memorySize(table: 'own' | 'other') {
  return sql<number | null>`coalesce((SELECT json_extract(facts, '$.memoryMb') FROM function_fact
    WHERE function_fact.function_id = ${sql.ref(`${table}.id`)} ORDER BY from_ms DESC LIMIT 1), ${sql.ref(`${table}.memory_mb`)})`;
}

function samplesOf(
  { telemetry }: Databases,
  functionIds: readonly number[],
  query: Query,
): PreInitValues & { readonly truncated: boolean } {
  const nanos = (ms: number) => sql<number>`${Math.floor(ms)} * 1000000`;
  const rows = telemetry.all(
    telemetry
      .selectFrom('trace_segment')
      .select([
        'function_id as functionId',
        'id',
        'parent_id as parentId',
        'name',
        'origin',
        'detail',
        sql<string>`hex(trace_id)`.as('traceId'),
        // Nanoseconds exceed 2^53.
        sql<string>`CAST(start_ns AS TEXT)`.as('startNs'),
        sql<string | null>`CAST(end_ns AS TEXT)`.as('endNs'),
      ])
      .where('function_id', 'in', idList(functionIds))
      .where('start_ns', '>=', nanos(query.fromMs))
      .where('start_ns', '<', nanos(query.toMs))
      .where('origin', 'in', ['AWS::Lambda', 'AWS::Lambda::Function'])
      .$narrowType<{ functionId: NotNull; origin: NotNull }>()
      .orderBy('start_ns', 'desc')
      .limit(query.mostSegments + 1),
  );
  return { ...preInitsOf(rows.slice(0, query.mostSegments)), truncated: rows.length > query.mostSegments };
}
