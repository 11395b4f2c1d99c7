/** Pages of exports: rows as CSV or NDJSON. */
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { StoredInvocation } from '../../storage/ports.ts';
import type { FunctionSummary } from '../contract/functions.ts';
import type { Row } from '../presentation/export-text.ts';
import { csvHead, csvRow, ndjsonRow } from '../presentation/export-text.ts';
import type { DeclaredCosts } from '../presentation/present.ts';
import { costOfInvocation, streamReasonOf, summaryOf } from '../presentation/present.ts';
import type { Shaped } from './shaped.ts';

interface ExportForm {
  readonly csv: boolean;
  /** Whether the page begins with the names of the columns; only CSV has them. */
  readonly isFirst: boolean;
}

export function invocationExport(
  { items }: ReaderResult<'invocations'>,
  form: ExportForm,
  terms: PriceTerms,
): Shaped<string> {
  const body = textOf(
    INVOCATION_COLUMNS,
    items.map((item) => invocationRow(item, terms)),
    form,
  );
  return { body, meta: null };
}

export function functionExport(
  { items, range }: ReaderResult<'functions'>,
  form: ExportForm,
  nowMs: number,
  declared: DeclaredCosts,
  terms: PriceTerms,
): Shaped<string> {
  const factors = factorsOf(terms, range);
  const rows = items.map((item) => functionRow(summaryOf(item, nowMs, declared, factors)));
  return { body: textOf(FUNCTION_COLUMNS, rows, form), meta: null };
}

function textOf(columns: readonly string[], rows: readonly Row[], { csv, isFirst }: ExportForm): string {
  const head = csv && isFirst ? csvHead(columns) : '';
  return head + rows.map((row) => (csv ? csvRow(columns, row) : ndjsonRow(row))).join('');
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

function invocationRow(
  row: StoredInvocation,
  terms: PriceTerms,
): Record<(typeof INVOCATION_COLUMNS)[number] | 'logStreamReason', Row[string]> {
  const { coldStart } = row;
  // Written out: copies of rest and spread properties took a seventh of an export.
  return {
    requestId: row.requestId,
    attempt: row.attempt,
    version: row.version,
    logGroup: row.logGroup,
    logStream: row.logStream,
    logStreamReason: streamReasonOf(row),
    startedAt: isoOrNull(row.startMs),
    endedAt: iso(row.endMs),
    durationMs: row.durationMs,
    billedDurationMs: row.billedDurationMs,
    memorySizeMb: row.memorySizeMb,
    maxMemoryUsedMb: row.maxMemoryUsedMb,
    initDurationMs: row.initDurationMs,
    restoreDurationMs: row.restoreDurationMs,
    hiddenInitDurationMs: row.hiddenInitDurationMs,
    status: row.status,
    errorType: row.errorType,
    errorMessage: row.errorMessage,
    traceId: row.traceId,
    tenantId: row.tenantId,
    costUsd: costOfInvocation(row, terms),
    function: row.functionName,
    errorStack: row.errorStack.join('\n'),
    account: row.account,
    region: row.region,
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
  'costBasis',
  'costReason',
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
    wastedUnknown: ____,
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
