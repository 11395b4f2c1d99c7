/** Invocations as columns, which cross threads without being cloned. */

export type InvocationStatus = 'success' | 'timeout' | 'error' | 'oom' | 'exit';

export const STATUSES: readonly InvocationStatus[] = ['success', 'timeout', 'error', 'oom', 'exit'];

/** Numeric fields of one invocation, in this order in {@link InvocationColumns.numbers}. NaN is absent. */
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
  /** Log events this row was read from (START, END, REPORT, …). */
  events: 15,
} as const;

export const COLUMNS = 16;

/** Invocations, row by row in `numbers`; ids as bytes beside it. */
export interface InvocationColumns {
  readonly n: number;
  readonly numbers: Float64Array;
  /** 16 bytes a row; meaningful where `otherRequestIds` has no entry. */
  readonly requestIds: Uint8Array;
  /** Request ids that are not canonical UUIDs, by row. */
  readonly otherRequestIds: ReadonlyMap<number, string>;
  /** X-Ray ids by row, as printed; most rows have none. */
  readonly traces: ReadonlyMap<number, readonly [traceId: string, segmentId: string | null]>;
  /** What `errorType`, `tenant` and `version` index. */
  readonly strings: readonly string[];
}
