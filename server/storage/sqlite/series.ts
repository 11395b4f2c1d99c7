/** Parts of queries that several questions share: functions, series, sums of rollup columns. */
import type { AliasedRawBuilder, Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { ColdStartKind } from '../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { Sketch } from '../../analytics/sketch/sketch.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../ports.ts';
import type { CountColumn, ReadColumn } from '../rollup/bucket.ts';
import { COUNT_COLUMNS } from '../rollup/bucket.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { idList, jsonList, telemetryStatement } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

/** Functions that match the filter and have events in the range. */
export async function functionsIn(
  db: Databases,
  query: FunctionFilter & TimeRange,
): Promise<readonly FunctionIdentity[]> {
  let select = identities(db).where('last_seen_ms', '>=', query.fromMs).where('first_seen_ms', '<', query.toMs);
  if (query.functionId !== undefined) select = select.where('id', '=', query.functionId);
  if (query.account !== undefined) select = select.where('account', '=', query.account);
  if (query.region !== undefined) select = select.where('region', '=', query.region);
  return db.telemetry.all(select).map(identity);
}

/** Selects the columns of {@link identity}. */
export function identities({ telemetry }: { readonly telemetry: Kysely<TelemetryTables> }) {
  return telemetry
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

const BY_ID = telemetryStatement((db, param: Param<{ ids: string }>) =>
  identities({ telemetry: db }).where('id', 'in', jsonList(param('ids'))),
);

/** Functions that own the given things, by id. Ids without a function are left out. */
export function functionsById(
  { telemetry }: Databases,
  owned: readonly { readonly functionId: number }[],
): ReadonlyMap<number, FunctionIdentity> {
  if (owned.length === 0) return new Map();
  const ids = JSON.stringify([...new Set(owned.map((one) => one.functionId))]);
  return new Map(BY_ID.all(telemetry, { ids }).map((row) => [row.functionId, identity(row)]));
}

type IdentityRow = Omit<FunctionIdentity, 'nameInferred' | 'vpc'> & {
  readonly nameInferred: number;
  readonly vpc: number | null;
};

export function identity(row: IdentityRow): FunctionIdentity {
  return { ...row, nameInferred: row.nameInferred === 1, vpc: row.vpc === null ? null : row.vpc === 1 };
}

/** Architecture of a series where the logs state it, otherwise of its function in inventory. */
export const architecture = sql<string | null>`coalesce(series.architecture, function.architecture)`;

/** What rollups are split by. */
export interface Series {
  readonly functionId: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
}

/** Series of the functions that match the filter, by id. */
export async function seriesIn(
  { telemetry }: Databases,
  functionIds: readonly number[],
  filter: FunctionFilter,
): Promise<ReadonlyMap<number, Series>> {
  let select = telemetry
    .selectFrom('series')
    .innerJoin('function', 'function.id', 'series.function_id')
    .select([
      'series.id',
      'series.function_id as functionId',
      'series.version',
      'series.memory_mb as memoryMb',
      architecture.as('architecture'),
    ])
    .where('series.function_id', 'in', idList(functionIds));
  if (filter.version !== undefined) select = select.where('series.version', '=', filter.version);
  if (filter.memoryMb !== undefined) select = select.where('series.memory_mb', '=', filter.memoryMb);
  if (filter.architecture !== undefined) select = select.where(architecture, '=', filter.architecture);
  return new Map(telemetry.all(select).map(({ id, ...series }) => [id, series]));
}

/** Invocations of a rollup row on a day on which errors would not have been received: all of them, or none. */
export function errorsUnknown(functionId: string): RawBuilder<number> {
  return sql<number>`CASE WHEN (${sql.ref(functionId)}, bucket / ${sql.lit(DAY_MS)}) IN (SELECT function_id, day FROM error_day) THEN 0 ELSE n END`;
}

/** Selects the sum of every additive rollup column, under its own name. `functionId`: the column of the rollup table. */
export function sums(functionId: string): readonly AliasedRawBuilder<number, ReadColumn>[] {
  return [
    ...COUNT_COLUMNS.map((name): AliasedRawBuilder<number, CountColumn> => sql<number>`sum(${sql.ref(name)})`.as(name)),
    sql<number>`sum(${errorsUnknown(functionId)})`.as('errors_unknown'),
  ];
}

/** Merges one of the two on-demand sketches of an encoded `cold` column into `into`, without decoding the others. */
export function mergeOnDemand(cold: Uint8Array, which: 'init' | 'total', into: Sketch): void {
  const onDemand: ColdStartKind = 'on-demand';
  if (cold.length < 5 || COLD_START_KINDS[cold[0] ?? 0] !== onDemand) return;
  const initEnd = 5 + (((cold[1] ?? 0) << 8) | (cold[2] ?? 0));
  const totalEnd = initEnd + (((cold[3] ?? 0) << 8) | (cold[4] ?? 0));
  into.mergeEncoded(which === 'init' ? cold.subarray(5, initEnd) : cold.subarray(initEnd, totalEnd));
}
