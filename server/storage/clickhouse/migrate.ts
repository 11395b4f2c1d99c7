/** Migrates a ClickHouse database to the newest schema: forward only, each statement safe to repeat. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { StoreError } from '../ports.ts';
import type { ClickHouseOptions } from './connection.ts';
import { OLDEST_VERSION, storeErrorOf } from './connection.ts';

/** Deduplication tokens that a node without Keeper remembers per table. */
const TOKENS = 10_000;
/** Fsync parts, so that an acknowledged insert survives a power loss. */
const DURABLE = 'fsync_after_insert = 1, fsync_part_directory = 1';

/**
 * Applies missing migrations. ClickHouse has no transactions for schema changes, so a start after an interrupted
 * migration repeats its statements.
 * @returns the versions applied.
 * @throws StoreError `newer-schema` if a newer version wrote the database; `unavailable` if ClickHouse is too old,
 * unreachable or lacks a grant.
 */
export async function migrate(
  client: ClickHouseClient,
  options: ClickHouseOptions,
  folder: string,
  nowMs: number,
): Promise<readonly number[]> {
  try {
    await assertVersion(client);
    for (const statement of statementsOf(BOOKKEEPING, options)) await client.command({ query: statement });
    const current = await currentVersion(client);
    const files = migrationsIn(folder);
    const newest = Number(files.at(-1)?.slice(0, 4) ?? 0);
    if (current > newest) {
      throw new StoreError(
        'newer-schema',
        `The database ${options.database} has schema ${current}, this version supports schemas up to ${newest}. Start the newer version`,
      );
    }
    const missing = files.filter((name) => Number(name.slice(0, 4)) > current);
    for (const name of missing) {
      for (const statement of statementsOf(readFileSync(join(folder, name), 'utf8'), options)) {
        await client.command({ query: statement });
      }
      await client.insert({
        table: 'schema_migration',
        values: [{ version: Number(name.slice(0, 4)), name, applied_ms: nowMs }],
        format: 'JSONEachRow',
      });
    }
    return missing.map((name) => Number(name.slice(0, 4)));
  } catch (error) {
    throw storeErrorOf(error, options);
  }
}

/**
 * Checks the schema for a worker, which does not migrate. @throws StoreError if the schema version differs from this
 * program's.
 */
export async function assertSchema(
  client: ClickHouseClient,
  options: ClickHouseOptions,
  folder: string,
): Promise<void> {
  try {
    const known = Math.max(0, ...migrationsIn(folder).map((name) => Number(name.slice(0, 4))));
    const current = await currentVersion(client);
    if (current !== known) {
      throw new StoreError(
        current > known ? 'newer-schema' : 'unavailable',
        `The database ${options.database} has schema ${current}, this version requires ${known}. Start the server of this version first`,
      );
    }
  } catch (error) {
    throw storeErrorOf(error, options);
  }
}

function migrationsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .toSorted();
}

const BOOKKEEPING = `CREATE TABLE {table schema_migration by version} (
  version UInt32,
  name String,
  applied_ms Int64
) {engine ReplacingMergeTree} ORDER BY version;`;

async function assertVersion(client: ClickHouseClient): Promise<void> {
  const answer = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
  const [row] = await answer.json<{ readonly version: string }>();
  const [major = 0, minor = 0] = (row?.version ?? '').split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = OLDEST_VERSION.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new StoreError(
    'unavailable',
    `ClickHouse ${row?.version ?? '?'} is too old: ${OLDEST_VERSION} or newer is required`,
  );
}

async function currentVersion(client: ClickHouseClient): Promise<number> {
  const answer = await client.query({
    query: 'SELECT max(version) AS version FROM schema_migration',
    format: 'JSONEachRow',
  });
  const [row] = await answer.json<{ readonly version: number }>();
  return row?.version ?? 0;
}

/**
 * Returns the statements of a migration for this installation. `{table NAME by COLUMN}` creates the table itself on one
 * node; on a cluster, `NAME_local` on every node and a Distributed table `NAME` sharded by the column. `{own NAME}` is
 * the table that holds the rows, on every node; `{each NAME}` is both.
 */
export function statementsOf(
  text: string,
  { cluster, database }: Pick<ClickHouseOptions, 'cluster' | 'database'>,
): readonly string[] {
  const statements = text
    .replaceAll(/--.*$/gm, '')
    .split(/;\s*$/m)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return statements.flatMap((statement) => {
    const everywhere = cluster === null ? '' : ` ON CLUSTER ${quoted(cluster)}`;
    const altered = /\{(own|each) (\w+)\}/.exec(statement);
    if (altered !== null) {
      const [macro, which, name = ''] = altered;
      const names = cluster === null ? [name] : which === 'own' ? [`${name}_local`] : [`${name}_local`, name];
      return names.map((one) => statement.replace(macro, () => `${one}${everywhere}`));
    }
    const table = /\{table (\w+) by (\w+)\}/.exec(statement);
    if (table === null) return [statement];
    const [macro, name = '', column = ''] = table;
    if (cluster === null) {
      const own = statement.replace(macro, `IF NOT EXISTS ${name}`).replace(/\{engine ([\w()]+)\}/, 'ENGINE = $1');
      return [`${own} SETTINGS non_replicated_deduplication_window = ${TOKENS}, ${DURABLE}`];
    }
    const local = statement
      .replace(macro, `IF NOT EXISTS ${name}_local${everywhere}`)
      .replace(/\{engine ([\w()]+)\}/, (_, kind: string) => `ENGINE = Replicated${kind}`);
    return [
      `${local} SETTINGS replicated_deduplication_window = ${TOKENS}, ${DURABLE}`,
      `CREATE TABLE IF NOT EXISTS ${name}${everywhere} AS ${name}_local ENGINE = Distributed(${quoted(cluster)}, ${quoted(database)}, ${name}_local, ${column})`,
    ];
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
