/** Pre-init times of traced cold starts: of one function, and of functions like it in and outside of a VPC. */
import type { Deployment } from '../../../analytics/network/cohort.ts';
import { identitiesOf, identitiesWhere } from '../../clickhouse/functions.ts';
import { nanoseconds } from '../../clickhouse/nanoseconds.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { segments } from '../../clickhouse/trace-segments.ts';
import { factsOfFunctions } from '../inventory/clickhouse.ts';
import type { TimeRange } from '../shared-types.ts';
import type { SegmentRow } from './result.ts';
import { samplesOf } from './result.ts';
import type { PreInitSamples } from './types.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostSegments: number };

export async function preInits(context: QueryContext, query: Query): Promise<PreInitSamples> {
  const deployments = await deploymentsNear(context, query.functionId);
  return samplesOf(query, deployments, (functionId, limit) => segmentsOf(context, functionId, query, limit));
}

/** The function, and the functions of its region of which it is known whether they are in a VPC. */
async function deploymentsNear(context: QueryContext, functionId: number): Promise<readonly Deployment[]> {
  const own = (await identitiesOf(context, [functionId])).get(functionId);
  if (own === undefined) return [];
  const [all, facts] = await Promise.all([
    identitiesWhere(context, 'region = {region:String}', '1', { region: own.region }),
    factsOfFunctions(context, null),
  ]);
  return all
    .filter((one) => one.vpc !== null || one.functionId === functionId)
    .toSorted((a, b) => (`${a.account}:${a.name}` < `${b.account}:${b.name}` ? -1 : 1))
    .map((one) => {
      const newest = facts.get(one.functionId)?.at(-1)?.facts;
      return {
        functionId: one.functionId,
        vpc: one.vpc,
        // Memory size in the newest inventory entry, otherwise that of the newest REPORT.
        memoryMb: newest?.memoryMb ?? one.memoryMb,
        runtime: one.runtime,
        packageType: one.packageType,
        architecture: one.architecture,
        codeSizeBytes: newest?.codeSizeBytes ?? null,
        layers: newest?.layers ?? null,
      };
    });
}

function segmentsOf(
  context: QueryContext,
  functionId: number,
  query: TimeRange,
  limit: number,
): Promise<readonly SegmentRow[]> {
  return context.client.all<SegmentRow>(
    `SELECT trace_id AS traceId, id, parent_id AS parentId, name, origin,
       toString(start_ns) AS startNs, toString(end_ns) AS endNs, detail
     FROM ${segments(`function_id = {functionId:UInt64} AND start_ns >= {fromNs:Int64}
       AND start_ns < {toNs:Int64} AND origin IN ('AWS::Lambda', 'AWS::Lambda::Function')`)}
     ORDER BY start_ns DESC, id LIMIT {limit:UInt32}`,
    { functionId, fromNs: nanoseconds(query.fromMs), toNs: nanoseconds(query.toMs), limit },
  );
}
