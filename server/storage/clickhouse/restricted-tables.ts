/**
 * Filters of tables that hide what a caller may not read. ClickHouse adds them to every read of a table in a query
 * (`additional_table_filters`), so that a restriction holds in every question, also in those that are written later.
 */
import type { StoreRestriction } from '../restriction.ts';

/**
 * Tables whose rows belong to no function. `shared`: they are only read together with rows that do. `hidden`: about the whole fleet. Every
 * other table has a column `function_id`.
 */
const WITHOUT_FUNCTION: Readonly<Record<string, 'shared' | 'hidden'>> = {
  gateway_request: 'shared',
  line_loss: 'shared',
  schema_migration: 'shared',
  volume_fact: 'shared',
  flow_record: 'hidden',
  import_function: 'hidden',
  import_scope: 'hidden',
  import_state: 'hidden',
  import_total: 'hidden',
  ingest_counter: 'hidden',
  published: 'hidden',
  pull_checkpoint: 'hidden',
  reject: 'hidden',
  source_account: 'hidden',
  trace_attempt: 'hidden',
  worker: 'hidden',
};

/** Tables with a column `function_id`. A test compares them with the migrations. */
export const FUNCTION_TABLES = [
  ...([
    'architecture_fact',
    'deploy',
    'derived_slot',
    'durable_line',
    'environment',
    'error_day',
    'error_group',
  ] as const),
  ...([
    'error_hour',
    'extension_fact',
    'fault_fact',
    'idle_window',
    'init_fact',
    'inventory_fact',
    'invocation_fact',
  ] as const),
  ...(['lambda_function', 'line_stream', 'load_test', 'log_line', 'metric_day', 'metric_drop', 'metric_hour'] as const),
  ...([
    'metric_point',
    'metric_series',
    'metric_value',
    'moved_metric_line',
    'network_event',
    'pending',
    'raw_fact',
    'resource_use',
    'response',
  ] as const),
  ...(['rollup_1d', 'rollup_1h', 'rollup_5m', 'runtime_fact', 'settled', 'start_fact', 'stream_fact'] as const),
  ...(['trace_segment', 'tuning_run'] as const),
] as const;

/** Every table, for the test. */
export const KNOWN_TABLES: readonly string[] = [...FUNCTION_TABLES, ...Object.keys(WITHOUT_FUNCTION)];

/**
 * The query with filters on the tables that it names. On a cluster, nodes get the filters of a Distributed table as they are, and may have
 * another default database: tables in filters are named with theirs.
 */
export function restrictedQuery(query: string, restriction: StoreRestriction, database: string): string {
  const named = new Set(query.match(/\b\w+\b/g));
  const permitted = restriction.map(conditionSql).join(' AND ');
  const own = `function_id IN (SELECT function_id FROM ${identifier(database)}.lambda_function WHERE ${permitted})`;
  const filters = [
    ...FUNCTION_TABLES.map((table) => [table, table === 'lambda_function' ? permitted : own] as const),
    ...Object.entries(WITHOUT_FUNCTION).flatMap(([table, kind]) => (kind === 'hidden' ? [[table, '0'] as const] : [])),
  ].filter(([table]) => named.has(table));
  if (filters.length === 0) return query;
  const map = filters.map(([table, filter]) => `${quoted(table)}: ${quoted(filter)}`).join(', ');
  return `${query} SETTINGS additional_table_filters = {${map}}`;
}

/** A condition on a row of `lambda_function`. */
function conditionSql(condition: StoreRestriction[number]): string {
  if (condition.kind === 'tagged') {
    const { functionIds } = condition;
    return functionIds.length === 0 ? '0' : `function_id IN (${functionIds.join(',')})`;
  }
  const column = { account: 'account', region: 'region', function: 'name' }[condition.kind];
  return `match(${column}, ${quoted(`^(?s:${condition.anyOf.map(expressionOf).join('|')})$`)})`;
}

/** A regular expression (RE2) for a pattern with `*` and `?`. */
function expressionOf(pattern: string): string {
  return pattern.replaceAll(/[^\w]/g, (char) => (char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`));
}

/** A literal of ClickHouse's SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll(/[`\\]/g, '\\$&')}\``;
}
