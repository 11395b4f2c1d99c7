/** All data about one request id: attempts with their log lines, and faults. */

import { UNKNOWN_STREAM_ID } from '../../clickhouse/hash-ids.ts';
import { isOwnLine } from '../../clickhouse/insert/own-line.ts';
import { answerOf } from '../../clickhouse/lines/line-threads.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import type { InvocationDetail, StoredInvocation } from '../../ports.ts';
import { environmentFacts } from '../environments/clickhouse.ts';
import { byRequestId } from '../invocations/clickhouse.ts';
import type { FaultRow } from '../invocations/result.ts';
import { faultsOfAttempts } from '../invocations/result.ts';
import { attemptOf, chunkBounds, linesIn, MOST_CHUNKS } from './result.ts';
import type { AttemptLines } from './types.ts';

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
        return [
          linesOf(context, attempt).then(({ lines, omitted }) => ({
            invocation: attempt,
            lines,
            omittedLines: omitted,
            environment: known,
          })),
        ];
      }),
    ),
    faults: faultsOfAttempts(attempts.map(attemptOf), faults).map(({ requestId: _, ...fault }) => fault),
  };
}

async function linesOf({ lines, signal }: QueryContext, attempt: StoredInvocation): Promise<AttemptLines> {
  const { functionId, environmentId } = attempt;
  const { lastFromMs: fromMs, firstToMs: toMs } = chunkBounds(attempt);
  const query = { functionId, streamId: environmentId, fromMs, toMs, mostChunks: MOST_CHUNKS };
  return linesIn(await answerOf<readonly KeptLine[]>(lines, { op: 'stream', query }, signal), attempt);
}
