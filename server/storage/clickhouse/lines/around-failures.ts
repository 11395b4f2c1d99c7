/** Keeps platform lines, and application lines of failed attempts and of their environment just before. */
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { STATUS } from '../../enums.ts';
import type { FailureWindow } from '../../lines/failure-windows.ts';
import { linesWithin, windowAround } from '../../lines/failure-windows.ts';
import { UNKNOWN_STREAM_ID } from '../hash-ids.ts';
import { invocationRows } from '../insert/invocation-rows.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import type { StoredLine } from './line-rows.ts';

interface Failure {
  readonly functionId: number;
  readonly streamId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** @throws StoreError */
export async function aroundFailures(
  client: ClickHouseQueryClient,
  lines: readonly StoredLine[],
): Promise<readonly StoredLine[]> {
  const byFunction = new Map<number, StoredLine[]>();
  for (const line of lines) {
    const mine = byFunction.get(line.functionId) ?? [];
    byFunction.set(line.functionId, mine);
    mine.push(line);
  }
  const failures = await failuresOf(client, lines, [...byFunction.keys()]);
  return [...byFunction].flatMap(([functionId, own]) => {
    const windows = failures
      .filter((failure) => failure.functionId === functionId)
      .map(
        ({ streamId, fromMs, toMs }): FailureWindow =>
          windowAround({ environmentId: streamId === UNKNOWN_STREAM_ID ? null : streamId, fromMs, toMs }),
      );
    const known = own.map((line) => ({ ...line, environmentId: line.streamId }));
    return linesWithin(known, windows, (streamId) => streamId !== UNKNOWN_STREAM_ID);
  });
}

/** Failed attempts, and faults, which also tell of failed inits. */
async function failuresOf(
  client: ClickHouseQueryClient,
  lines: readonly StoredLine[],
  functionIds: readonly number[],
): Promise<readonly Failure[]> {
  if (functionIds.length === 0) return [];
  const bound = {
    functionIds,
    fromMs:
      lines.reduce((least, { timestampMs }) => Math.min(least, timestampMs), Number.MAX_SAFE_INTEGER) - LONGEST_RUN_MS,
    toMs: lines.reduce((most, { timestampMs }) => Math.max(most, timestampMs), 0) + LONGEST_RUN_MS,
  };
  const within = (column: string): string =>
    `function_id IN {functionIds:Array(UInt64)} AND ${column} >= {fromMs:Int64} AND ${column} <= {toMs:Int64}`;
  const [attempts, faults] = await Promise.all([
    client.all<Failure>(
      `SELECT function_id AS functionId, environment_id AS streamId, end_ms - toInt64(ifNull(run_ms, ceil(duration_us / 1000))) AS fromMs,
         end_ms AS toMs
       FROM ${invocationRows(within('end_ms'))} WHERE judged_status != ${STATUS.success}`,
      bound,
    ),
    client.all<Failure>(
      `SELECT DISTINCT function_id AS functionId, stream_id AS streamId, at_ms AS fromMs, at_ms AS toMs
       FROM fault_fact WHERE ${within('at_ms')}`,
      bound,
    ),
  ]);
  return [...attempts, ...faults];
}
