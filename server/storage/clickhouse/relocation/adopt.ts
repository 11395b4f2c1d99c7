/**
 * Finds rows that belong to another function or log stream than they are stored under, and moves them: functions whose account or
 * region is unknown, of which another function of the same name has it, and lines without a log stream as versions before schema 9
 * stored them.
 */
import { UNKNOWN_STREAM } from '../../../../ingest/records/log-event.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import { sharedScope } from '../../aws-scope.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { hashOf, UNKNOWN_STREAM_ID } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';
import { relocate } from './relocate.ts';

interface Function {
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** A batch that is still being stored may add rows to a function for as long as this, by the clock of ClickHouse. */
const QUIET_MS = MINUTE_MS;

/** Moves what can be moved now. Returns the number of moves. @throws StoreError if the user may not alter tables */
export async function adoptRows(
  client: ClickHouseQueryClient,
  options: Pick<ClickHouseOptions, 'cluster'>,
  expiredMs: number,
): Promise<number> {
  let moves = 0;
  for (const { id, account, region, name } of await adoptable(client)) {
    const stored = await functionsNamed(client, name);
    const others = stored.filter((one) => one.id !== id);
    const scope = sharedScope(others, { account, region });
    if (scope === null) continue;
    const to = { functionId: hashOf(scope.account, scope.region, name), ...scope };
    if (to.functionId === id) continue;
    const streams = await client.all<{ id: number; logGroup: string; logStream: string }>(
      `SELECT stream_id AS id, any(log_group) AS logGroup, any(log_stream) AS logStream FROM stream_fact
       WHERE function_id = {id:UInt64} AND stream_id != ${UNKNOWN_STREAM_ID} GROUP BY stream_id`,
      { id },
    );
    await relocate(client, options, {
      functionId: id,
      to,
      streams: new Map(
        streams.map((one) => [one.id, hashOf(scope.account, scope.region, one.logGroup, one.logStream)]),
      ),
      expiredMs,
    });
    moves += 1;
  }
  return moves;
}

/** Moves lines that versions before schema 9 stored in an environment named `unknown`. @throws StoreError */
export async function moveOldUnknownStreams(
  client: ClickHouseQueryClient,
  options: Pick<ClickHouseOptions, 'cluster'>,
  expiredMs: number,
): Promise<number> {
  const found = await client.all<Omit<Function, 'name'> & { readonly streams: readonly number[] }>(
    `SELECT function_id AS id, any(account) AS account, any(region) AS region, groupUniqArray(stream_id) AS streams FROM stream_fact
     WHERE log_stream = {name:String} AND stream_id != ${UNKNOWN_STREAM_ID} GROUP BY function_id`,
    { name: UNKNOWN_STREAM },
  );
  for (const { id, account, region, streams } of found) {
    await relocate(client, options, {
      functionId: id,
      to: { functionId: id, account, region },
      streams: new Map(streams.map((stream) => [stream, UNKNOWN_STREAM_ID])),
      expiredMs,
    });
  }
  return found.length;
}

/** Functions without account or region that nothing was added to lately, of whose name there is another one. */
function adoptable(client: ClickHouseQueryClient): Promise<readonly Function[]> {
  return client.all<Function>(
    `SELECT DISTINCT function_id AS id, account, region, name FROM lambda_function WHERE (account = '' OR region = '')
       AND name IN (SELECT name FROM lambda_function GROUP BY name HAVING uniqExact(function_id) > 1)
       AND function_id NOT IN (SELECT function_id FROM stream_fact WHERE received_ms > ${NOW_MS} - ${QUIET_MS})
     ORDER BY id`,
  );
}

function functionsNamed(client: ClickHouseQueryClient, name: string): Promise<readonly Function[]> {
  return client.all<Function>(
    'SELECT DISTINCT function_id AS id, account, region, name FROM lambda_function WHERE name = {name:String}',
    { name },
  );
}
