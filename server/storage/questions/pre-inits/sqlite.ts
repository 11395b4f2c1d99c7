/** Pre-init times of traced cold starts: of one function, and of functions like it in and outside of a VPC. */
import type { NotNull } from 'kysely';
import { sql } from 'kysely';
import type { Deployment } from '../../../analytics/network/cohort.ts';
import type { PreInitSamples, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { functionFacts, parseStored } from '../../stored-json.ts';
import type { SegmentRow } from './result.ts';
import { samplesOf } from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostSegments: number };

export function preInits(db: Databases, query: Query): Promise<PreInitSamples> {
  const deployments = DEPLOYMENTS.all(db.telemetry, query).map((row): Deployment => {
    const facts =
      row.facts === null ? null : parseStored(functionFacts, row.facts, `function_fact of ${row.functionId}`);
    return {
      functionId: row.functionId,
      vpc: row.vpc === null ? null : row.vpc === 1,
      // Memory size in the newest inventory entry, otherwise that of the newest REPORT.
      memoryMb: facts?.memoryMb ?? row.memoryMb,
      runtime: row.runtime,
      packageType: row.packageType,
      architecture: row.architecture,
      codeSizeBytes: facts?.codeSizeBytes ?? null,
      layers: facts?.layers ?? null,
    };
  });
  return samplesOf(query, deployments, async (functionId, limit) => segmentsOf(db, functionId, query, limit));
}

/** The function, and the functions of its region of which it is known whether they are in a VPC. */
const DEPLOYMENTS = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('function as own')
    .innerJoin('function as other', (join) =>
      join
        .onRef('other.region', '=', 'own.region')
        .on((on) => on.or([on('other.vpc', 'is not', null), on('other.id', '=', on.ref('own.id'))])),
    )
    .select((eb) => [
      'other.id as functionId',
      'other.vpc',
      'other.memory_mb as memoryMb',
      'other.runtime',
      'other.package_type as packageType',
      'other.architecture',
      eb
        .selectFrom('function_fact')
        .select('facts')
        .whereRef('function_id', '=', 'other.id')
        .orderBy('from_ms', 'desc')
        .limit(1)
        .as('facts'),
    ])
    .where('own.id', '=', param('functionId'))
    .orderBy('other.account')
    .orderBy('other.name'),
);

function segmentsOf({ telemetry }: Databases, functionId: number, query: Query, limit: number): readonly SegmentRow[] {
  const nanos = (ms: number) => sql<number>`${Math.floor(ms)} * 1000000`;
  return telemetry.all(
    telemetry
      .selectFrom('trace_segment')
      .select([
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
      .where('function_id', '=', functionId)
      .where('start_ns', '>=', nanos(query.fromMs))
      .where('start_ns', '<', nanos(query.toMs))
      .where('origin', 'in', ['AWS::Lambda', 'AWS::Lambda::Function'])
      .$narrowType<{ origin: NotNull }>()
      .orderBy('start_ns', 'desc')
      .limit(limit),
  );
}
