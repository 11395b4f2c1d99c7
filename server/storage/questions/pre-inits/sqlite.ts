/** Pre-init of traced cold starts: of one function, and of functions like it outside of a VPC. */
import { sql } from 'kysely';
import type { PreInitSamples, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { SegmentRow } from './result.ts';
import { preInitsOf } from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostSegments: number };

export async function preInits(db: Databases, query: Query): Promise<PreInitSamples> {
  const cohort = await cohortOf(db, query.functionId);
  const own = await samplesOf(db, [query.functionId], query);
  const others = cohort.length === 0 ? { values: [], truncated: false } : await samplesOf(db, cohort, query);
  return {
    own: own.values,
    cohort: others.values,
    cohortFunctions: cohort.length,
    truncated: own.truncated || others.truncated,
  };
}

/** Functions known to be outside of a VPC, in the same region, with the same runtime, package type and memory size. */
async function cohortOf(db: Databases, functionId: number): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT other.id FROM function AS own JOIN function AS other
      ON other.region = own.region AND other.id <> own.id AND other.vpc = 0
      AND other.runtime IS own.runtime AND other.package_type IS own.package_type AND ${declared('other')} IS ${declared('own')}
    WHERE own.id = ${functionId}`.execute(db.telemetry);
  return rows.map((row) => row.id);
}

/** The size in the newest facts of the inventory; what REPORT says where there are none. */
function declared(name: string) {
  return sql.raw(`coalesce((SELECT json_extract(facts, '$.memoryMb') FROM function_fact
    WHERE function_fact.function_id = ${name}.id ORDER BY from_ms DESC LIMIT 1), ${name}.memory_mb)`);
}

async function samplesOf(
  db: Databases,
  functionIds: readonly number[],
  query: Query,
): Promise<{ readonly values: readonly number[]; readonly truncated: boolean }> {
  const nanos = (ms: number) => sql`${Math.floor(ms)} * 1000000`;
  const { rows } = await sql<SegmentRow>`
    SELECT function_id AS functionId, hex(trace_id) AS traceId, hex(request_id) AS requestId, name, origin,
      CAST(start_ns AS TEXT) AS startNs, CAST(end_ns AS TEXT) AS endNs, detail
    FROM trace_segment
    WHERE function_id IN (${sql.join(functionIds)}) AND start_ns >= ${nanos(query.fromMs)} AND start_ns < ${nanos(query.toMs)}
      AND origin IN ('AWS::Lambda', 'AWS::Lambda::Function')
    ORDER BY start_ns DESC LIMIT ${query.mostSegments + 1}`.execute(db.telemetry);
  return { values: preInitsOf(rows.slice(0, query.mostSegments)), truncated: rows.length > query.mostSegments };
}
