/**
 * Invocations on SQLite in the order of a number. Reads all rows of the range, as no index has them in this order: where the rollups say
 * that there are too many, it refuses before it reads them.
 */
import type { Expression, ExpressionBuilder } from 'kysely';
import { sql } from 'kysely';
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { integer } from '../../../../ingest/text/quantities.ts';
import type { InvocationQuery, Page, StoredInvocation, TimeRange } from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { InvocationRow, TelemetryTables } from '../../sqlite/schema.ts';
import { functionsIn, seriesIn } from '../../sqlite/series.ts';
import { matches, seriesOverTime } from '../../sqlite/series-over-time.ts';
import type { OrderedCursor } from './cursor.ts';
import { readOrderedCursor, writeOrderedCursor } from './cursor.ts';
import { COLUMNS, rowOf } from './rows.ts';
import { presentRows } from './sqlite-details.ts';
import { cursorOf, narrowed, newestFirst } from './sqlite-filter.ts';
import type { InvocationOrder } from './types.ts';

type Key = InvocationOrder['by'];

/** Rows that are read for a page at most: some ten seconds. */
const MOST_ROWS = 5_000_000;
/** Longer ranges are counted by days. */
const LONGEST_BY_HOURS_MS = 2 * DAY_MS;

/** As `numberOf`. */
const VALUES: Readonly<Record<Key, Expression<number | null>>> = {
  endedAt: sql<number>`invocation.end_ms`,
  durationMs: sql<number>`duration_us`,
  billedDurationMs: sql<number | null>`billed_ms`,
  initDurationMs: sql<number | null>`coalesce(init_us, restore_us, hidden_init_us)`,
  maxMemoryUsedMb: sql<number | null>`max_memory_mb`,
};

function numberOf(row: InvocationRow, by: Key): number | null {
  switch (by) {
    case 'endedAt':
      return row.end_ms;
    case 'durationMs':
      return row.duration_us;
    case 'billedDurationMs':
      return row.billed_ms;
    case 'initDurationMs':
      return row.init_us ?? row.restore_us ?? row.hidden_init_us;
    case 'maxMemoryUsedMb':
      return row.max_memory_mb;
  }
}

/** A page: what has no value last, of equal values the newest first. Rejects with a RangeError if it would read too many rows. */
export async function orderedInvocations(
  db: Databases,
  query: InvocationQuery,
  order: InvocationOrder,
): Promise<Page<StoredInvocation>> {
  const after = query.cursor === undefined ? null : readOrderedCursor(query.cursor, order);
  const owners = await functionsIn(db, query);
  const rows = owners.reduce((sum, { functionId }) => sum + countOf(db, functionId, query), 0);
  if (rows > MOST_ROWS)
    throw new RangeError(
      `sort: ${order.by} of about ${integer(rows)} invocations; expected at most ${integer(MOST_ROWS)}. Choose a shorter range or fewer functions`,
    );
  const series = narrows(query)
    ? await seriesIn(
        db,
        owners.map(({ functionId }) => functionId),
        query,
      )
    : null;
  const shared = series === null ? rowsOf(query, order, after, null) : null;
  const inOrder = comparison(order);
  let first: readonly InvocationRow[] = [];
  for (const owner of owners) {
    const statement = shared ?? rowsOf(query, order, after, seriesOverTime(db, owner, series ?? new Map(), query));
    const found = statement.all(db.telemetry, { functionId: owner.functionId }).map(rowOf);
    first = [...first, ...found].toSorted(inOrder).slice(0, query.limit + 1);
  }
  const items = first.slice(0, query.limit);
  const last = first.length > query.limit ? items.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : writeOrderedCursor({ value: numberOf(last, order.by), ...cursorOf(last) }, order);
  return { items: presentRows(db, items), nextCursor };
}

const FIRST_END = telemetryStatement((tables, param: Param<{ functionId: number }>) =>
  tables
    .selectFrom('invocation')
    .select('end_ms')
    .where('function_id', '=', param('functionId'))
    .orderBy('end_ms')
    .limit(1),
).asValues();

const countsBy = (table: 'rollup_1h' | 'rollup_1d') =>
  telemetryStatement((tables, param: Param<{ functionId: number; fromMs: number; toMs: number }>) =>
    tables
      .selectFrom(table)
      .select(sql<number>`ifnull(sum(n), 0)`.as('n'))
      .where('function_id', '=', param('functionId'))
      .where('bucket', '>=', param('fromMs'))
      .where('bucket', '<', param('toMs')),
  ).asValues();
const BY_HOURS = countsBy('rollup_1h');
const BY_DAYS = countsBy('rollup_1d');

/** Invocations of a function in the range, by rollups: up to those of an hour or day too many. Details are kept for a shorter time than these. */
function countOf({ telemetry }: Databases, functionId: number, { fromMs, toMs }: TimeRange): number {
  const [firstMs] = FIRST_END.all(telemetry, { functionId });
  if (firstMs === undefined) return 0;
  const sinceMs = Math.max(fromMs, firstMs);
  const isByHours = toMs - sinceMs <= LONGEST_BY_HOURS_MS;
  const widthMs = isByHours ? HOUR_MS : DAY_MS;
  const range = { functionId, fromMs: Math.floor(sinceMs / widthMs) * widthMs, toMs };
  return (isByHours ? BY_HOURS : BY_DAYS).all(telemetry, range)[0] ?? 0;
}

/** The first rows of one function in the order; of `spans`, unless it is null. */
function rowsOf(
  query: InvocationQuery,
  order: InvocationOrder,
  after: OrderedCursor | null,
  spans: ReturnType<typeof seriesOverTime> | null,
) {
  const value = VALUES[order.by];
  return telemetryStatement((db, param: Param<{ functionId: number }>) => {
    let select = db
      .selectFrom('invocation')
      .select(COLUMNS)
      .where('invocation.function_id', '=', param('functionId'))
      .where('invocation.end_ms', '>=', query.fromMs)
      .where('invocation.end_ms', '<', query.toMs)
      .orderBy(value, (by) => (order.descending ? by.desc() : by.asc()).nullsLast())
      .orderBy('invocation.end_ms', 'desc')
      .orderBy('invocation.environment_id', 'desc')
      .orderBy('invocation.request_id', 'desc')
      .limit(query.limit + 1);
    if (after !== null) select = select.where((eb) => follows(eb, value, order, after, param('functionId')));
    if (spans !== null) select = select.where((eb) => eb.or(spans.map((span) => matches(eb, span))));
    return narrowed(select, query);
  }).asTuples(...COLUMNS);
}

/** Whether an invocation comes after the cursor. */
function follows(
  eb: ExpressionBuilder<TelemetryTables, 'invocation'>,
  value: Expression<number | null>,
  { descending }: InvocationOrder,
  after: OrderedCursor,
  functionId: Expression<number>,
) {
  const isOlder = eb.or([
    eb('end_ms', '<', after.endMs),
    eb.and([
      eb('end_ms', '=', after.endMs),
      eb.or([
        eb(functionId, '<', after.functionId),
        eb.and([eb(functionId, '=', after.functionId), eb('environment_id', '<', after.environmentId)]),
        eb.and([
          eb(functionId, '=', after.functionId),
          eb('environment_id', '=', after.environmentId),
          eb('request_id', '<', requestIdBytes(after.requestId)),
        ]),
      ]),
    ]),
  ]);
  if (after.value === null) return eb.and([eb(value, 'is', null), isOlder]);
  return eb.or([
    eb(value, 'is', null),
    eb(value, descending ? '<' : '>', after.value),
    eb.and([eb(value, '=', after.value), isOlder]),
  ]);
}

function comparison({ by, descending }: InvocationOrder) {
  return (a: InvocationRow, b: InvocationRow): number => {
    const [one, other] = [numberOf(a, by), numberOf(b, by)];
    if (one === null || other === null) return one === other ? newestFirst(a, b) : one === null ? 1 : -1;
    return (descending ? other - one : one - other) || newestFirst(a, b);
  };
}
