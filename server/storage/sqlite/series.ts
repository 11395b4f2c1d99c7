/** Parts of queries that several questions share: functions, their series, sketches of rollup rows. */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { ColdStartKind } from '../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { Sketch } from '../../analytics/sketch/sketch.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../ports.ts';
import type { ByteRange } from '../rollup/distribution.ts';
import { isTime, validRows } from '../stored-rows.ts';
import type { Databases } from './databases.ts';
import type { FunctionCount, FunctionValues } from './function-lists.ts';
import { functionCount, functionValues, ofFunctions } from './function-lists.ts';
import type { Param } from './read-connection.ts';
import { byFilters, byShape, jsonList, telemetryStatement } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

/** Functions that match the filter and have events in the range. */
export async function functionsIn(
  db: Databases,
  query: FunctionFilter & TimeRange,
): Promise<readonly FunctionIdentity[]> {
  return readable(FUNCTIONS(query).all(db.telemetry, bound(query)));
}

/** Ids of the functions of {@link functionsIn}, in the same order. */
export function functionIdsIn({ telemetry }: Databases, query: FunctionFilter & TimeRange): readonly number[] {
  return FUNCTION_IDS(query).all(telemetry, bound(query));
}

function bound({ selected, ...query }: FunctionFilter & TimeRange): FunctionQuery {
  return selected === undefined ? query : { ...query, selected: JSON.stringify(selected) };
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

interface FunctionQuery {
  fromMs: number;
  toMs: number;
  functionId?: number | undefined;
  /** JSON array. */
  selected?: string | undefined;
  account?: string | undefined;
  region?: string | undefined;
}

const FUNCTION_FILTERS = ['functionId', 'selected', 'account', 'region'] as const;

const FUNCTIONS = byFilters(FUNCTION_FILTERS, (given) =>
  telemetryStatement((db, param: Param<FunctionQuery>) => matching(db, param, given)),
);

const FUNCTION_IDS = byFilters(FUNCTION_FILTERS, (given) =>
  telemetryStatement((db, param: Param<FunctionQuery>) =>
    matching(db, param, given).clearSelect().select('id'),
  ).asValues(),
);

function matching(db: Kysely<TelemetryTables>, param: Param<FunctionQuery>, given: ReadonlySet<string>) {
  let select = identities({ telemetry: db })
    .where('last_seen_ms', '>=', param('fromMs'))
    .where('first_seen_ms', '<', param('toMs'));
  if (given.has('functionId')) select = select.where('id', '=', param('functionId'));
  if (given.has('selected')) select = select.where('id', 'in', jsonList(param('selected')));
  if (given.has('account')) select = select.where('account', '=', param('account'));
  if (given.has('region')) select = select.where('region', '=', param('region'));
  return select;
}

const BY_ID = byShape((functions: FunctionCount) =>
  telemetryStatement((db, param: Param<FunctionValues>) =>
    identities({ telemetry: db }).where(ofFunctions('id', functions, param)),
  ),
);

/** Functions that own the given things, by id. Ids without a function are left out. */
export function functionsById(
  { telemetry }: Databases,
  owned: readonly { readonly functionId: number }[],
): ReadonlyMap<number, FunctionIdentity> {
  if (owned.length === 0) return new Map();
  const ids = [...new Set(owned.map((one) => one.functionId))];
  const found = BY_ID(functionCount(ids)).all(telemetry, functionValues(ids));
  return new Map(readable(found).map((one) => [one.functionId, one]));
}

type IdentityRow = Omit<FunctionIdentity, 'nameInferred' | 'vpc'> & {
  readonly nameInferred: number;
  readonly vpc: number | null;
};

/** Identities of rows; those with an impossible time are reported and skipped. */
export function readable(rows: readonly IdentityRow[]): readonly FunctionIdentity[] {
  const times = { firstSeenMs: isTime, lastSeenMs: isTime };
  return validRows(rows, times, ({ functionId }) => `function ${functionId}`).map(identity);
}

/** Without a spread, which takes several times as long: fleets have tens of thousands of functions. */
function identity(row: IdentityRow): FunctionIdentity {
  return {
    functionId: row.functionId,
    account: row.account,
    region: row.region,
    name: row.name,
    nameInferred: row.nameInferred === 1,
    firstSeenMs: row.firstSeenMs,
    lastSeenMs: row.lastSeenMs,
    memoryMb: row.memoryMb,
    version: row.version,
    runtimeVersion: row.runtimeVersion,
    architecture: row.architecture,
    runtime: row.runtime,
    vpc: row.vpc === null ? null : row.vpc === 1,
    packageType: row.packageType,
  };
}

/** Architecture of a series if that of its function never changed. */
export const architecture = sql<string | null>`coalesce(series.architecture, function.architecture)`;

/** Dimensions that rollups are split by. */
export interface Series {
  readonly functionId: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
}

interface SeriesQuery extends FunctionValues {
  version?: string | undefined;
  memoryMb?: number | undefined;
}

const SERIES = byShape((functions: FunctionCount) =>
  byFilters(['version', 'memoryMb'], (given) =>
    telemetryStatement((db, param: Param<SeriesQuery>) => {
      let select = db
        .selectFrom('series')
        .innerJoin('function', 'function.id', 'series.function_id')
        .select([
          'series.id',
          'series.function_id as functionId',
          'series.version',
          'series.memory_mb as memoryMb',
          architecture.as('architecture'),
        ])
        .where(ofFunctions('series.function_id', functions, param));
      if (given.has('version')) select = select.where('series.version', '=', param('version'));
      if (given.has('memoryMb')) select = select.where('series.memory_mb', '=', param('memoryMb'));
      return select;
    }).asTuples('id', 'functionId', 'version', 'memoryMb', 'architecture'),
  ),
);

/** Series of the functions by id, of the version and memory size of the filter; their architecture is the newest. */
export async function seriesIn(
  { telemetry }: Databases,
  functionIds: readonly number[],
  filter: FunctionFilter,
): Promise<ReadonlyMap<number, Series>> {
  const statement = SERIES(functionCount(functionIds))(filter);
  const rows = statement.all(telemetry, { ...filter, ...functionValues(functionIds) });
  const series = new Map<number, Series>();
  for (const [id, functionId, version, memoryMb, architecture] of rows)
    series.set(id, { functionId, version, memoryMb, architecture });
  return series;
}

/**
 * Merges one of the two on-demand sketches of an encoded `cold` column, the bytes from `from` to `end`, into `into`, without
 * decoding the others.
 */
export function mergeOnDemand(
  bytes: Uint8Array,
  which: 'init' | 'total',
  into: Sketch,
  from = 0,
  end = bytes.length,
): void {
  if (end - from < 5 || COLD_START_KINDS[bytes[from] ?? 0] !== ON_DEMAND) return;
  const initEnd = endOfInit(bytes, from);
  const totalEnd = initEnd + (((bytes[from + 3] ?? 0) << 8) | (bytes[from + 4] ?? 0));
  if (which === 'init') into.mergeEncoded(bytes, from + 5, initEnd);
  else into.mergeEncoded(bytes, initEnd, totalEnd);
}

/** Where the on-demand inits of an encoded `cold` column, the bytes from `from` to `end`, are. */
export function onDemandInits(bytes: Uint8Array, from: number, end: number): ByteRange {
  if (end - from < 5 || COLD_START_KINDS[bytes[from] ?? 0] !== ON_DEMAND) return [end, end];
  return [from + 5, endOfInit(bytes, from)];
}

const ON_DEMAND: ColdStartKind = 'on-demand';

function endOfInit(bytes: Uint8Array, from: number): number {
  return from + 5 + (((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0));
}
