/** All data about one request id: attempts with their log lines, and faults. */

import { UNKNOWN_STREAM_ID } from '../../clickhouse/hash-ids.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import { isOwnLine } from '../../clickhouse/insert/own-line.ts';
import { answerOf } from '../../clickhouse/lines/line-threads.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import type { InvocationDetail, StoredInvocation } from '../../ports.ts';
import { environmentFacts } from '../environments/clickhouse.ts';
import type { EnvironmentFacts } from '../environments/types.ts';
import type { InvocationRow } from '../invocations/clickhouse.ts';
import { byRequestId, statusName } from '../invocations/clickhouse.ts';
import type { FaultRow } from '../invocations/result.ts';
import { faultsOfAttempts } from '../invocations/result.ts';
import { attemptOf, chunkBounds, linesIn, MOST_CHUNKS, mayHaveNext } from './result.ts';
import type { AttemptLines, Neighbour, Neighbours } from './types.ts';
import { NEIGHBOUR_MS } from './types.ts';

const WHERE = "function_id IN {functionIds:Array(UInt64)} AND request_id IN ('', {requestId:String})";

export async function invocation(
  context: QueryContext,
  query: { readonly requestId: string },
): Promise<InvocationDetail | null> {
  const attempts = await byRequestId(context, query.requestId);
  if (attempts.length === 0) return null;
  const functionIds = [...new Set(attempts.map((attempt) => attempt.functionId))];
  const ids = [...new Set(attempts.map((attempt) => attempt.environmentId))];
  const [facts, faults] = await Promise.all([
    environmentFacts(context, functionIds, ids),
    context.client.all<FaultRow>(
      `SELECT at_ms AS atMs, kind, request_id AS requestId, max(f.error_type) AS errorType, max(f.message) AS message,
         max(f.stack) AS stack FROM fault_fact AS f
       WHERE ${WHERE} AND (stream_id IN {ids:Array(UInt64)} AND request_id = '' OR request_id = {requestId:String}
         AND (stream_id IN {ids:Array(UInt64)} OR stream_id = ${UNKNOWN_STREAM_ID})) AND ${isOwnLine('fault_fact', WHERE, 'kind')}
       GROUP BY stream_id, at_ms, kind, request_id ORDER BY at_ms, kind`,
      { functionIds, ids: ids.filter((id) => id !== UNKNOWN_STREAM_ID), requestId: query.requestId },
    ),
  ]);
  return {
    attempts: await Promise.all(
      attempts.flatMap((attempt) => {
        const environment = facts.get(attempt.environmentId);
        // Not classified yet: its environment follows shortly.
        if (environment === undefined) return [];
        const known = attempt.environmentId > 0 ? environment : null;
        return [detailOf(context, attempt, known)];
      }),
    ),
    faults: faultsOfAttempts(attempts.map(attemptOf), faults).map(({ requestId: _, ...fault }) => fault),
  };
}

async function detailOf(
  context: QueryContext,
  attempt: StoredInvocation,
  environment: EnvironmentFacts | null,
): Promise<InvocationDetail['attempts'][number]> {
  const [{ lines, omitted }, neighbours] = await Promise.all([
    linesOf(context, attempt),
    environment === null ? null : neighboursOf(context, attempt, environment),
  ]);
  return { invocation: attempt, lines, omittedLines: omitted, environment, neighbours };
}

async function neighboursOf(
  { client }: QueryContext,
  { functionId, environmentId, endMs }: StoredInvocation,
  environment: EnvironmentFacts,
): Promise<Neighbours> {
  const where = `function_id = {functionId:UInt64} AND stream_id = {environmentId:UInt64}
    AND end_ms >= {fromMs:Int64} AND end_ms <= {toMs:Int64}`;
  const found = async (fromMs: number, toMs: number, order: 'ASC' | 'DESC'): Promise<Neighbour | null> => {
    const [row] = await client.all<NeighbourRow>(
      `SELECT request_id AS requestId, run_ms AS runMs, end_ms AS endMs, duration_us AS durationUs, judged_status AS status
       FROM ${invocationRows(where)} ORDER BY end_ms ${order} LIMIT 1`,
      { functionId, environmentId, fromMs, toMs },
    );
    if (row === undefined) return null;
    const startMs = row.runMs === null ? null : row.endMs - row.runMs;
    const { requestId, durationUs, status } = row;
    return { requestId, startMs, endMs: row.endMs, durationMs: durationUs / 1000, status: statusName(status) };
  };
  const [previous, next] = await Promise.all([
    found(endMs - NEIGHBOUR_MS, endMs - 1, 'DESC'),
    mayHaveNext(endMs, environment) ? found(endMs + 1, endMs + NEIGHBOUR_MS, 'ASC') : null,
  ]);
  return { previous, next };
}

type NeighbourRow = Pick<InvocationRow, 'requestId' | 'runMs' | 'endMs' | 'durationUs' | 'status'>;

async function linesOf({ lines, signal }: QueryContext, attempt: StoredInvocation): Promise<AttemptLines> {
  const { functionId, environmentId } = attempt;
  const { lastFromMs: fromMs, firstToMs: toMs } = chunkBounds(attempt);
  const query = { functionId, streamId: environmentId, fromMs, toMs, mostChunks: MOST_CHUNKS };
  return linesIn(await answerOf<readonly KeptLine[]>(lines, { op: 'stream', query }, signal), attempt);
}
