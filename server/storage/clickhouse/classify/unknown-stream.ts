/**
 * One attempt is one row, however it was delivered (docs/decisions/0020). Facts of one end and request id merge when they are read. This finds
 * what merging by key does not: copies whose end is truncated to the second, invocations whose log stream only their START names, and
 * the environments that lines without a log stream complete.
 */
import { LONGEST_RUN_MS, mayBeSameTime, mayBeStartOf, secondOf } from '../../../../ingest/records/attempt.ts';
import type { RepeatableReport } from '../../../analytics/cold-starts/environment.ts';
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

/** Rows of `invocation_fact` that record which facts belong to one attempt. */
export interface SameAttempts {
  readonly rows: readonly object[];
  /** Invocations whose count in the rollups changes. */
  readonly touched: readonly { readonly functionId: number; readonly endMs: number }[];
}

export interface UnknownLines extends SameAttempts {
  /** Further environments to classify: a line without a log stream belongs to one of their requests, or an invocation was moved to them. */
  readonly completed: readonly Stream[];
}

interface Stream {
  readonly functionId: number;
  readonly streamId: number;
}

const NOTHING: UnknownLines = { rows: [], touched: [], completed: [] };

/** Values that a copy may have and the exact row may lack, because START and fault lines were delivered with the copy. */
interface Repeatable extends RepeatableReport {
  readonly functionId: number;
  readonly startMs: number | null;
  readonly status: number;
  readonly errorType: string | null;
  readonly version: string | null;
  readonly tenant: string | null;
  readonly receivedMs: number;
}

/** `marks`: the marks being processed. Costs one small query unless a function has lines without log stream. @throws StoreError */
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
  const [reports, completed] = await Promise.all([unplacedReports(client, bound), completedBy(client, mine, bound)]);
  const copies = sameAttempts(reports);
  const isPlaced = reports.every((one) => one.streamId !== UNKNOWN_STREAM_ID);
  const starts = isPlaced ? [] : await startsOf(client, bound);
  const isCopy = new Set(copiesOf(reports).keys());
  const placed = reports.flatMap((report) => {
    if (report.streamId !== UNKNOWN_STREAM_ID || isCopy.has(report)) return [];
    const start = starts.find(
      (one) =>
        one.functionId === report.functionId &&
        one.requestId === report.requestId &&
        mayBeStartOf(one.startMs, report.endMs, report.durationUs / 1000) &&
        (report.startMs === null || mayBeSameTime(report.startMs, one.startMs)),
    );
    return start === undefined ? [] : [{ report, start }];
  });
  return {
    rows: [
      ...copies.rows,
      ...placed.map(({ report, start }) => ({
        ...keyOf(report),
        stream_id: start.streamId,
        start_ms: start.startMs,
      })),
    ],
    touched: [...copies.touched, ...placed.map(({ report }) => report)],
    completed: [
      ...completed,
      ...placed.map(({ report: { functionId }, start: { streamId } }) => ({ functionId, streamId })),
      ...copies.placed,
    ],
  };
}

/** Marks copies as such, and adds their values to the exact rows. */
export function sameAttempts(reports: readonly Repeatable[]): SameAttempts & { readonly placed: readonly Stream[] } {
  const copies = [...copiesOf(reports)];
  return {
    rows: copies.flatMap(([copy, exact]) => [
      { ...keyOf(copy), stream_id: copy.streamId, verdict: COPY },
      {
        ...keyOf(exact),
        stream_id: Math.max(copy.streamId, exact.streamId),
        start_ms: copy.startMs,
        status: copy.status,
        error_type: copy.errorType,
        version: copy.version,
        tenant: copy.tenant,
      },
    ]),
    touched: copies.flat(),
    placed: copies.flatMap(([{ functionId, streamId }, exact]) =>
      exact.streamId === UNKNOWN_STREAM_ID && streamId !== UNKNOWN_STREAM_ID ? [{ functionId, streamId }] : [],
    ),
  };
}

/** Key of a fact, and its receipt: retention goes by it in rows that are not merged yet. */
function keyOf({ functionId, endMs, requestId, receivedMs }: Repeatable): object {
  return { function_id: functionId, end_ms: endMs, request_id: requestId, received_ms: receivedMs };
}

interface Bound {
  readonly functionIds: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** REPORTs of the requests that have a REPORT without a log stream. */
function unplacedReports(client: ClickHouseQueryClient, bound: Bound): Promise<readonly Repeatable[]> {
  const where = 'function_id IN {functionIds:Array(UInt64)} AND end_ms BETWEEN {fromMs:Int64} AND {toMs:Int64}';
  return client.all<Repeatable>(
    `SELECT function_id AS functionId, stream_id AS streamId, request_id AS requestId, end_ms AS endMs, duration_us AS durationUs,
       start_ms AS startMs, status, error_type AS errorType, version, tenant, received_ms AS receivedMs
     FROM ${mergedFacts(`${where} AND request_id IN (
       SELECT request_id FROM invocation_fact WHERE ${where} AND stream_id = ${UNKNOWN_STREAM_ID})`)}`,
    { ...bound, toMs: bound.toMs + LONGEST_RUN_MS },
  );
}

interface Start extends Stream {
  readonly requestId: string;
  readonly startMs: number;
}

/** STARTs with a log stream that belong to REPORTs without one. */
function startsOf(client: ClickHouseQueryClient, bound: Bound): Promise<readonly Start[]> {
  return client.all<Start>(
    `SELECT DISTINCT function_id AS functionId, stream_id AS streamId, request_id AS requestId, start_ms AS startMs FROM start_fact
     WHERE function_id IN {functionIds:Array(UInt64)} AND stream_id > ${UNKNOWN_STREAM_ID} AND request_id IN (
       SELECT request_id FROM invocation_fact WHERE function_id IN {functionIds:Array(UInt64)}
         AND end_ms BETWEEN {fromMs:Int64} AND {toMs:Int64} AND stream_id = ${UNKNOWN_STREAM_ID})
     ORDER BY start_ms, stream_id`,
    { ...bound, toMs: bound.toMs + LONGEST_RUN_MS },
  );
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
