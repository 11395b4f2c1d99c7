/** What log lines of a batch say, as facts. */
import { requestIdText } from '../../../ingest/request-id.ts';
import type { Batch } from '../../../ingest/sink.ts';
import { COLUMN, COLUMNS } from '../../../ingest/sink.ts';
import type { FactTable, Untold, Value } from './fact-table.ts';
import { micros, told, whole } from './fact-table.ts';
import type { StreamIds } from './identity.ts';
import { hashOf, idsOf } from './identity.ts';

/** What of a batch are facts of log lines, table by table; tables without rows are left out. `receivedMs`: epoch ms. */
export function factsOf(batch: Batch, receivedMs: number): readonly FactTable[] {
  const ids = batch.streams.map(idsOf);
  const spans = spansOf(batch);
  const tables: readonly Untold[] = [
    streamFacts(batch, ids, spans, receivedMs),
    invocationFacts(batch, ids, receivedMs),
    {
      table: 'start_fact',
      columns: ['function_id', 'stream_id', 'request_id', 'start_ms', 'version', 'tenant', 'received_ms'],
      rows: batch.starts.map(({ stream, requestId, startMs, version, tenant }) => [
        ...keyOf(ids, stream),
        requestId,
        startMs,
        version,
        tenant,
        receivedMs,
      ]),
    },
    {
      table: 'init_fact',
      columns: [
        'function_id',
        'stream_id',
        'at_ms',
        'kind',
        'duration_us',
        'phase',
        'status',
        'error_type',
        'initialization_type',
        'runtime_version',
        'runtime_version_arn',
        'received_ms',
      ],
      rows: batch.inits.map((init) => [
        ...keyOf(ids, init.stream),
        init.atMs,
        init.kind,
        micros(init.durationMs),
        init.phase,
        init.status,
        init.errorType,
        init.initializationType,
        init.runtimeVersion,
        init.runtimeVersionArn,
        receivedMs,
      ]),
    },
    {
      table: 'fault_fact',
      columns: ['function_id', 'stream_id', 'at_ms', 'kind', 'request_id', 'error_type', 'message', 'received_ms'],
      rows: batch.faults.map(({ stream, atMs, kind, requestId, errorType, message }) => [
        ...keyOf(ids, stream),
        atMs,
        kind,
        requestId ?? '',
        errorType,
        message,
        receivedMs,
      ]),
    },
    {
      table: 'extension_fact',
      columns: ['function_id', 'stream_id', 'kind', 'name', 'state', 'detail', 'at_ms', 'received_ms'],
      rows: batch.extensions.map(({ stream, kind, name, state, detail, atMs }) => [
        ...keyOf(ids, stream),
        kind,
        name,
        state,
        detail,
        atMs,
        receivedMs,
      ]),
    },
    {
      table: 'runtime_fact',
      columns: ['function_id', 'stream_id', 'request_id', 'at_ms', 'runtime_us', 'received_ms'],
      rows: batch.runtimeDone.map(({ stream, requestId, atMs, runtimeMs }) => [
        ...keyOf(ids, stream),
        requestId,
        atMs,
        micros(runtimeMs),
        receivedMs,
      ]),
    },
  ];
  const facts = tables.filter(({ rows }) => rows.length > 0).map(told);
  return facts.length === 0 ? [] : [...facts, told(pendingOf(facts, ids, spans))];
}

/** Which environments are to be looked at again: a mark for each, the same whenever the same batch comes. */
function pendingOf(
  facts: readonly FactTable[],
  ids: readonly StreamIds[],
  spans: readonly (Span | undefined)[],
): Untold {
  const batch = facts.map(({ token }) => token).join();
  return {
    table: 'pending',
    columns: ['queue', 'function_id', 'item', 'mark', 'from_ms', 'to_ms', 'n'],
    rows: spans.flatMap((span, stream) => {
      if (span === undefined) return [];
      const [functionId, streamId] = keyOf(ids, stream);
      // A batch may bring a stream in several pieces.
      const mark = hashOf(batch, String(stream));
      return [['environment', functionId, streamId, mark, span.firstMs, span.lastMs, span.n]];
    }),
  };
}

function streamFacts(
  batch: Batch,
  ids: readonly StreamIds[],
  spans: readonly (Span | undefined)[],
  receivedMs: number,
): Untold {
  return {
    table: 'stream_fact',
    columns: [
      'function_id',
      'stream_id',
      'account',
      'region',
      'function_name',
      'log_group',
      'log_stream',
      'named',
      'version',
      'attributes',
      'first_ms',
      'last_ms',
      'received_ms',
    ],
    rows: batch.streams.flatMap((stream, at) => {
      const span = spans[at];
      // A stream of which only application lines came has no environment.
      if (span === undefined) return [];
      return [
        [
          ...keyOf(ids, at),
          stream.account,
          stream.region,
          stream.functionName,
          stream.logGroup,
          stream.logStream,
          stream.labelled ? 0 : 1,
          stream.version,
          batch.attributes,
          span.firstMs,
          span.lastMs,
          receivedMs,
        ],
      ];
    }),
  };
}

/** First and last event of a stream, and how many came. */
interface Span {
  firstMs: number;
  lastMs: number;
  n: number;
}

/** Of each stream; undefined where no event came. */
function spansOf(batch: Batch): readonly (Span | undefined)[] {
  const spans: (Span | undefined)[] = batch.streams.map(() => undefined);
  const see = (stream: number, atMs: number): void => {
    const span = spans[stream];
    if (span === undefined) spans[stream] = { firstMs: atMs, lastMs: atMs, n: 1 };
    else {
      span.n += 1;
      span.firstMs = Math.min(span.firstMs, atMs);
      span.lastMs = Math.max(span.lastMs, atMs);
    }
  };
  const { n, numbers } = batch.invocations;
  for (let row = 0; row < n; row += 1) {
    const stream = numbers[row * COLUMNS + COLUMN.stream] ?? 0;
    const startMs = numbers[row * COLUMNS + COLUMN.startMs] ?? Number.NaN;
    if (!Number.isNaN(startMs)) see(stream, startMs);
    see(stream, numbers[row * COLUMNS + COLUMN.endMs] ?? 0);
  }
  for (const { stream, startMs } of batch.starts) see(stream, startMs);
  for (const { stream, atMs } of [...batch.inits, ...batch.faults, ...batch.extensions]) see(stream, atMs);
  for (const { stream, atMs } of batch.runtimeDone) see(stream, atMs);
  return spans;
}

function invocationFacts(batch: Batch, ids: readonly StreamIds[], receivedMs: number): Untold {
  const { n, numbers, requestIds, otherRequestIds, traces, strings } = batch.invocations;
  const rows: Value[][] = [];
  for (let row = 0; row < n; row += 1) {
    const field = (column: number): number | null => {
      const value = numbers[row * COLUMNS + column] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    };
    const text = (column: number): string | null => {
      const at = field(column);
      return at === null ? null : (strings[at] ?? null);
    };
    const stream = field(COLUMN.stream) ?? Number.NaN;
    const [functionId, streamId] = keyOf(ids, stream);
    const [traceId = null, segmentId = null] = traces.get(row) ?? [];
    rows.push([
      functionId,
      whole(field(COLUMN.endMs)),
      otherRequestIds.get(row) ?? requestIdText(requestIds.subarray(row * 16, row * 16 + 16)),
      streamId,
      whole(field(COLUMN.startMs)),
      micros(field(COLUMN.durationMs)),
      whole(field(COLUMN.billedMs)),
      whole(field(COLUMN.memoryMb)),
      whole(field(COLUMN.maxMemoryMb)),
      micros(field(COLUMN.initMs)),
      micros(field(COLUMN.restoreMs)),
      whole(field(COLUMN.billedRestoreMs)),
      field(COLUMN.status),
      text(COLUMN.errorType),
      field(COLUMN.sampled),
      traceId,
      segmentId,
      text(COLUMN.tenant),
      text(COLUMN.version) ?? batch.streams[stream]?.version ?? null,
      receivedMs,
    ]);
  }
  return {
    table: 'invocation_fact',
    columns: [
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
    ],
    rows,
  };
}

function keyOf(ids: readonly StreamIds[], stream: number): readonly [functionId: number, streamId: number] {
  const found = ids[stream];
  if (found === undefined) throw new RangeError(`the batch has no stream ${stream}`);
  return [found.functionId, found.streamId];
}
