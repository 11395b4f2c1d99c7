/** Invocations of a batch as lines of text. The inner loop of taking in: no object a row. */
import { createHash } from 'node:crypto';
import { readUuid } from '../../../ingest/request-id.ts';
import type { Batch } from '../../../ingest/sink.ts';
import { COLUMN, COLUMNS } from '../../../ingest/sink.ts';
import type { FactTable } from './fact-table.ts';
import { NULL, textOf } from './fact-table.ts';
import type { StreamIds } from './identity.ts';

const TABLE = 'invocation_fact';
const NAMES = [
  'function_id',
  'end_ms',
  'request_id',
  'stream_id',
  'start_ms',
  'duration_us',
  'billed_ms',
  'memory_mb',
  'max_memory_mb',
  'init_us',
  'restore_us',
  'billed_restore_ms',
  'status',
  'error_type',
  'sampled',
  'trace_id',
  'segment_id',
  'tenant',
  'version',
  'received_ms',
];

/** One table, or none where there are no invocations. `ids`: of the batch's streams. */
export function invocationFacts(batch: Batch, ids: readonly StreamIds[], receivedMs: number): readonly FactTable[] {
  const { n, numbers, requestIds, otherRequestIds, traces, strings } = batch.invocations;
  if (n === 0) return [];
  const texts = strings.map(textOf);
  const versions = batch.streams.map((stream) => textOf(stream.version));
  const hash = createHash('sha256').update(TABLE);
  const received = `\t${receivedMs}`;
  const lines: string[] = new Array<string>(n);
  const hasOther = otherRequestIds.size > 0;
  const hasTraces = traces.size > 0;
  for (let row = 0; row < n; row += 1) {
    const at = row * COLUMNS;
    const stream = numbers[at + COLUMN.stream] ?? Number.NaN;
    const key = ids[stream];
    if (key === undefined) throw new RangeError(`the batch has no stream ${stream}`);
    const other = hasOther ? otherRequestIds.get(row) : undefined;
    const id = other === undefined ? readUuid(requestIds.subarray(row * 16, row * 16 + 16)) : textOf(other);
    const trace = hasTraces ? traces.get(row) : undefined;
    const version = numbers[at + COLUMN.version] ?? Number.NaN;
    const line = `${key.functionId}\t${whole(numbers[at + COLUMN.endMs])}\t${id}\t${key.streamId}\t${whole(
      numbers[at + COLUMN.startMs],
    )}\t${micros(numbers[at + COLUMN.durationMs])}\t${whole(numbers[at + COLUMN.billedMs])}\t${whole(
      numbers[at + COLUMN.memoryMb],
    )}\t${whole(numbers[at + COLUMN.maxMemoryMb])}\t${micros(numbers[at + COLUMN.initMs])}\t${micros(
      numbers[at + COLUMN.restoreMs],
    )}\t${whole(numbers[at + COLUMN.billedRestoreMs])}\t${whole(numbers[at + COLUMN.status])}\t${word(
      texts,
      numbers[at + COLUMN.errorType],
    )}\t${whole(numbers[at + COLUMN.sampled])}\t${trace === undefined ? NULL : textOf(trace[0])}\t${
      trace === undefined ? NULL : textOf(trace[1])
    }\t${word(texts, numbers[at + COLUMN.tenant])}\t${Number.isNaN(version) ? versions[stream] : word(texts, version)}`;
    hash.update(line);
    lines[row] = line + received;
  }
  return [{ table: TABLE, columns: NAMES, lines, token: hash.digest('hex') }];
}

function whole(value: number | undefined): number | string {
  return value === undefined || Number.isNaN(value) ? NULL : Math.round(value);
}

function micros(ms: number | undefined): number | string {
  return ms === undefined || Number.isNaN(ms) ? NULL : Math.round(ms * 1000);
}

function word(texts: readonly string[], at: number | undefined): string {
  return at === undefined || Number.isNaN(at) ? NULL : (texts[at] ?? NULL);
}
