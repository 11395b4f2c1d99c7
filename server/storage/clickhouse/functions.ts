/** Identities of functions. */
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../ports.ts';
import type { QueryParameters } from './query-client.ts';
import type { QueryContext } from './query-context.ts';
import { decodeVersioned, isBooleanOrNull, isTextOrNull } from './versioned-value.ts';

interface Row {
  readonly functionId: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly named: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly latest: string;
  readonly runtime: string;
  readonly architecture: string;
  readonly runtimeName: string;
  readonly vpc: string;
  readonly packageType: string;
}

/** `where` filters on `function_id`, `account`, `region` and `name`; `having` filters on merged columns. */
export async function identitiesWhere(
  context: QueryContext,
  where: string,
  having: string,
  bound: QueryParameters,
): Promise<readonly FunctionIdentity[]> {
  const rows = await context.client.shared<Row>(
    `SELECT function_id AS functionId, account, region, name, max(f.named) AS named, min(f.first_seen_ms) AS firstSeenMs,
       max(f.last_seen_ms) AS lastSeenMs, max(f.latest) AS latest, max(f.runtime) AS runtime, max(f.architecture) AS architecture,
       max(f.runtime_name) AS runtimeName, max(f.vpc) AS vpc, max(f.package_type) AS packageType
     FROM lambda_function AS f WHERE ${where} GROUP BY function_id, account, region, name HAVING ${having}
     ORDER BY firstSeenMs, functionId`,
    bound,
  );
  return rows.map((row) => {
    const name = `lambda_function ${row.functionId}`;
    const [memoryMb, version] = decodeVersioned(row.latest, isSizeAndVersion, `${name}: latest`) ?? [null, null];
    return {
      functionId: row.functionId,
      account: row.account,
      region: row.region,
      name: row.name,
      firstSeenMs: row.firstSeenMs,
      lastSeenMs: row.lastSeenMs,
      nameInferred: row.named === 0,
      // Rows of earlier versions have null.
      memoryMb: memoryMb === 0 ? null : memoryMb,
      version: version === '' ? null : version,
      runtimeVersion: decodeVersioned(row.runtime, isTextOrNull, `${name}: runtime`),
      architecture: decodeVersioned(row.architecture, isTextOrNull, `${name}: architecture`),
      runtime: decodeVersioned(row.runtimeName, isTextOrNull, `${name}: runtime_name`),
      vpc: decodeVersioned(row.vpc, isBooleanOrNull, `${name}: vpc`),
      packageType: decodeVersioned(row.packageType, isTextOrNull, `${name}: package_type`),
    };
  });
}

function isSizeAndVersion(value: unknown): value is readonly [number | null, string | null] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [memoryMb, version]: readonly unknown[] = value;
  return (memoryMb === null || typeof memoryMb === 'number') && isTextOrNull(version);
}

/** Returns the functions that match the filter and were seen in the range. */
export async function functionsIn(
  context: QueryContext,
  query: FunctionFilter & TimeRange,
): Promise<readonly FunctionIdentity[]> {
  const { functionId, selected, account, region, fromMs, toMs } = query;
  if (functionId !== undefined) {
    // Other parts of the question run this very query too, so it is shared.
    const one = (await identitiesOf(context, [functionId])).get(functionId);
    const matches =
      one !== undefined &&
      selected?.includes(functionId) !== false &&
      (account === undefined || one.account === account) &&
      (region === undefined || one.region === region) &&
      one.lastSeenMs >= Math.floor(fromMs) &&
      one.firstSeenMs < Math.ceil(toMs);
    return matches ? [one] : [];
  }
  return identitiesWhere(context, placed(query), SEEN, {
    selected,
    account,
    region,
    fromMs: Math.floor(fromMs),
    toMs: Math.ceil(toMs),
  });
}

/** Returns the ids of the functions of {@link functionsIn}, in the same order. */
export async function functionIdsIn(
  context: QueryContext,
  query: FunctionFilter & TimeRange,
): Promise<readonly number[]> {
  const { functionId, selected, account, region, fromMs, toMs } = query;
  if (functionId !== undefined) return (await functionsIn(context, query)).map((one) => one.functionId);
  const rows = await context.client.all<{ functionId: number }>(
    `SELECT function_id AS functionId, min(first_seen_ms) AS firstSeenMs, max(last_seen_ms) AS lastSeenMs
     FROM lambda_function WHERE ${placed(query)} GROUP BY function_id, account, region, name HAVING ${SEEN}
     ORDER BY firstSeenMs, functionId`,
    { selected, account, region, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) },
  );
  return rows.map((row) => row.functionId);
}

const SEEN = 'lastSeenMs >= {fromMs:Int64} AND firstSeenMs < {toMs:Int64}';

function placed({ selected, account, region }: FunctionFilter): string {
  const where = [
    ...(selected === undefined ? [] : ['function_id IN {selected:Array(UInt64)}']),
    ...(account === undefined ? [] : ['account = {account:String}']),
    ...(region === undefined ? [] : ['region = {region:String}']),
  ];
  return where.join(' AND ') || '1';
}

/** Returns how many functions are stored. */
export async function functionsStored(context: QueryContext): Promise<number> {
  const row = await context.client.one<{ n: number }>('SELECT uniqExact(function_id) AS n FROM lambda_function');
  return row?.n ?? 0;
}

export async function identitiesOf(
  context: QueryContext,
  ids: readonly number[],
): Promise<ReadonlyMap<number, FunctionIdentity>> {
  if (ids.length === 0) return new Map();
  const rows = await identitiesWhere(context, 'function_id IN {ids:Array(UInt64)}', '1', { ids });
  return new Map(rows.map((row) => [row.functionId, row]));
}
