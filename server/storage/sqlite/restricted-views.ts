/**
 * A connection on which only permitted functions exist: temporary views take the place of the tables, so that a restriction holds in every
 * statement of every question, also in those that are written later.
 */
import type Database from 'better-sqlite3';
import type { StoreRestriction, TaggedCondition } from '../restriction.ts';
import type { TelemetryTables } from './schema.ts';

/**
 * How rows of a table belong to functions. `own`: by `function_id`. `environment`: by `environment_id`. `shared`: rows belong to no
 * function, and are only read together with rows that do. `hidden`: about the whole fleet.
 */
type Ownership = 'functions' | 'own' | 'environment' | 'shared' | 'hidden';

const OWNERSHIP: Readonly<Record<keyof TelemetryTables, Ownership>> = {
  function: 'functions',
  architecture_fact: 'own',
  change: 'own',
  cold_start: 'own',
  deploy: 'own',
  derived_slot: 'own',
  dirty_slot: 'own',
  durable_line: 'own',
  environment: 'own',
  environment_tenant: 'own',
  error_day: 'own',
  error_group: 'own',
  error_hour: 'own',
  function_fact: 'own',
  idle_window: 'own',
  invocation: 'own',
  line_block: 'own',
  load_test: 'own',
  metric_1d: 'own',
  metric_1h: 'own',
  metric_5m: 'own',
  metric_drop: 'own',
  metric_event: 'own',
  metric_point: 'own',
  metric_series: 'own',
  network_event: 'own',
  request_index: 'own',
  resource_use: 'own',
  response: 'own',
  rollup_1d: 'own',
  rollup_1h: 'own',
  rollup_5m: 'own',
  series: 'own',
  trace_segment: 'own',
  tuning_run: 'own',
  extension: 'environment',
  fault: 'environment',
  init_event: 'environment',
  pending_start: 'environment',
  raw_chunk: 'environment',
  runtime_done: 'environment',
  gateway_request: 'shared',
  kept_day: 'shared',
  label: 'shared',
  line_loss: 'shared',
  log_group: 'shared',
  log_volume: 'shared',
  request_index_pending: 'shared',
  store: 'shared',
  counter: 'hidden',
  flow_record: 'hidden',
  import: 'hidden',
  import_base: 'hidden',
  import_function: 'hidden',
  import_piece: 'hidden',
  import_reject: 'hidden',
  log_message: 'hidden',
  pull_checkpoint: 'hidden',
  reject: 'hidden',
  source: 'hidden',
  trace_attempt: 'hidden',
  unknown_field: 'hidden',
};

/** Hides from this connection what the restriction does not permit. The connection must not have been used before. */
export function restrictConnection(db: Database.Database, restriction: StoreRestriction): void {
  // Views are stored in the temporary schema, which takes precedence over the file's.
  db.pragma('temp_store = MEMORY');
  db.pragma('query_only = OFF');
  for (const condition of restriction) if (condition.kind === 'tagged') listTagged(db, condition);
  const permitted = restriction.map((condition) => conditionSql(condition)).join(' AND ');
  for (const [table, ownership] of Object.entries(OWNERSHIP)) {
    const rows = rowsSql(table, ownership, permitted);
    if (rows !== null) db.exec(`CREATE TEMP VIEW "${table}" AS SELECT * FROM main."${table}" WHERE ${rows}`);
  }
  db.pragma('query_only = ON');
}

function rowsSql(table: string, ownership: Ownership, permitted: string): string | null {
  const functions = `SELECT "id" FROM main."function" WHERE ${permitted}`;
  switch (ownership) {
    case 'functions':
      return permitted;
    case 'own':
      return `+"function_id" IN (${functions})`;
    case 'environment':
      return `EXISTS (SELECT 1 FROM main."environment" AS owner WHERE owner."id" = main."${table}"."environment_id"
        AND owner."function_id" IN (${functions}))`;
    case 'shared':
      return null;
    case 'hidden':
      return '0';
  }
}

/** A table of this connection: functions as account:region:name. Their ids would not do: SQLite reuses those of deleted rows. */
const TAGGED = 'tagged_function';

function listTagged(db: Database.Database, { names }: TaggedCondition): void {
  db.exec(`CREATE TEMP TABLE ${TAGGED} (id TEXT PRIMARY KEY) WITHOUT ROWID`);
  const add = db.prepare(`INSERT OR IGNORE INTO temp.${TAGGED} (id) VALUES (?)`);
  if (names === '') return;
  db.transaction(() => {
    for (const id of names.split('\n')) add.run(id);
  })();
}

/** A condition on a row of `function`. The plus keeps it from choosing another index: rows come in the order in which they would without it. */
function conditionSql(condition: StoreRestriction[number]): string {
  if (condition.kind === 'tagged')
    return `(+"account" || ':' || "region" || ':' || "name") IN (SELECT id FROM temp.${TAGGED})`;
  const column = { account: 'account', region: 'region', function: 'name' }[condition.kind];
  return `(${condition.anyOf.map((pattern) => `+"${column}" GLOB ${quoted(pattern)}`).join(' OR ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
