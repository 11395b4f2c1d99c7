/** Pieces that several questions share. */
import { sql } from 'kysely';
import type { ColdStartKind } from '../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { Sketch } from '../../analytics/sketch/sketch.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../ports.ts';
import type { Databases } from './databases.ts';

/** Functions that match the filter and were seen since the range began. */
export async function functionsIn(
  db: Databases,
  query: FunctionFilter & TimeRange,
): Promise<readonly FunctionIdentity[]> {
  let select = identities(db).where('last_seen_ms', '>=', query.fromMs).where('first_seen_ms', '<', query.toMs);
  if (query.functionId !== undefined) select = select.where('id', '=', query.functionId);
  if (query.account !== undefined) select = select.where('account', '=', query.account);
  if (query.region !== undefined) select = select.where('region', '=', query.region);
  return (await select.execute()).map(identity);
}

export function identities(db: Databases) {
  return db.telemetry
    .selectFrom('function')
    .select([
      'id as functionId',
      'account',
      'region',
      'name',
      'labelled as nameInferred',
      'first_seen_ms as firstSeenMs',
      'last_seen_ms as lastSeenMs',
      'memory_mb as memoryMb',
      'version',
      'runtime_version as runtimeVersion',
      'architecture',
      'runtime',
      'vpc',
      'package_type as packageType',
    ]);
}

type IdentityRow = Omit<FunctionIdentity, 'nameInferred' | 'vpc'> & {
  readonly nameInferred: number;
  readonly vpc: number | null;
};

export function identity(row: IdentityRow): FunctionIdentity {
  return { ...row, nameInferred: row.nameInferred === 1, vpc: row.vpc === null ? null : row.vpc === 1 };
}

/** Of a series where it is known, else what inventory says of its function. */
export const architecture = sql<string | null>`coalesce(series.architecture, function.architecture)`;

/** Series that match the filter, by id; null when the filter asks for nothing below the function. */
export async function seriesIn(
  db: Databases,
  functionIds: readonly number[],
  filter: FunctionFilter,
): Promise<
  ReadonlyMap<
    number,
    { functionId: number; version: string | null; memoryMb: number | null; architecture: string | null }
  >
> {
  let select = db.telemetry
    .selectFrom('series')
    .innerJoin('function', 'function.id', 'series.function_id')
    .select([
      'series.id',
      'series.function_id as functionId',
      'series.version',
      'series.memory_mb as memoryMb',
      architecture.as('architecture'),
    ])
    .where('series.function_id', 'in', functionIds);
  if (filter.version !== undefined) select = select.where('series.version', '=', filter.version);
  if (filter.memoryMb !== undefined) select = select.where('series.memory_mb', '=', filter.memoryMb);
  if (filter.architecture !== undefined) select = select.where(architecture, '=', filter.architecture);
  return new Map((await select.execute()).map(({ id, ...series }) => [id, series]));
}

/** One of the two on-demand sketches inside an encoded `cold` column, without decoding the rest. */
export function mergeOnDemand(cold: Uint8Array, which: 'init' | 'total', into: Sketch): void {
  const onDemand: ColdStartKind = 'on-demand';
  if (cold.length < 5 || COLD_START_KINDS[cold[0] ?? 0] !== onDemand) return;
  const initEnd = 5 + (((cold[1] ?? 0) << 8) | (cold[2] ?? 0));
  const totalEnd = initEnd + (((cold[3] ?? 0) << 8) | (cold[4] ?? 0));
  into.mergeEncoded(which === 'init' ? cold.subarray(5, initEnd) : cold.subarray(initEnd, totalEnd));
}
