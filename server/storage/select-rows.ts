/** Selects some of a batch's invocations. */
import type { InvocationColumns } from '../../ingest/records/invocation-columns.ts';
import { COLUMN, COLUMNS } from '../../ingest/records/invocation-columns.ts';

/** Returns the rows for which `streamOf` returns a stream, with that stream. `streamOf` gets the index of a row and its stream; null omits it. */
export function selectRows(
  columns: InvocationColumns,
  streamOf: (row: number, stream: number) => number | null,
): InvocationColumns {
  const chosen = Array.from({ length: columns.n }, (_, row) => {
    const stream = streamOf(row, columns.numbers[row * COLUMNS + COLUMN.stream] ?? -1);
    return stream === null ? [] : [[row, stream] as const];
  }).flat();
  const numbers = new Float64Array(chosen.length * COLUMNS);
  const requestIds = new Uint8Array(chosen.length * 16);
  const otherRequestIds = new Map<number, string>();
  const traces = new Map<number, readonly [string, string | null]>();
  for (const [at, [row, stream]] of chosen.entries()) {
    numbers.set(columns.numbers.subarray(row * COLUMNS, (row + 1) * COLUMNS), at * COLUMNS);
    numbers[at * COLUMNS + COLUMN.stream] = stream;
    requestIds.set(columns.requestIds.subarray(row * 16, row * 16 + 16), at * 16);
    const other = columns.otherRequestIds.get(row);
    if (other !== undefined) otherRequestIds.set(at, other);
    const trace = columns.traces.get(row);
    if (trace !== undefined) traces.set(at, trace);
  }
  return { n: chosen.length, numbers, requestIds, otherRequestIds, traces, strings: columns.strings };
}
