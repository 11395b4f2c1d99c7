/**
 * Moves rows to the function and the log streams that they turn out to belong to: copies them under their new key, queues what has
 * to be classified again, and deletes them under the old one. Rows merge by their key, so an interrupted move can be repeated.
 */
import { randomUUID } from 'node:crypto';
import { COUNT_COLUMNS, LEVELS } from '../../rollup/bucket.ts';
import { IS_COPY } from '../classify/classification.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { hashOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';
import { deleteRows } from './delete-rows.ts';

export interface Relocation {
  /** Id of the function that has the rows. */
  readonly functionId: number;
  readonly to: {
    readonly functionId: number;
    readonly account: string;
    readonly region: string;
  };
  /** New ids of log streams by their old ones. */
  readonly streams: ReadonlyMap<number, number>;
  /** Retention may have deleted events before this time, epoch ms: what was computed from them is moved. */
  readonly expiredMs: number;
}

/** Recomputed from facts. */
const DERIVED = [
  'environment',
  'derived_slot',
  'error_hour',
  'idle_window',
  'pending',
  'settled',
  ...LEVELS.map(({ table }) => table),
];
/** Deleted last: a repeated move finds its work by them. */
const LAST = ['stream_fact', 'lambda_function'];

type Column = { readonly table: string; readonly name: string };

/** Moves a function as a whole, or some of its streams within it. @throws StoreError if the user may not alter tables */
export async function relocate(
  client: ClickHouseQueryClient,
  options: Pick<ClickHouseOptions, 'cluster'>,
  move: Relocation,
): Promise<void> {
  const isWhole = move.to.functionId !== move.functionId;
  const tables = await tablesOf(client, options);
  const has = (table: string, name: string): boolean => tables.get(table)?.includes(name) === true;
  const own = (table: string): string =>
    ownRows(move, isWhole, has(table, 'stream_id') ? 'stream_id' : 'environment_id');
  const names = await withRows(
    client,
    [...tables.keys()].filter((table) => isWhole || has(table, 'stream_id') || has(table, 'environment_id')),
    own,
  );
  const marks = await client.all<{ stream: number; fromMs: number; toMs: number }>(
    `SELECT stream_id AS stream, min(first_ms) AS fromMs, max(last_ms) AS toMs FROM stream_fact WHERE ${own('stream_fact')} GROUP BY stream_id`,
  );
  const facts = names.filter((table) => !DERIVED.includes(table));
  await Promise.all(facts.map((table) => copy(client, table, tables.get(table) ?? [], own(table), move)));
  if (isWhole && move.expiredMs > 0) await copyExpired(client, tables, move);
  await client.insert(
    'pending',
    marks.map(({ stream, fromMs, toMs }) => ({
      queue: 'environment',
      function_id: move.to.functionId,
      item: move.streams.get(stream) ?? stream,
      mark: hashOf('moved', randomUUID()),
      from_ms: fromMs,
      to_ms: toMs,
      n: 1,
    })),
  );
  const drop = (table: string): Promise<void> => deleteRows(client, options, table, own(table));
  await Promise.all(names.filter((table) => !LAST.includes(table)).map(drop));
  for (const table of LAST) if (names.includes(table)) await drop(table);
}

/** The tables that have some of the rows. */
async function withRows(
  client: ClickHouseQueryClient,
  tables: readonly string[],
  own: (table: string) => string,
): Promise<readonly string[]> {
  const counts = tables.map((table) => `SELECT '${table}' AS name, count() AS n FROM ${table} WHERE ${own(table)}`);
  const found = await client.all<{ name: string }>(`SELECT name FROM (${counts.join(' UNION ALL ')}) WHERE n > 0`);
  return found.map(({ name }) => name);
}

function ownRows({ functionId, streams }: Relocation, isWhole: boolean, stream: string): string {
  const mine = `function_id = ${functionId}`;
  return isWhole ? mine : `${mine} AND ${stream} IN (${[...streams.keys()].join(',')})`;
}

async function tablesOf(
  client: ClickHouseQueryClient,
  { cluster }: Pick<ClickHouseOptions, 'cluster'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const columns = await client.all<Column>(
    `SELECT table, name FROM system.columns WHERE database = currentDatabase() AND default_kind NOT IN ('ALIAS', 'MATERIALIZED')
     ORDER BY table, position`,
  );
  const found = new Map<string, string[]>();
  for (const { table, name } of columns) {
    if (cluster !== null && table.endsWith('_local')) continue;
    found.set(table, [...(found.get(table) ?? []), name]);
  }
  return new Map([...found].filter(([, names]) => names.includes('function_id')));
}

async function copy(
  client: ClickHouseQueryClient,
  table: string,
  columns: readonly string[],
  where: string,
  move: Relocation,
): Promise<void> {
  const expressions = columns.map((name) => moved(name, move));
  await client.run(
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${expressions.join(', ')} FROM ${table} WHERE ${where}
     SETTINGS insert_deduplicate = 0`,
  );
}

/** The value of a column after the move, as SQL. */
function moved(name: string, { to, streams }: Relocation): string {
  switch (name) {
    case 'function_id':
      return `toUInt64(${to.functionId})`;
    case 'stream_id':
    case 'environment_id': {
      const [from, into] = [[...streams.keys()], [...streams.values()]];
      if (from.length === 0) return name;
      return `transform(${name}, [${from.map(unsigned).join(',')}], [${into.map(unsigned).join(',')}], ${name})`;
    }
    case 'account':
      return to.account === '' ? name : `if(${name} = '', ${quoted(to.account)}, toString(${name}))`;
    case 'region':
      return to.region === '' ? name : `if(${name} = '', ${quoted(to.region)}, toString(${name}))`;
    // It depends on the lines beside it. A copy stays one.
    case 'verdict':
      return `if(${IS_COPY}, verdict, '')`;
    default:
      return name;
  }
}

/**
 * Rollups and attributed hours of events that retention has deleted. Sums of both functions replace one row and empty the other in
 * one insert, so that nothing counts twice after an interruption.
 */
async function copyExpired(
  client: ClickHouseQueryClient,
  tables: ReadonlyMap<string, readonly string[]>,
  move: Relocation,
): Promise<void> {
  const both = `function_id IN (${move.functionId}, ${move.to.functionId})`;
  const maps = ['duration', 'cold_init', 'cold_total'];
  for (const { table } of LEVELS) {
    const where = `${both} AND bucket < ${Math.floor(move.expiredMs)}`;
    const key = 'bucket, version, memory_mb';
    const columns = `function_id, ${key}, ${COUNT_COLUMNS.join(', ')}, max_memory_mb, ${maps.join(', ')}, written`;
    await client.run(
      `INSERT INTO ${table} (${columns})
       SELECT toUInt64(${move.to.functionId}), ${key}, ${COUNT_COLUMNS.map((name) => `sum(${name})`).join(', ')}, max(max_memory_mb),
         ${maps.map((name) => `sumMap(${name})`).join(', ')}, ${NOW_MS} FROM ${table} FINAL WHERE ${where} GROUP BY ${key}
       UNION ALL SELECT function_id, ${key}, ${COUNT_COLUMNS.map(() => 'toUInt64(0)').join(', ')}, CAST(NULL, 'Nullable(UInt32)'),
         ${maps.map((name) => `CAST(map(), toTypeName(${name}))`).join(', ')}, ${NOW_MS}
       FROM ${table} FINAL WHERE function_id = ${move.functionId} AND bucket < ${Math.floor(move.expiredMs)}
       SETTINGS insert_deduplicate = 0`,
    );
  }
  for (const table of ['derived_slot', 'error_hour']) {
    const columns = tables.get(table) ?? [];
    await client.run(
      `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map((name) => moved(name, move)).join(', ')} FROM ${table} FINAL
       WHERE function_id = ${move.functionId} AND slot_ms < ${Math.floor(move.expiredMs)}
         AND slot_ms NOT IN (SELECT slot_ms FROM ${table} WHERE function_id = ${move.to.functionId}) SETTINGS insert_deduplicate = 0`,
    );
  }
}

function unsigned(id: number): string {
  return `toUInt64(${id})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
