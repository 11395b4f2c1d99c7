/** Work queue: a mark is pending until it is settled. Processing a mark twice is harmless, so no coordination is needed. */
import type { ClickHouseQueryClient, QueryParameters } from '../query-client.ts';

/** `environment`: environments to classify. `slot`: hours to attribute. */
export type Queue = 'environment' | 'slot';

export interface Mark {
  readonly functionId: number;
  /** Time of the mark by ClickHouse's clock, as text. */
  readonly at: string;
  /** Id of the environment, or start of the hour. */
  readonly item: number;
  readonly mark: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly n: number;
}

/** Functions of one worker: those with id % `of` among the remainders. */
export interface FunctionShard {
  readonly of: number;
  readonly remainders: readonly number[];
}

export const WHOLE_FLEET: FunctionShard = { of: 1, remainders: [0] };

/** `recent`: marks of the last hour, a fast query. `all`: every mark. */
export type PendingScope = 'recent' | 'all';

/** Returns the FROM and WHERE clauses that select unsettled marks of a shard. Needs {@link pendingParameters}. */
export function pendingRows(scope: PendingScope): string {
  const when = (table: string): string => (scope === 'all' ? '' : ` AND ${table}.at > now64(3) - INTERVAL 1 HOUR`);
  // A settled mark keeps its own time, so both sides cover the same period.
  return `pending WHERE queue = {queue:String}${when('pending')} AND function_id % {of:UInt32} IN {remainders:Array(UInt32)}
       AND (function_id, item, mark) NOT IN (SELECT function_id, item, mark FROM settled WHERE queue = {queue:String}${when('settled')})`;
}

/** Returns the parameters of {@link pendingRows}. */
export function pendingParameters(queue: Queue, { of, remainders }: FunctionShard): QueryParameters {
  return { queue, of, remainders };
}

/** Returns the oldest unsettled marks of the shard, at most `limit`. */
export async function pendingMarks(
  client: ClickHouseQueryClient,
  queue: Queue,
  { shard, scope, limit }: { readonly shard: FunctionShard; readonly scope: PendingScope; readonly limit: number },
): Promise<readonly Mark[]> {
  return client.all<Mark>(
    `SELECT function_id AS functionId, toString(at) AS at, item, mark, from_ms AS fromMs, to_ms AS toMs, n
     FROM ${pendingRows(scope)}
     ORDER BY at, function_id, item, mark LIMIT 1 BY function_id, item, mark LIMIT {limit:UInt32}`,
    { ...pendingParameters(queue, shard), limit },
  );
}

/** Settles marks: they are no longer pending. @throws StoreError */
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
