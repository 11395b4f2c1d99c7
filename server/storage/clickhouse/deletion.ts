/**
 * Deletes functions with everything that is stored about them. Tables are found by their columns, so that a new table is
 * never forgotten; each is deleted from with one mutation, and the functions themselves last.
 */
import type { DeletionScope } from '../ports.ts';
import type { ClickHouseOptions } from './connection.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

type FunctionScope = Exclude<DeletionScope, { readonly tuningRunIds: unknown }>;

/** Ids per statement. */
const IDS_AT_ONCE = 5000;
/** Deleted last: an interrupted deletion finds its work by them. */
const LAST = ['environment', 'stream_fact', 'lambda_function'];

/** Deletes the scope. Can be repeated. @throws StoreError if the user may not alter tables. */
export async function deleteTelemetry(
  client: ClickHouseQueryClient,
  { cluster }: Pick<ClickHouseOptions, 'cluster'>,
  scope: DeletionScope,
): Promise<void> {
  const suffix = cluster === null ? '' : '_local';
  const everywhere = cluster === null ? '' : ` ON CLUSTER '${cluster.replaceAll(/['\\]/g, '\\$&')}'`;
  // Waits until every replica has deleted the rows.
  const drop = (table: string, where: string): Promise<void> =>
    client.run(`ALTER TABLE ${table}${suffix}${everywhere} DELETE WHERE ${where} SETTINGS mutations_sync = 2`);
  if ('tuningRunIds' in scope) {
    for (const some of inParts(scope.tuningRunIds))
      await drop('tuning_run', `digest IN (${some.map(quoted).join(',')})`);
    return;
  }
  const columns = await client.all<{ table: string; name: string }>(
    `SELECT table, name FROM system.columns WHERE database = currentDatabase()
       AND name IN ('function_id', 'log_group_id', 'account')`,
  );
  const tablesWith = (column: string): readonly string[] =>
    columns
      .filter(({ table, name }) => name === column && table.endsWith(suffix))
      .map(({ table }) => table.slice(0, table.length - suffix.length));
  const ids = await functionIds(client, scope);
  const groups = await groupsOf(client, ids, scope);
  for (const traceKeys of inParts(await tracesOnlyOf(client, ids)))
    await drop('trace_segment', `function_id = 0 AND trace_key IN (${traceKeys.join(',')})`);
  for (const some of inParts(groups)) {
    const names = some.map(({ name }) => quoted(name)).join(',');
    await drop('reject', `log_group IN (${names})`);
    for (const table of tablesWith('log_group_id'))
      await drop(table, `log_group_id IN (${some.map(({ id }) => id).join(',')})`);
  }
  const byFunction = tablesWith('function_id');
  const inOrder = [...byFunction.filter((table) => !LAST.includes(table)), ...LAST];
  for (const some of inParts(ids)) for (const table of inOrder) await drop(table, `function_id IN (${some.join(',')})`);
  if ('account' in scope) {
    const series = `SELECT series_id FROM metric_series WHERE account = ${quoted(scope.account)} AND function_id = 0`;
    for (const table of ['metric_point', 'metric_value', 'metric_hour'])
      await drop(table, `function_id = 0 AND series_id IN (${series})`);
    const whole = ['network_event', 'flow_record', 'pull_checkpoint', 'volume_fact', 'metric_series'];
    for (const table of whole.filter((name) => tablesWith('account').includes(name)))
      await drop(table, `account = ${quoted(scope.account)}`);
  }
}

async function functionIds(client: ClickHouseQueryClient, scope: FunctionScope): Promise<readonly number[]> {
  if ('functionIds' in scope) return scope.functionIds;
  const rows = await client.all<{ id: number }>(
    `SELECT DISTINCT function_id AS id FROM lambda_function WHERE account = {account:String}
     UNION DISTINCT SELECT DISTINCT function_id AS id FROM stream_fact WHERE account = {account:String}`,
    { account: scope.account },
  );
  return rows.map(({ id }) => id);
}

/** Log groups to which no other function writes, with the ids that rows of a group have. */
async function groupsOf(
  client: ClickHouseQueryClient,
  ids: readonly number[],
  scope: FunctionScope,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  const found: { id: number; name: string }[] = [];
  const rows = await client.all<{ account: string; region: string; name: string; functions: number[] }>(
    `SELECT account, region, log_group AS name, groupUniqArray(function_id) AS functions
     FROM stream_fact GROUP BY account, region, log_group`,
  );
  const deleted = new Set(ids);
  for (const { account, region, name, functions } of rows) {
    const isOwn = functions.every((id) => deleted.has(id));
    if (isOwn || ('account' in scope && account === scope.account))
      found.push({ id: hashOf(account, region, name), name });
  }
  return found;
}

/** Traces in which no other function takes part. */
async function tracesOnlyOf(client: ClickHouseQueryClient, ids: readonly number[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const some of inParts(ids)) {
    const list = some.join(',');
    const rows = await client.all<{ key: number }>(
      `SELECT trace_key AS key FROM trace_segment
       WHERE trace_key IN (SELECT trace_key FROM trace_segment WHERE function_id IN (${list}))
       GROUP BY trace_key HAVING countIf(function_id != 0 AND function_id NOT IN (${list})) = 0`,
    );
    found.push(...rows.map(({ key }) => key));
  }
  return found;
}

function* inParts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += IDS_AT_ONCE) yield items.slice(at, at + IDS_AT_ONCE);
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
