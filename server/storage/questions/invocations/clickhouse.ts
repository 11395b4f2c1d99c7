/** Single invocations: newest first, in pages; by request id; by key. */
import { TupleParam } from '@clickhouse/client';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { Candidates } from '../../clickhouse/architecture-filter.ts';
import { candidatesOf } from '../../clickhouse/architecture-filter.ts';
import { architecturesOf } from '../../clickhouse/architectures.ts';
import { windowIn } from '../../clickhouse/attribution/idle-windows.ts';
import type { ColdStarts } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { coldStartsIn, evidenceOf, nameOf } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import { UNKNOWN_STREAM_ID } from '../../clickhouse/hash-ids.ts';
import { invocationRows, mergedFacts, wasOnceCold } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryParameters } from '../../clickhouse/query-client.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { STATUS } from '../../enums.ts';
import type {
  InvocationColumnsPage,
  InvocationKey,
  InvocationQuery,
  Page,
  StoredInvocation,
  TimeRange,
} from '../../ports.ts';
import type { Selection } from './clickhouse-order.ts';
import { newestSelection, numberOf, orderedSelection } from './clickhouse-order.ts';
import { columnsOf } from './columns.ts';
import type { InvocationCursor } from './cursor.ts';
import { readCursor, readOrderedCursor, writeCursor, writeOrderedCursor } from './cursor.ts';
import type { FaultRow } from './result.ts';
import { attemptsPage, failureFields, NO_FAILURE } from './result.ts';
import type { InvocationOrder } from './types.ts';

export interface InvocationRow {
  readonly functionId: number;
  readonly endMs: number;
  readonly requestId: string;
  readonly environmentId: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly runMs: number | null;
  readonly durationUs: number;
  readonly billedMs: number | null;
  readonly maxMemoryMb: number | null;
  readonly status: number;
  readonly cold: number | null;
  readonly felt: number | null;
  readonly initUs: number | null;
  readonly restoreUs: number | null;
  readonly billedRestoreMs: number | null;
  readonly hiddenInitUs: number | null;
  readonly errorType: string | null;
  readonly sampled: number | null;
  readonly traceId: string | null;
  readonly segmentId: string | null;
  readonly tenant: string | null;
}

const COLUMNS = `function_id AS functionId, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId,
  series_version AS version, memory_mb AS memoryMb, run_ms AS runMs, duration_us AS durationUs, billed_ms AS billedMs,
  max_memory_mb AS maxMemoryMb, judged_status AS status, cold, user_felt AS felt, init_us AS initUs, restore_us AS restoreUs,
  billed_restore_ms AS billedRestoreMs, hidden_init_us AS hiddenInitUs, judged_error_type AS errorType, sampled, trace_id AS traceId,
  segment_id AS segmentId, tenant`;

/** Time range of the first query, and the factor by which it grows after each. */
const FIRST_LOOK_MS = 5 * MINUTE_MS;
const FURTHER = 36;
/** Cold starts of one function are few, and found without reading the other rows. */
const FIRST_COLD_LOOK_MS = 24 * 60 * MINUTE_MS;
/** Lambda retries an event for at most six hours. */
const RETRIES_MS = 24 * 60 * MINUTE_MS;

/** A page in descending order of (end, function, environment, request id). */
export async function invocations(context: QueryContext, query: InvocationQuery): Promise<Page<StoredInvocation>> {
  if (query.requestId !== undefined) return attemptsPage(await byRequestId(context, query.requestId), query);
  if (query.order !== undefined) return orderedInvocations(context, query, query.order);
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const rows = await newestRows(context, query, after, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return { items: await present(context, page), nextCursor: more ? writeCursor(last) : null };
}

export async function invocationColumns(context: QueryContext, query: InvocationQuery): Promise<InvocationColumnsPage> {
  const { items, nextCursor } = await invocations(context, query);
  return { columns: columnsOf(items), rows: items.length, nextCursor };
}

/** A page in the order of a number: what has no value last, of equal values the newest first. Reads all rows of the range. */
async function orderedInvocations(
  context: QueryContext,
  query: InvocationQuery,
  order: InvocationOrder,
): Promise<Page<StoredInvocation>> {
  const after = query.cursor === undefined ? null : readOrderedCursor(query.cursor, order);
  const candidates = await candidatesOf(context, query);
  const range = { fromMs: Math.floor(query.fromMs), toMs: Math.ceil(query.toMs) };
  const selection = orderedSelection(order, after);
  const rows =
    candidates.functionIds.length === 0
      ? []
      : await rowsWithin(context, candidates, query, selection, range, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : writeOrderedCursor({ ...last, value: numberOf(last, order.by) }, order);
  return { items: await present(context, page), nextCursor };
}

/** The newest rows that match, without paging. `kept`: cold starts of the range, if they were already requested. */
export async function latestInvocations(
  context: QueryContext,
  query: InvocationQuery,
  kept?: Promise<ColdStarts>,
): Promise<readonly StoredInvocation[]> {
  return present(context, await newestRows(context, query, null, query.limit), kept);
}

/** Widens the time range step by step: the newest hour of a busy fleet holds more than a page. */
async function newestRows(
  context: QueryContext,
  query: InvocationQuery,
  after: InvocationCursor | null,
  limit: number,
): Promise<readonly InvocationRow[]> {
  if (limit <= 0) return [];
  const candidates = await candidatesOf(context, query);
  if (candidates.functionIds.length === 0) return [];
  let untilMs = after === null ? Math.ceil(query.toMs) : Math.min(Math.ceil(query.toMs), after.endMs + 1);
  const fromMs = Math.floor(query.fromMs);
  const rows: InvocationRow[] = [];
  const firstMs = query.functionId !== undefined && query.cold === true ? FIRST_COLD_LOOK_MS : FIRST_LOOK_MS;
  for (let lookMs = firstMs; untilMs > fromMs && rows.length < limit; lookMs *= FURTHER) {
    const sinceMs = Math.max(fromMs, untilMs - lookMs);
    const range = { fromMs: sinceMs, toMs: untilMs };
    rows.push(...(await rowsWithin(context, candidates, query, newestSelection(after), range, limit)));
    untilMs = sinceMs;
  }
  return rows.slice(0, limit);
}

async function rowsWithin(
  context: QueryContext,
  { functionIds: ids, ...candidates }: Candidates,
  query: InvocationQuery,
  { after, orderBy }: Selection,
  range: TimeRange,
  limit: number,
): Promise<readonly InvocationRow[]> {
  const { conditions, bound } = conditionsOf(query, after);
  conditions.push(candidates.condition);
  if (query.cause !== undefined) {
    const { coldStarts } = await coldStartsIn(context, ids, range);
    const wanted = coldStarts.filter((one) => one.cause === query.cause);
    if (wanted.length === 0) return [];
    conditions.push(
      '(function_id, end_ms, request_id, environment_id) IN ({wanted:Array(Tuple(UInt64, Int64, String, UInt64))})',
    );
    Object.assign(bound, {
      wanted: wanted.map((one) => new TupleParam([one.functionId, one.endMs, one.requestId, one.environmentId])),
    });
  }
  const where = 'function_id IN {ids:Array(UInt64)} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}';
  const isCold = query.cold === true || query.cause !== undefined;
  return context.client.all<InvocationRow>(
    `SELECT ${COLUMNS} FROM ${invocationRows(isCold ? `${where} AND ${wasOnceCold(where)}` : where)}
     WHERE ${conditions.join(' AND ')}
     ORDER BY ${orderBy} LIMIT {limit:UInt32}`,
    { ...bound, ...candidates.bound, ids, fromMs: range.fromMs, toMs: range.toMs, limit },
  );
}

function conditionsOf(
  query: InvocationQuery,
  after: Selection['after'],
): { conditions: string[]; bound: QueryParameters } {
  const { status, minDurationMs, traceId, traced, version, memoryMb, tenant } = query;
  const conditions = [
    ...(query.cold === undefined ? [] : [`cold IS ${query.cold ? 'NOT NULL' : 'NULL'}`]),
    ...(status === undefined ? [] : ['judged_status = {status:UInt8}']),
    ...(minDurationMs === undefined ? [] : ['duration_us >= {minUs:UInt64}']),
    ...(traceId === undefined ? [] : ['trace_id = {traceId:String}']),
    ...(traced === undefined ? [] : [`ifNull(sampled, 0) ${traced ? '=' : '!='} 1`]),
    ...(query.cause === undefined ? [] : ['cold IS NOT NULL']),
    ...(tenant === undefined ? [] : ['tenant = {tenant:String}']),
    ...(version === undefined ? [] : ['series_version = {version:String}']),
    ...(memoryMb === undefined ? [] : ['memory_mb = {memoryMb:UInt32}']),
    ...(after === null ? [] : [after.condition]),
  ];
  const minUs = minDurationMs === undefined ? undefined : Math.round(minDurationMs * 1000);
  const code = status === undefined ? undefined : STATUSES.indexOf(status);
  return { conditions, bound: { status: code, minUs, traceId, version, memoryMb, tenant, ...after?.cursor } };
}

/** All attempts of a request id, oldest first. */
export async function byRequestId(context: QueryContext, requestId: string): Promise<readonly StoredInvocation[]> {
  const rows = await context.client.all<InvocationRow>(
    `SELECT ${COLUMNS} FROM ${invocationRows('request_id = {requestId:String}')} ORDER BY end_ms, environment_id`,
    { requestId },
  );
  return present(context, rows);
}

export async function invocationsByKey(
  context: QueryContext,
  query: { readonly keys: readonly InvocationKey[] },
): Promise<readonly StoredInvocation[]> {
  if (query.keys.length === 0) return [];
  const keys = query.keys.map((key) => ({ ...key, requestId: requestIdText(key.requestId) }));
  const rows = await context.client.all<InvocationRow>(
    `SELECT ${COLUMNS} FROM ${invocationRows(
      'function_id IN {functions:Array(UInt64)} AND end_ms IN {ends:Array(Int64)} AND request_id IN {requests:Array(String)}',
    )}`,
    {
      functions: [...new Set(keys.map((key) => key.functionId))],
      ends: keys.map((key) => key.endMs),
      requests: keys.map((key) => key.requestId),
    },
  );
  const found = new Map(rows.map((row) => [`${row.functionId}/${nameOf(row)}`, row]));
  return present(
    context,
    keys.flatMap((key) => found.get(`${key.functionId}/${nameOf(key)}`) ?? []),
  );
}

interface Environment {
  readonly id: number;
  readonly functionId: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly attributes: string | null;
}

async function present(
  context: QueryContext,
  rows: readonly InvocationRow[],
  kept?: Promise<ColdStarts>,
): Promise<readonly StoredInvocation[]> {
  if (rows.length === 0) return [];
  const functionIds = [...new Set(rows.map((row) => row.functionId))];
  const cold = rows.filter((row) => row.cold !== null);
  const [owners, architectures, environments, attempts, causes, failures] = await Promise.all([
    identitiesOf(context, functionIds),
    architecturesOf(context, functionIds.length === 1 ? functionIds[0] : undefined),
    context.client.all<Environment>(
      `SELECT environment_id AS id, function_id AS functionId, log_group AS logGroup, log_stream AS logStream, attributes
       FROM environment FINAL WHERE function_id IN {functionIds:Array(UInt64)} AND environment_id IN {ids:Array(UInt64)}`,
      { functionIds, ids: [...new Set(rows.map((row) => row.environmentId))] },
    ),
    attemptNumbers(context, rows),
    causesOf(context, cold, kept),
    failuresOf(context, rows),
  ]);
  const places = new Map(environments.map((one) => [`${one.functionId}/${one.id}`, one]));
  return rows.map((row) => {
    const owner = owners.get(row.functionId);
    const environment = places.get(`${row.functionId}/${row.environmentId}`);
    const kind = row.cold === null ? undefined : COLD_START_KINDS[row.cold];
    return {
      requestId: row.requestId,
      attempt: attempts.get(`${row.functionId}/${nameOf(row)}`) ?? 1,
      functionId: row.functionId,
      functionName: owner?.name ?? '',
      account: owner?.account ?? '',
      region: owner?.region ?? '',
      version: row.version,
      logGroup: environment?.logGroup ?? '',
      logStream: row.environmentId > 0 ? (environment?.logStream ?? '') : null,
      environmentId: row.environmentId,
      startMs: row.runMs === null ? null : row.endMs - row.runMs,
      endMs: row.endMs,
      durationMs: row.durationUs / 1000,
      billedDurationMs: row.billedMs,
      memorySizeMb: row.memoryMb,
      architecture: owner === undefined ? null : architectures.of(owner, row.version, row.endMs),
      maxMemoryUsedMb: row.maxMemoryMb,
      initDurationMs: row.initUs === null ? null : row.initUs / 1000,
      restoreDurationMs: row.restoreUs === null ? null : row.restoreUs / 1000,
      hiddenInitDurationMs: row.hiddenInitUs === null ? null : row.hiddenInitUs / 1000,
      billedRestoreDurationMs: row.billedRestoreMs,
      status: statusName(row.status),
      errorType: row.errorType,
      ...(failures.get(`${row.functionId}/${nameOf(row)}`) ?? NO_FAILURE),
      coldStart:
        kind === undefined
          ? null
          : {
              kind,
              userFelt: row.environmentId > 0 ? row.felt === 1 : null,
              ...(causes.get(`${row.functionId}/${nameOf(row)}`) ?? { cause: null, evidence: null }),
            },
      traceId: row.traceId,
      segmentId: row.segmentId,
      sampled: row.sampled === null ? null : row.sampled === 1,
      tenantId: row.tenant,
      attributes: environment?.attributes ?? null,
    };
  });
}

export function statusName(code: number): InvocationStatus {
  return STATUSES[code] ?? 'error';
}

type AttributedCause = Pick<NonNullable<StoredInvocation['coldStart']>, 'cause' | 'evidence' | 'evidenceCode'>;

async function causesOf(
  context: QueryContext,
  rows: readonly InvocationRow[],
  kept?: Promise<ColdStarts>,
): Promise<ReadonlyMap<string, AttributedCause>> {
  if (rows.length === 0) return new Map();
  const ends = rows.map((row) => row.endMs);
  const range = { fromMs: Math.min(...ends), toMs: Math.max(...ends) + 1 };
  const functions = [...new Set(rows.map((row) => row.functionId))];
  const { coldStarts, windows } = await (kept ?? coldStartsIn(context, functions, range));
  const wanted = new Set(rows.map((row) => `${row.functionId}/${nameOf(row)}`));
  return new Map(
    coldStarts
      .map((one) => [`${one.functionId}/${nameOf(one)}`, one] as const)
      .filter(([name]) => wanted.has(name))
      .map(([name, one]) => {
        const window = windowIn(windows.get(one.functionId));
        const { text, code, parameters } = evidenceOf(one, window);
        return [name, { cause: one.cause, evidence: text, evidenceCode: { code, parameters } }];
      }),
  );
}

/** Message and stack of the failed invocations. */
async function failuresOf(
  context: QueryContext,
  rows: readonly InvocationRow[],
): Promise<ReadonlyMap<string, Pick<StoredInvocation, 'errorMessage' | 'errorStack'>>> {
  const failed = rows.filter((row) => row.status !== STATUS.success);
  if (failed.length === 0) return new Map();
  const found = await context.client.all<FaultRow & { readonly functionId: number; readonly streamId: number }>(
    `SELECT function_id AS functionId, stream_id AS streamId, at_ms AS atMs, kind, request_id AS requestId,
       max(f.error_type) AS errorType, max(f.message) AS message, max(f.stack) AS stack
     FROM fault_fact AS f WHERE function_id IN {functionIds:Array(UInt64)} AND stream_id IN {ids:Array(UInt64)}
       AND request_id IN {requestIds:Array(String)} GROUP BY function_id, stream_id, at_ms, kind, request_id ORDER BY at_ms, kind`,
    {
      functionIds: [...new Set(failed.map((row) => row.functionId))],
      ids: [...new Set([UNKNOWN_STREAM_ID, ...failed.map((row) => row.environmentId)])],
      requestIds: [...new Set(['', ...failed.map((row) => row.requestId)])],
    },
  );
  return new Map(
    failed.map((row) => {
      const { endMs, runMs, durationUs } = row;
      const mine = found.filter(
        (fault) =>
          fault.functionId === row.functionId &&
          (fault.streamId === row.environmentId || fault.streamId === UNKNOWN_STREAM_ID) &&
          (fault.requestId === row.requestId || (fault.requestId === '' && fault.streamId !== UNKNOWN_STREAM_ID)),
      );
      const attempt = { startMs: runMs === null ? null : endMs - runMs, endMs, durationUs };
      return [`${row.functionId}/${nameOf(row)}`, failureFields(attempt, statusName(row.status), mine)];
    }),
  );
}

/** Which attempt of its request id each row is, within its function. */
async function attemptNumbers(
  context: QueryContext,
  rows: readonly InvocationRow[],
): Promise<ReadonlyMap<string, number>> {
  const ends = rows.map((row) => row.endMs);
  const found = await context.client.all<{
    functionId: number;
    endMs: number;
    requestId: string;
    environmentId: number;
  }>(
    `SELECT function_id AS functionId, end_ms AS endMs, request_id AS requestId, stream_id AS environmentId FROM ${mergedFacts(
      'function_id IN {functions:Array(UInt64)} AND request_id IN {ids:Array(String)} AND end_ms BETWEEN {fromMs:Int64} AND {toMs:Int64}',
    )} ORDER BY end_ms, environmentId`,
    {
      functions: [...new Set(rows.map((row) => row.functionId))],
      ids: [...new Set(rows.map((row) => row.requestId))],
      fromMs: Math.min(...ends) - RETRIES_MS,
      toMs: Math.max(...ends) + RETRIES_MS,
    },
  );
  const seen = new Map<string, number>();
  const numbers = new Map<string, number>();
  for (const one of found) {
    const request = `${one.functionId}/${one.requestId}`;
    const n = (seen.get(request) ?? 0) + 1;
    seen.set(request, n);
    numbers.set(`${one.functionId}/${nameOf(one)}`, n);
  }
  return numbers;
}
