/** Work is a mark that is not settled. Doing it twice does no harm, so nobody has to agree on who does it. */
import type { ClickHouseQueryClient, QueryParameters } from '../query-client.ts';

export type Queue = 'environment' | 'slot';

export interface Mark {
  readonly functionId: number;
  readonly at: string;
  readonly item: number;
  readonly mark: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly n: number;
}

/** Which functions are this worker's: those whose id leaves one of the remainders. */
export interface FunctionShard {
  readonly of: number;
  readonly remainders: readonly number[];
}

export const WHOLE_FLEET: FunctionShard = { of: 1, remainders: [0] };

/** Which marks a look is at: those of the last hour, which is quickly told, or all there are. */
export type PendingScope = 'recent' | 'all';

/** Marks of this share that are not settled, as the rest of a statement that selects from them. Binds {@link pendingParameters}. */
export function pendingRows(reach: PendingScope): string {
  const when = (table: string): string => (reach === 'all' ? '' : ` AND ${table}.at > now64(3) - INTERVAL 1 HOUR`);
  // A mark is settled with its own time: both sides reach back alike.
  return `pending WHERE queue = {queue:String}${when('pending')} AND function_id % {of:UInt32} IN {remainders:Array(UInt32)}
       AND (function_id, item, mark) NOT IN (SELECT function_id, item, mark FROM settled WHERE queue = {queue:String}${when('settled')})`;
}

export function pendingParameters(queue: Queue, { of, remainders }: FunctionShard): QueryParameters {
  return { queue, of, remainders };
}

/** The oldest marks of this share, `limit` at most. */
export async function pendingMarks(
  client: ClickHouseQueryClient,
  queue: Queue,
  {
    share: shard,
    reach: scope,
    limit,
  }: { readonly share: FunctionShard; readonly reach: PendingScope; readonly limit: number },
): Promise<readonly Mark[]> {
  return client.all<Mark>(
    `SELECT function_id AS functionId, toString(at) AS at, item, mark, from_ms AS fromMs, to_ms AS toMs, n
     FROM ${pendingRows(scope)}
     ORDER BY at, function_id, item, mark LIMIT 1 BY function_id, item, mark LIMIT {limit:UInt32}`,
    { ...pendingParameters(queue, shard), limit },
  );
}

export async function settle(
  client: ClickHouseQueryClient,
  queue: Queue,
  marks: readonly Pick<Mark, 'functionId' | 'at' | 'item' | 'mark'>[],
): Promise<void> {
  await client.insert(
    'settled',
    marks.map(({ functionId, at, item, mark }) => ({ queue, at, function_id: functionId, item, mark })),
  );
}
