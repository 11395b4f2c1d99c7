/** Pages of exports: rows as CSV or NDJSON. */
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { FunctionSummary } from '../contract/functions.ts';
import type { Row } from '../presentation/export-text.ts';
import { csvHead, csvRow, ndjsonRow } from '../presentation/export-text.ts';
import type { DeclaredCosts } from '../presentation/present.ts';
import { summaryOf } from '../presentation/present.ts';
import { invocationRows } from './invocation-rows.ts';
import type { Shaped } from './shaped.ts';

interface ExportForm {
  readonly csv: boolean;
  /** Whether the page begins with the names of the columns; only CSV has them. */
  readonly isFirst: boolean;
}

export function invocationExport(
  { columns }: ReaderResult<'invocationColumns'>,
  form: ExportForm,
  terms: PriceTerms,
): Shaped<string> {
  return { body: invocationRows(columns, form, terms), meta: null };
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
