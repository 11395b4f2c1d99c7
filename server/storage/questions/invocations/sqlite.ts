/** Raw invocations: newest first, in pages. */

import type { Expression, ExpressionBuilder } from 'kysely';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import { Heap } from '../../../analytics/statistics/heap.ts';
import type {
  FunctionIdentity,
  InvocationColumnsPage,
  InvocationKey,
  InvocationQuery,
  Page,
  StoredInvocation,
} from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param, Tuple } from '../../sqlite/read-connection.ts';
import { jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import { attemptsOf, INVOCATION_BY_KEY } from '../../sqlite/request-index.ts';
import type { InvocationRow, TelemetryTables } from '../../sqlite/schema.ts';
import { functionsIn, seriesIn } from '../../sqlite/series.ts';
import { matches, seriesOverTime } from '../../sqlite/series-over-time.ts';
import { columnsOf } from './columns.ts';
import type { InvocationCursor } from './cursor.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { attemptsPage } from './result.ts';
import { COLUMNS, JSON_ROWS, parseRows, rowOf } from './rows.ts';
import { presentRows } from './sqlite-details.ts';
import { cursorOf, functionColumn, narrowed, newestFirst } from './sqlite-filter.ts';
import { orderedInvocations } from './sqlite-ordered.ts';
import { FIRST_SPAN_MS, rowsInWindows } from './windows.ts';

/** A page in descending order of (end, function, environment, request id). */
export async function invocations(db: Databases, query: InvocationQuery): Promise<Page<StoredInvocation>> {
  if (query.requestId !== undefined) return attemptsPage(await byRequestId(db, query.requestId), query);
  if (query.order !== undefined) return orderedInvocations(db, query, query.order);
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const rows = await newestRows(db, query, after, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return { items: presentRows(db, page), nextCursor: more ? writeCursor(cursorOf(last)) : null };
}

/** Reads all rows of a range of time at once, unless too many functions or a filter of series would make that expensive. */
export async function invocationColumns(db: Databases, query: InvocationQuery): Promise<InvocationColumnsPage> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const upTo = after === null ? query.toMs - 1 : Math.min(query.toMs - 1, after.endMs);
  const owners = narrows(query) ? null : await functionsIn(db, { ...query, toMs: upTo + 1 });
  const page =
    owners === null || owners.length > OPEN_FUNCTIONS || query.requestId !== undefined
      ? null
      : rowsInWindows(
          { fromMs: query.fromMs, upTo },
          query.limit,
          after?.spanMs ?? FIRST_SPAN_MS,
          windowsOf(db, owners, query, after),
        );
  if (page === null) {
    const { items, nextCursor } = await invocations(db, query);
    return { columns: columnsOf(items), rows: items.length, nextCursor };
  }
  const last = page.rows.at(-1);
  const nextCursor = page.more && last !== undefined ? writeCursor({ ...cursorOf(last), spanMs: page.spanMs }) : null;
  return { columns: columnsOf(presentRows(db, page.rows)), rows: page.rows.length, nextCursor };
}

/** Reads ranges of the functions' rows that follow a cursor, newest first; null for a range with more than twice the limit. */
function windowsOf(
  db: Databases,
  owners: readonly FunctionIdentity[],
  query: InvocationQuery,
  after: InvocationCursor | null,
): (window: { readonly fromMs: number; readonly upTo: number }) => readonly InvocationRow[] | null {
  const most = 2 * query.limit;
  const ids = JSON.stringify(owners.map(({ functionId }) => functionId));
  const statement = telemetryStatement((tables, param: Param<{ ids: string; fromMs: number; upTo: number }>) => {
    let select = tables
      .selectFrom('invocation')
      .select(COLUMNS)
      .where(functionColumn(query), 'in', jsonList(param('ids')))
      .where('invocation.end_ms', '>=', param('fromMs'))
      .where('invocation.end_ms', '<=', param('upTo'))
      .limit(most + 1);
    if (after !== null) select = select.where((eb) => follows(eb, after, eb.ref('invocation.function_id')));
    return tables.selectFrom(narrowed(select, query).as('found')).select(JSON_ROWS.as('rows'));
  }).asValues();
  return (window) => {
    const rows = parseRows(statement.get(db.telemetry, { ids, ...window }) ?? '[]');
    return rows.length > most ? null : rows.toSorted(newestFirst);
  };
}

/** The newest invocations that match, without paging. */
export async function latestInvocations(db: Databases, query: InvocationQuery): Promise<readonly StoredInvocation[]> {
  return presentRows(db, await newestRows(db, query, null, query.limit));
}

/** Rows of one function, newest first, of which the first is the next. */
interface Source {
  readonly rows: IterableIterator<Tuple<InvocationRow, typeof COLUMNS>>;
  next: InvocationRow;
}

/** Functions whose rows are merged at once: each holds a cursor of SQLite of some 10 kB. */
const OPEN_FUNCTIONS = 1000;

/** Merges the rows of all functions, those seen last first, until the others have no row that is new enough. */
async function newestRows(
  db: Databases,
  query: InvocationQuery,
  after: InvocationCursor | null,
  limit: number,
): Promise<readonly InvocationRow[]> {
  if (limit === 0) return [];
  const upTo = after === null ? query.toMs - 1 : Math.min(query.toMs - 1, after.endMs);
  const owners = await functionsIn(db, { ...query, toMs: upTo + 1 });
  const byLastSeen = owners.length <= OPEN_FUNCTIONS ? owners : owners.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs);
  let newest: readonly InvocationRow[] = [];
  for (let at = 0; at < byLastSeen.length; at += OPEN_FUNCTIONS) {
    const oldest = newest.length < limit ? undefined : newest.at(-1);
    const fromMs = Math.max(query.fromMs, oldest?.end_ms ?? query.fromMs);
    const group = byLastSeen.slice(at, at + OPEN_FUNCTIONS).filter(({ lastSeenMs }) => lastSeenMs >= fromMs);
    if (group.length === 0) break;
    const found = await newestOf(db, group, { query: { ...query, fromMs }, after, upTo, limit });
    newest = at === 0 ? found : [...newest, ...found].toSorted(newestFirst).slice(0, limit);
  }
  return newest;
}

interface RowSelection {
  readonly query: InvocationQuery;
  readonly after: InvocationCursor | null;
  /** Greatest end, epoch ms. */
  readonly upTo: number;
  readonly limit: number;
}

/**
 * Scans the clustered keys of the functions at once and merges their rows: a page reads its rows, and one more of each
 * function.
 */
async function newestOf(
  db: Databases,
  owners: readonly FunctionIdentity[],
  { query, after, upTo, limit }: RowSelection,
): Promise<readonly InvocationRow[]> {
  const ids = owners.map(({ functionId }) => functionId);
  const series = narrows(query) ? await seriesIn(db, ids, query) : null;
  const shared = series === null ? rowsOf(query, after, upTo, null) : null;
  const opened = owners.map((owner) => {
    const statement = shared ?? rowsOf(query, after, upTo, seriesOverTime(db, owner, series ?? new Map(), query));
    return statement.open(db.telemetry, { functionId: owner.functionId });
  });
  const newest: InvocationRow[] = [];
  const sources = new Heap<Source>((a, b) => newestFirst(a.next, b.next) < 0);
  try {
    for (const rows of opened) {
      const next = nextOf(rows);
      if (next !== null) sources.push({ rows, next });
    }
    for (let source = sources.pop(); source !== undefined; source = sources.pop()) {
      newest.push(source.next);
      if (newest.length === limit) break;
      const next = nextOf(source.rows);
      if (next === null) continue;
      source.next = next;
      sources.push(source);
    }
  } finally {
    for (const rows of opened) rows.return?.();
  }
  return newest;
}

function nextOf(rows: IterableIterator<Tuple<InvocationRow, typeof COLUMNS>>): InvocationRow | null {
  const next = rows.next();
  return next.done === true ? null : rowOf(next.value);
}

/** The rows of one function after a cursor, newest first; of `spans`, unless it is null. */
function rowsOf(
  query: InvocationQuery,
  after: InvocationCursor | null,
  upTo: number,
  spans: ReturnType<typeof seriesOverTime> | null,
) {
  return telemetryStatement((db, param: Param<{ functionId: number }>) => {
    let select = db
      .selectFrom('invocation')
      .select(COLUMNS)
      .where(functionColumn(query), '=', param('functionId'))
      .where('invocation.end_ms', '>=', query.fromMs)
      .where('invocation.end_ms', '<=', upTo)
      .orderBy('invocation.end_ms', 'desc')
      .orderBy('invocation.environment_id', 'desc')
      .orderBy('invocation.request_id', 'desc');
    if (after !== null) select = select.where((eb) => follows(eb, after, param('functionId')));
    if (spans !== null) select = select.where((eb) => eb.or(spans.map((span) => matches(eb, span))));
    return narrowed(select, query);
  }).asTuples(...COLUMNS);
}

/** Whether an invocation is after the cursor, newest first. */
function follows(
  eb: ExpressionBuilder<TelemetryTables, 'invocation'>,
  after: InvocationCursor,
  functionId: Expression<number>,
) {
  return eb.or([
    eb('end_ms', '<', after.endMs),
    eb(functionId, '<', after.functionId),
    eb.and([eb(functionId, '=', after.functionId), eb('environment_id', '<', after.environmentId)]),
    eb.and([
      eb(functionId, '=', after.functionId),
      eb('environment_id', '=', after.environmentId),
      eb('request_id', '<', requestIdBytes(after.requestId)),
    ]),
  ]);
}

/** All attempts of a request id, oldest first. */
export async function byRequestId(db: Databases, requestId: string): Promise<readonly StoredInvocation[]> {
  return presentRows(db, attemptsOf(db, requestIdBytes(requestId)));
}

/** Invocations by primary key, in the order of the keys; keys without a row are skipped. */
export async function invocationsByKey(
  db: Databases,
  query: { readonly keys: readonly InvocationKey[] },
): Promise<readonly StoredInvocation[]> {
  const rows = query.keys.flatMap((key) => INVOCATION_BY_KEY.get(db.telemetry, key) ?? []);
  return presentRows(db, rows);
}
