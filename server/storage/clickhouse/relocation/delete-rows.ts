/** Deletes rows of a table on every node, and waits until they are deleted. */
import type { ClickHouseOptions } from '../connection.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

/** `where` is SQL without parameters. @throws StoreError if the user may not alter tables */
export async function deleteRows(
  client: ClickHouseQueryClient,
  { cluster }: Pick<ClickHouseOptions, 'cluster'>,
  table: string,
  where: string,
): Promise<void> {
  const own = cluster === null ? table : `${table}_local ON CLUSTER '${cluster.replaceAll(/['\\]/g, '\\$&')}'`;
  await client.run(`ALTER TABLE ${own} DELETE WHERE ${where} SETTINGS mutations_sync = 2`);
}
