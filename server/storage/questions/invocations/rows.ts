/**
 * Reads invocations as tuples and makes objects of one shape of them, which the driver takes three times as long for. Many are
 * read as one JSON text: the driver takes twice as long for tuples.
 */
import { sql } from 'kysely';
import type { Tuple } from '../../sqlite/read-connection.ts';
import type { InvocationRow } from '../../sqlite/schema.ts';

/** The columns that {@link rowOf} takes, in its order. */
export const COLUMNS = [
  'function_id',
  'end_ms',
  'request_id',
  'environment_id',
  'series_id',
  'run_ms',
  'duration_us',
  'billed_ms',
  'max_memory_mb',
  'init_us',
  'restore_us',
  'billed_restore_ms',
  'hidden_init_us',
  'init_timed_out',
  'status',
  'error_type_id',
  'cold',
  'user_felt',
  'trace_id',
  'segment_id',
  'sampled',
  'tenant_id',
] as const;

type Columns = Tuple<InvocationRow, typeof COLUMNS>;
/** Ids are text; anything else is as in the table. */
type JsonTuple = {
  [At in keyof Columns]: Uint8Array extends Columns[At] ? Exclude<Columns[At], Uint8Array> : Columns[At];
};

/** Begins an id that is stored as text, which no hexadecimal digits of a blob do. */
const TEXT = ':';

/** Aggregate function: all rows of a subquery with the {@link COLUMNS}, as text for {@link parseRows}. */
export const JSON_ROWS = sql<string>`json_group_array(json_array(${sql.join(COLUMNS.map(jsonValue))}))`;

function jsonValue(name: (typeof COLUMNS)[number]) {
  const column = sql.ref(name);
  if (name !== 'request_id' && name !== 'trace_id') return column;
  return sql`iif(typeof(${column}) = 'blob', hex(${column}), ${sql.lit(TEXT)} || ${column})`;
}

/** The invocations of {@link JSON_ROWS}, in their order. */
export function parseRows(text: string): InvocationRow[] {
  const rows: unknown = JSON.parse(text);
  return Array.isArray(rows) ? rows.filter(isTuple).map(rowOfJson) : [];
}

/** The values are as the driver would return them. */
function isTuple(row: unknown): row is JsonTuple {
  return Array.isArray(row) && row.length === COLUMNS.length;
}

function rowOfJson(tuple: JsonTuple): InvocationRow {
  const traceId = tuple[TRACE_AT];
  const ids = { request_id: idOf(tuple[REQUEST_AT]), trace_id: traceId === null ? null : idOf(traceId) };
  return Object.assign(rowOf(tuple), ids);
}

const REQUEST_AT = 2;
const TRACE_AT = 18;

function idOf(text: string): Uint8Array | string {
  return text.startsWith(TEXT) ? text.slice(TEXT.length) : Buffer.from(text, 'hex');
}

/** An invocation by its columns. */
export function rowOf([
  function_id,
  end_ms,
  request_id,
  environment_id,
  series_id,
  run_ms,
  duration_us,
  billed_ms,
  max_memory_mb,
  init_us,
  restore_us,
  billed_restore_ms,
  hidden_init_us,
  init_timed_out,
  status,
  error_type_id,
  cold,
  user_felt,
  trace_id,
  segment_id,
  sampled,
  tenant_id,
]: Tuple<InvocationRow, typeof COLUMNS>): InvocationRow {
  return {
    function_id,
    end_ms,
    request_id,
    environment_id,
    series_id,
    run_ms,
    duration_us,
    billed_ms,
    max_memory_mb,
    init_us,
    restore_us,
    billed_restore_ms,
    hidden_init_us,
    init_timed_out,
    status,
    error_type_id,
    cold,
    user_felt,
    trace_id,
    segment_id,
    sampled,
    tenant_id,
  };
}
