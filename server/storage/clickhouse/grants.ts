/** What the users of ClickHouse need, and whether this one has it. */

import { Asking } from './ask.ts';
import type { ClickHouseOptions } from './connection.ts';
import { connect, storeErrorOf } from './connection.ts';

/** Statements that make least-privilege users: the server's, and that of processes that take in or derive. */
export function grantsFor({ database, user }: Pick<ClickHouseOptions, 'database' | 'user'>): readonly string[] {
  const name = quoted(database);
  return [
    `CREATE DATABASE IF NOT EXISTS ${name};`,
    `-- The server: it makes and alters its own tables, and nothing else.`,
    `GRANT SELECT, INSERT, CREATE TABLE, ALTER TABLE ON ${name}.* TO ${quoted(user)};`,
    `GRANT SELECT ON system.tables TO ${quoted(user)};`,
    `GRANT SELECT ON system.parts TO ${quoted(user)};`,
    `-- Processes beside it (thermocline ingest, thermocline derive) may be another user, who makes nothing.`,
    `GRANT SELECT, INSERT ON ${name}.* TO thermocline_worker;`,
    `GRANT SELECT ON system.parts TO thermocline_worker;`,
    `-- On a cluster, statements ON CLUSTER and Distributed tables need these as well.`,
    `GRANT CLUSTER, REMOTE ON *.* TO ${quoted(user)};`,
  ];
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``;
}

export interface Examined {
  readonly version: string;
  /** ClickHouse's clock less this machine's, ms. */
  readonly skewMs: number;
  /** Of the schema; 0 before the first start. */
  readonly schema: number;
  /** Rows that cannot be merged for now: tables with far more parts than usual. */
  readonly manyParts: readonly { readonly table: string; readonly parts: number }[];
}

const MANY_PARTS = 300;

/** Looks, and changes nothing. @throws StoreError with a sentence. */
export async function examine(options: ClickHouseOptions): Promise<Examined> {
  const client = connect(options);
  const ask = new Asking(client, options);
  try {
    const began = Date.now();
    const told = await ask.one<{ version: string; ms: number }>(
      'SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS ms',
    );
    const middle = (began + Date.now()) / 2;
    const [there] = await ask.all<{ n: number }>(
      "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migration'",
    );
    const schema =
      (there?.n ?? 0) === 0
        ? 0
        : ((await ask.one<{ version: number }>('SELECT max(version) AS version FROM schema_migration'))?.version ?? 0);
    const manyParts = await ask.all<{ table: string; parts: number }>(
      `SELECT table, count() AS parts FROM system.parts WHERE active AND database = currentDatabase()
       GROUP BY table, partition HAVING parts > ${MANY_PARTS} ORDER BY parts DESC LIMIT 5`,
    );
    return { version: told?.version ?? '?', skewMs: (told?.ms ?? middle) - middle, schema, manyParts };
  } catch (error) {
    throw storeErrorOf(error, options);
  } finally {
    await client.close();
  }
}
