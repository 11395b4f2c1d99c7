/** Rows of facts from the log lines of a batch. */
import type { Batch } from '../../../../ingest/records/batch.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { StreamIds } from '../hash-ids.ts';
import { hashOf, idsOf, UNSEEN_MS } from '../hash-ids.ts';
import type { FactTable, Rows } from './fact-table.ts';
import { factTable, micros, ofImport } from './fact-table.ts';
import { invocationFacts } from './invocation-facts.ts';

/**
 * Returns facts of log lines, table by table, without empty tables. `receivedMs`: epoch ms. `importId`: the import that adds
 * them, or null.
 */
export function factsOf(batch: Batch, receivedMs: number, importId: number | null = null): readonly FactTable[] {
  const ids = batch.streams.map(idsOf);
  const spans = spansOf(batch);
  const tables: readonly Rows[] = [
    streamFacts(batch, ids, spans, receivedMs),
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
      columns: [
        'function_id',
        'stream_id',
        'at_ms',
        'kind',
        'request_id',
        'error_type',
        'message',
        'stack',
        'received_ms',
      ],
      rows: batch.faults.map(({ stream, atMs, kind, requestId, errorType, message, stack }) => [
        ...keyOf(ids, stream),
        atMs,
        kind,
        requestId ?? '',
        errorType,
        message,
        stack,
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
  const facts = [
    ...tables.filter(({ rows }) => rows.length > 0).map((rows) => factTable(ofImport(rows, importId))),
    ...invocationFacts(batch, ids, receivedMs, importId),
  ];
  const lineOnly = [...new Set(batch.raw.map(({ stream }) => stream))].filter((stream) => spans[stream] === undefined);
  const names = lineStreams(batch, ids, lineOnly, receivedMs);
  const others =
    names.rows.length === 0
      ? []
      : [names, lineFunctions(batch, ids, lineOnly)].map((rows) => factTable(ofImport(rows, importId)));
  return facts.length === 0 ? others : [...facts, ...others, factTable(pendingOf(facts, ids, spans))];
}

/** Names of the streams that have lines, but no events that make them an environment. */
function lineStreams(
  { streams }: Batch,
  ids: readonly StreamIds[],
  lineOnly: readonly number[],
  receivedMs: number,
): Rows {
  return {
    table: 'line_stream',
    columns: [
      'function_id',
      'stream_id',
      'account',
      'region',
      'function_name',
      'log_group',
      'log_stream',
      'received_ms',
    ],
    rows: lineOnly.flatMap((at) => {
      const stream = streams[at];
      if (stream === undefined) return [];
      const { account, region, functionName, logGroup, logStream } = stream;
      return [[...keyOf(ids, at), account, region, functionName, logGroup, logStream, receivedMs]];
    }),
  };
}

/** The batch's days on which errors would have been received, and the days beside each, without those in `known`. */
export function errorDaysOf(batch: Batch, known: ReadonlySet<string>): Rows {
  const ids = batch.streams.map(idsOf);
  const rows = new Map<string, readonly [number, number]>();
  for (const [stream, day] of batch.errorDays) {
    const [functionId] = keyOf(ids, stream);
    for (const near of [day - 1, day, day + 1]) rows.set(`${functionId}/${near}`, [functionId, near]);
  }
  return {
    table: 'error_day',
    columns: ['function_id', 'day'],
    rows: [...rows].filter(([name]) => !known.has(name)).map(([, row]) => row),
  };
}

/** Their functions, which are known without an invocation, as those of the inventory are. */
function lineFunctions({ streams }: Batch, ids: readonly StreamIds[], lineOnly: readonly number[]): Rows {
  const rows = new Map<number, Rows['rows'][number]>();
  for (const at of lineOnly) {
    const stream = streams[at];
    if (stream === undefined) continue;
    const [functionId] = keyOf(ids, at);
    const { account, region, functionName, nameInferred } = stream;
    rows.set(functionId, [functionId, account, region, functionName, nameInferred ? 0 : 1, UNSEEN_MS, 0]);
  }
  return {
    table: 'lambda_function',
    columns: ['function_id', 'account', 'region', 'name', 'named', 'first_seen_ms', 'last_seen_ms'],
    rows: [...rows.values()],
  };
}

/** Marks of the environments to classify; the same batch always gives the same marks. */
function pendingOf(facts: readonly FactTable[], ids: readonly StreamIds[], spans: readonly (Span | undefined)[]): Rows {
  const batch = facts.map(({ token }) => token).join();
  return {
    table: 'pending',
    columns: ['queue', 'function_id', 'item', 'mark', 'from_ms', 'to_ms', 'n'],
    rows: spans.flatMap((span, stream) => {
      if (span === undefined) return [];
      const [functionId, streamId] = keyOf(ids, stream);
      // A batch may contain a stream in several pieces.
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
): Rows {
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
      // A stream with application lines only has no environment.
      if (span === undefined) return [];
      return [
        [
          ...keyOf(ids, at),
          stream.account,
          stream.region,
          stream.functionName,
          stream.logGroup,
          stream.logStream,
          stream.nameInferred ? 0 : 1,
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

/** First and last event of a stream, and their number. */
interface Span {
  firstMs: number;
  lastMs: number;
  n: number;
}

/** Spans by stream; undefined for a stream without events. `platform.runtimeDone` alone does not prove an environment. */
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
  return spans;
}

function keyOf(ids: readonly StreamIds[], stream: number): readonly [functionId: number, streamId: number] {
  const found = ids[stream];
  if (found === undefined) throw new RangeError(`the batch has no stream ${stream}`);
  return [found.functionId, found.streamId];
}
