/** Handler of exports: streams rows as CSV or NDJSON, page by page. */
import type { Store, StoredInvocation, TimeRange } from '../../storage/ports.ts';
import { exportRoutes } from '../contract/export.ts';
import type { FunctionSummary } from '../contract/functions.ts';
import { implement } from '../implement.ts';
import type { Row } from '../presentation/export-text.ts';
import { csvHead, csvRow, ndjsonRow } from '../presentation/export-text.ts';
import { invocationOf, summaryOf } from '../presentation/present.ts';
import { filterOf, rangeOf } from '../query.ts';

const PAGE = 500;

export const exportHandlers = implement(exportRoutes, {
  exportRows: async ({ context, params, query, request }) => {
    const { from, to, format, limit, status, cause, ...filter } = query;
    const range = rangeOf({ from, to }, context.now());
    const found = await filterOf(filter, context.store);
    const csv = (format ?? formatOf(request)) === 'csv';
    const rows =
      params.what === 'functions'
        ? functionRows(context.store, { ...range, ...found }, context.now())
        : invocationRows(context.store, {
            ...range,
            ...found,
            ...(params.what === 'cold-starts' ? { cold: true } : {}),
            status,
            cause,
            limit,
          });
    const columns = params.what === 'functions' ? FUNCTION_COLUMNS : INVOCATION_COLUMNS;
    return new Response(textStream(rows, csv ? columns : null), {
      headers: {
        'content-type': csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson',
        'content-disposition': `attachment; filename="thermocline-${params.what}.${csv ? 'csv' : 'ndjson'}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    }) as never;
  },
});

function formatOf(request: Request): 'csv' | 'ndjson' {
  return (request.headers.get('accept') ?? '').includes('text/csv') ? 'csv' : 'ndjson';
}

/** Reads the next page only after the previous one was consumed, so that a slow reader holds one page in memory. */
function textStream(
  rows: AsyncGenerator<readonly Row[]>,
  columns: readonly string[] | null,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let head = columns === null ? '' : csvHead(columns);
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await rows.next();
      const text =
        head + (value ?? []).map((row: Row) => (columns === null ? ndjsonRow(row) : csvRow(columns, row))).join('');
      head = '';
      if (text !== '') controller.enqueue(encoder.encode(text));
      if (done === true) controller.close();
    },
    cancel: async () => {
      await rows.return(undefined);
    },
  });
}

type InvocationQuery = Parameters<Store['read']['invocations']>[0];

async function* invocationRows(store: Store, query: InvocationQuery): AsyncGenerator<readonly Row[]> {
  let cursor: string | undefined;
  let left = query.limit;
  do {
    const page = await store.read.invocations({ ...query, limit: Math.min(PAGE, left), cursor });
    left -= page.items.length;
    cursor = page.nextCursor ?? undefined;
    yield page.items.map(invocationRow);
  } while (cursor !== undefined && left > 0);
}

async function* functionRows(store: Store, query: TimeRange, nowMs: number): AsyncGenerator<readonly Row[]> {
  const { items } = await store.read.functions(query);
  yield items.map((item) => functionRow(summaryOf(item, nowMs)));
}

const INVOCATION_COLUMNS = [
  'endedAt',
  'startedAt',
  'function',
  'account',
  'region',
  'version',
  'requestId',
  'attempt',
  'status',
  'errorType',
  'errorMessage',
  'errorStack',
  'durationMs',
  'billedDurationMs',
  'memorySizeMb',
  'maxMemoryUsedMb',
  'initDurationMs',
  'restoreDurationMs',
  'hiddenInitDurationMs',
  'coldStart',
  'userFelt',
  'cause',
  'evidence',
  'traceId',
  'tenantId',
  'costUsd',
  'logGroup',
  'logStream',
] as const;

function invocationRow(stored: StoredInvocation): Record<(typeof INVOCATION_COLUMNS)[number], Row[string]> {
  const {
    function: owner,
    coldStart,
    attributes: _,
    segmentId: __,
    sampled: ___,
    billedRestoreDurationMs: ____,
    errorStack,
    ...rest
  } = invocationOf(stored);
  return {
    ...rest,
    function: owner.name,
    errorStack: errorStack.join('\n'),
    account: owner.account,
    region: owner.region,
    coldStart: coldStart?.kind ?? null,
    userFelt: coldStart?.userFelt ?? null,
    cause: coldStart?.cause ?? null,
    evidence: coldStart?.evidence ?? null,
  };
}

const FUNCTION_COLUMNS = [
  'id',
  'name',
  'account',
  'region',
  'runtime',
  'architecture',
  'memoryMb',
  'version',
  'vpc',
  'invocations',
  'errors',
  'errorRate',
  'errorsUnknownOf',
  'coldStartRate',
  'userFeltColdStartRate',
  'coldStartSeconds',
  'durationP50Ms',
  'durationP95Ms',
  'durationP99Ms',
  'initP50Ms',
  'initP95Ms',
  'initP99Ms',
  'maxMemoryUsedMb',
  'costUsd',
  'wastedUsd',
  'coverage',
  'firstSeenAt',
  'lastSeenAt',
] as const;

function functionRow(summary: FunctionSummary): Record<(typeof FUNCTION_COLUMNS)[number], Row[string]> {
  const {
    durationMs,
    initMs,
    errorRate,
    coldStartRate,
    userFeltColdStartRate,
    spark: _,
    memoryUse: ___,
    warnings: __,
    ...rest
  } = summary;
  return {
    ...rest,
    errorRate: errorRate.value,
    errorsUnknownOf: errorRate.unknown?.invocations ?? 0,
    coldStartRate: coldStartRate.value,
    userFeltColdStartRate: userFeltColdStartRate.value,
    durationP50Ms: durationMs.p50,
    durationP95Ms: durationMs.p95,
    durationP99Ms: durationMs.p99,
    initP50Ms: initMs.p50,
    initP95Ms: initMs.p95,
    initP99Ms: initMs.p99,
  };
}
