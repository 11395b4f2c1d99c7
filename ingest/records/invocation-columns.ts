/** Invocations as columns, which cross threads without being cloned. */

export type InvocationStatus = 'success' | 'timeout' | 'error' | 'oom' | 'exit';

export const STATUSES: readonly InvocationStatus[] = ['success', 'timeout', 'error', 'oom', 'exit'];

/** Numeric fields of one invocation, in this order in {@link InvocationColumns.numbers}. NaN means absent. */
export const COLUMN = {
  stream: 0,
  endMs: 1,
  startMs: 2,
  durationMs: 3,
  billedMs: 4,
  memoryMb: 5,
  maxMemoryMb: 6,
  initMs: 7,
  restoreMs: 8,
  billedRestoreMs: 9,
  status: 10,
  errorType: 11,
  sampled: 12,
  tenant: 13,
  version: 14,
  /** Number of log events in this row (START, REPORT). */
  events: 15,
} as const;

export const COLUMNS = 16;

/** Invocations in rows of `numbers`, with their ids as bytes. */
export interface InvocationColumns {
  readonly n: number;
  readonly numbers: Float64Array;
  /** 16 bytes per row, valid unless `otherRequestIds` has the row. */
  readonly requestIds: Uint8Array;
  /** Request ids that are not canonical UUIDs, by row. */
  readonly otherRequestIds: ReadonlyMap<number, string>;
  /** X-Ray ids by row. Most rows have none. */
  readonly traces: ReadonlyMap<number, readonly [traceId: string, segmentId: string | null]>;
  /** Texts that `errorType`, `tenant` and `version` index. */
  readonly strings: readonly string[];
}
