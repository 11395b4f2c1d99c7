/** Encodes the invocations of a batch. The hot loop of ingest: no object or string per row. */
import { createHash } from 'node:crypto';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { StreamIds } from '../hash-ids.ts';
import type { FactTable } from './fact-table.ts';
import { IMPORT_COLUMN } from './fact-table.ts';
import { RowBinary } from './row-binary.ts';

const TABLE = 'invocation_fact';
/** Bytes of a usual row, rounded up. */
const ROW_BYTES = 136;
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
  'status',
  'version',
  'received_ms',
  'init_us',
  'restore_us',
  'billed_restore_ms',
  'error_type',
  'sampled',
  'tenant',
  'trace_id',
  'segment_id',
];
/** The last columns: NULL for most invocations. */
const RARE = [COLUMN.initMs, COLUMN.restoreMs, COLUMN.billedRestoreMs, COLUMN.errorType, COLUMN.sampled, COLUMN.tenant];

/** Columns of imported rows: the import comes before the columns that are rarely set. */
const NAMES_OF_IMPORT = NAMES.toSpliced(NAMES.indexOf('received_ms') + 1, 0, IMPORT_COLUMN);

/**
 * Returns one table, or none if there are no invocations. `ids`: ids of the batch's streams. `importId`: the import that adds
 * them, or null.
 */
export function invocationFacts(
  batch: Batch,
  ids: readonly StreamIds[],
  receivedMs: number,
  importId: number | null,
): readonly FactTable[] {
  const { n, numbers, requestIds, otherRequestIds, traces, strings } = batch.invocations;
  if (n === 0) return [];
  const texts = strings.map((text) => Buffer.from(text));
  const versions = batch.streams.map(({ version }) => (version === null ? null : Buffer.from(version)));
  const word = (at: number): Buffer | null => (Number.isNaN(at) ? null : (texts[at] ?? null));
  const rows = new RowBinary(n * ROW_BYTES);
  for (let row = 0; row < n; row += 1) {
    const from = row * COLUMNS;
    const of = (column: number): number => numbers[from + column] ?? Number.NaN;
    const stream = of(COLUMN.stream);
    const key = ids[stream];
    if (key === undefined) throw new RangeError(`the batch has no stream ${stream}`);
    const other = otherRequestIds.size > 0 ? otherRequestIds.get(row) : undefined;
    const trace = traces.size > 0 ? traces.get(row) : undefined;
    const version = of(COLUMN.version);
    rows.int64(key.functionId);
    rows.int64(Math.round(of(COLUMN.endMs)));
    if (other === undefined) rows.uuid(requestIds, row * 16);
    else rows.text(other);
    rows.int64(key.streamId);
    rows.nullableInt64(of(COLUMN.startMs));
    rows.int64(Math.round(of(COLUMN.durationMs) * 1000));
    rows.nullableUint32(of(COLUMN.billedMs));
    rows.nullableUint32(of(COLUMN.memoryMb));
    rows.nullableUint32(of(COLUMN.maxMemoryMb));
    rows.byte(of(COLUMN.status));
    rows.nullableBytes(Number.isNaN(version) ? (versions[stream] ?? null) : word(version));
    rows.int64(receivedMs);
    if (importId !== null) rows.int64(importId);
    if (trace === undefined && RARE.every((column) => Number.isNaN(of(column)))) {
      rows.nulls(RARE.length + 2);
      continue;
    }
    rows.nullableInt64(of(COLUMN.initMs) * 1000);
    rows.nullableInt64(of(COLUMN.restoreMs) * 1000);
    rows.nullableUint32(of(COLUMN.billedRestoreMs));
    rows.nullableBytes(word(of(COLUMN.errorType)));
    rows.nullableByte(of(COLUMN.sampled));
    rows.nullableBytes(word(of(COLUMN.tenant)));
    rows.nullableBytes(trace === undefined ? null : Buffer.from(trace[0]));
    rows.nullableBytes(trace?.[1] == null ? null : Buffer.from(trace[1]));
  }
  return [
    {
      table: TABLE,
      columns: importId === null ? NAMES : NAMES_OF_IMPORT,
      format: 'RowBinary',
      rows: n,
      body: [rows.finish()],
      token: tokenOf(batch, ids, importId),
    },
  ];
}

/** Deduplication token: hash of everything in the rows except when they arrived. */
function tokenOf({ invocations, streams }: Batch, ids: readonly StreamIds[], importId: number | null): string {
  const { numbers, requestIds, otherRequestIds, traces, strings } = invocations;
  const beside = [ids, streams.map(({ version }) => version), [...otherRequestIds], [...traces], strings, importId];
  return createHash('sha256')
    .update(TABLE)
    .update(numbers)
    .update(requestIds)
    .update(JSON.stringify(beside))
    .digest('hex');
}
