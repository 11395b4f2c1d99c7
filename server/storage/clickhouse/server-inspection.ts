/** Inspects a ClickHouse server, and lists the grants its users need. */

import { integer } from '../../../ingest/text/quantities.ts';
import { MAX_CLOCK_SKEW_MS } from '../../config/clock-skew.ts';
import type { ClickHouseOptions } from './connection.ts';
import { connect, storeErrorOf } from './connection.ts';
import { ClickHouseQueryClient, NOW_MS } from './query-client.ts';

/** Returns statements that create least-privilege users for the server and for workers. */
export function grantsFor({ database, user }: Pick<ClickHouseOptions, 'database' | 'user'>): readonly string[] {
  const name = quoted(database);
  return [
    `CREATE DATABASE IF NOT EXISTS ${name};`,
    `-- The server creates and alters its own tables.`,
    `GRANT SELECT, INSERT, CREATE TABLE, ALTER TABLE ON ${name}.* TO ${quoted(user)};`,
    `GRANT SELECT ON system.tables TO ${quoted(user)};`,
    `GRANT SELECT ON system.parts TO ${quoted(user)};`,
    `-- Processes beside it (thermocline ingest, thermocline derive) may use another user, which creates no tables.`,
    `GRANT SELECT, INSERT ON ${name}.* TO thermocline_worker;`,
    `GRANT SELECT ON system.parts TO thermocline_worker;`,
    `-- On a cluster, statements ON CLUSTER and Distributed tables need these as well.`,
    `GRANT CLUSTER, REMOTE ON *.* TO ${quoted(user)};`,
  ];
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``;
}

export interface ServerInspection {
  readonly version: string;
  /** This machine's clock minus ClickHouse's, ms. */
  readonly skewMs: number;
  /** Schema version; 0 before the first start. */
  readonly schema: number;
  /** Tables with unusually many parts in one partition: merges do not keep up. */
  readonly manyParts: readonly { readonly table: string; readonly parts: number }[];
}

const MANY_PARTS = 300;

/** Returns warnings about a server that can be used, or the error if it cannot be queried. */
export async function serverWarnings(options: ClickHouseOptions): Promise<readonly string[]> {
  try {
    const { skewMs, manyParts } = await inspectServer(options);
    return [...(Math.abs(skewMs) > MAX_CLOCK_SKEW_MS ? [skewSentence(skewMs)] : []), ...manyParts.map(partsWarning)];
  } catch (error) {
    return [storeErrorOf(error, options).message];
  }
}

function skewSentence(skewMs: number): string {
  const seconds = integer(Math.abs(skewMs) / 1000);
  return `The clock of ClickHouse is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} this machine's: run NTP (chrony, systemd-timesyncd) on both`;
}

/** Returns the warning for a table whose merges do not keep up. */
export function partsWarning({ table, parts }: ServerInspection['manyParts'][number]): string {
  return `Table ${table} has ${parts} parts in one partition: merges do not keep up. See system.merges and the log of ClickHouse for a part that cannot be merged`;
}

/** The clock of the server, epoch ms. @throws StoreError */
export async function serverTimeMs(options: ClickHouseOptions): Promise<number> {
  const connection = connect(options);
  try {
    const row = await new ClickHouseQueryClient(connection, options).one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
    if (row === undefined) throw new Error('no row');
    return row.ms;
  } catch (error) {
    throw storeErrorOf(error, options);
  } finally {
    await connection.close();
  }
}

/** Inspects the server without changing anything. @throws StoreError */
export async function inspectServer(options: ClickHouseOptions): Promise<ServerInspection> {
  const connection = connect(options);
  const client = new ClickHouseQueryClient(connection, options);
  try {
    const began = Date.now();
    const server = await client.one<{ version: string; ms: number }>(
      'SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS ms',
    );
    const middle = (began + Date.now()) / 2;
    const [there] = await client.all<{ n: number }>(
      "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migration'",
    );
    const schema =
      (there?.n ?? 0) === 0
        ? 0
        : ((await client.one<{ version: number }>('SELECT max(version) AS version FROM schema_migration'))?.version ??
          0);
    const manyParts = await client.all<{ table: string; parts: number }>(
      `SELECT table, count() AS parts FROM system.parts WHERE active AND database = currentDatabase()
       GROUP BY table, partition HAVING parts > ${MANY_PARTS} ORDER BY parts DESC LIMIT 5`,
    );
    return { version: server?.version ?? '?', skewMs: middle - (server?.ms ?? middle), schema, manyParts };
  } catch (error) {
    throw storeErrorOf(error, options);
  } finally {
    await connection.close();
  }
}
