/**
 * Lines whose log stream is unknown, of functions that are classified: which of their rows are copies of others, and which
 * environments they complete.
 */
import { LONGEST_RUN_MS, secondOf } from '../../../../ingest/records/attempt.ts';
import type { ReportFact } from '../../../analytics/cold-starts/environment.ts';
import { copiesOf } from '../../../analytics/cold-starts/environment.ts';
import { FAULT_AFTER_END_MS } from '../../../analytics/cold-starts/fault-match.ts';
import { UNKNOWN_STREAM_ID } from '../hash-ids.ts';
import { mergedFacts } from '../insert/invocation-rows.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { encodeClassification } from './classification.ts';
import type { Mark } from './pending.ts';

/** A copy stays one, whatever else becomes known. */
const FINAL = 2 ** 48 - 1;
const COPY = encodeClassification(FINAL, {
  status: 'success',
  cold: null,
  version: null,
  errorType: null,
  isCopy: true,
});

export interface UnknownLines {
  /** Rows to write: their classification says that they are copies. */
  readonly copies: readonly { readonly function_id: number; readonly end_ms: number }[];
  /** Environments to classify as well, because a START or a fault line without log stream is of one of their requests. */
  readonly completed: readonly { readonly functionId: number; readonly streamId: number }[];
}

const NOTHING: UnknownLines = { copies: [], completed: [] };

/** `marks`: the work under way. Costs one small query unless a function has lines without log stream. @throws StoreError */
export async function unknownLines(client: ClickHouseQueryClient, marks: readonly Mark[]): Promise<UnknownLines> {
  const all = [...new Set(marks.map((mark) => mark.functionId))];
  const found = await client.all<{ functionId: number }>(
    `SELECT DISTINCT function_id AS functionId FROM stream_fact
     WHERE function_id IN {all:Array(UInt64)} AND stream_id = ${UNKNOWN_STREAM_ID}`,
    { all },
  );
  if (found.length === 0) return NOTHING;
  const functionIds = found.map((row) => row.functionId);
  const own = new Set(functionIds);
  const mine = marks.filter((mark) => own.has(mark.functionId));
  const bound = {
    functionIds,
    fromMs: secondOf(Math.min(...mine.map((mark) => mark.fromMs))),
    toMs: Math.max(...mine.map((mark) => mark.toMs)) + 1000,
  };
  const [copies, completed] = await Promise.all([copiesIn(client, bound), completedBy(client, mine, bound)]);
  return { copies, completed };
}

interface Bound {
  readonly functionIds: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

async function copiesIn(client: ClickHouseQueryClient, bound: Bound): Promise<UnknownLines['copies']> {
  const where = 'function_id IN {functionIds:Array(UInt64)} AND end_ms BETWEEN {fromMs:Int64} AND {toMs:Int64}';
  const rows = await client.all<
    Pick<ReportFact, 'requestId' | 'endMs' | 'durationUs'> & { readonly functionId: number; readonly streamId: number }
  >(
    `SELECT function_id AS functionId, stream_id AS streamId, request_id AS requestId, end_ms AS endMs, duration_us AS durationUs
     FROM ${mergedFacts(`${where} AND request_id IN (
       SELECT request_id FROM invocation_fact WHERE ${where} AND stream_id = ${UNKNOWN_STREAM_ID} AND end_ms % 1000 = 0)`)}`,
    { ...bound },
  );
  const copies = copiesOf(
    rows.filter((row) => row.streamId === UNKNOWN_STREAM_ID),
    rows,
  );
  return [...copies].map(({ functionId, endMs, requestId }) => ({
    function_id: functionId,
    end_ms: endMs,
    request_id: requestId,
    stream_id: UNKNOWN_STREAM_ID,
    verdict: COPY,
  }));
}

async function completedBy(
  client: ClickHouseQueryClient,
  marks: readonly Mark[],
  { functionIds, fromMs, toMs }: Bound,
): Promise<UnknownLines['completed']> {
  if (!marks.some((mark) => mark.item === UNKNOWN_STREAM_ID)) return [];
  const lines = (table: string, at: string): string =>
    `SELECT request_id FROM ${table} WHERE function_id IN {functionIds:Array(UInt64)} AND stream_id = ${UNKNOWN_STREAM_ID}
       AND ${at} BETWEEN {fromMs:Int64} AND {toMs:Int64}`;
  return client.all(
    `SELECT DISTINCT function_id AS functionId, stream_id AS streamId FROM invocation_fact
     WHERE function_id IN {functionIds:Array(UInt64)} AND stream_id > ${UNKNOWN_STREAM_ID}
       AND end_ms BETWEEN {fromMs:Int64} - ${FAULT_AFTER_END_MS} AND {toMs:Int64} + ${LONGEST_RUN_MS}
       AND request_id IN (${lines('fault_fact', 'at_ms')} UNION ALL ${lines('start_fact', 'start_ms')}
         UNION ALL ${lines('invocation_fact', 'start_ms')})`,
    { functionIds, fromMs, toMs },
  );
}
