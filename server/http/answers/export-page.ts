/** Pages of exports: rows as CSV or NDJSON. */
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import { unpackedBytes } from '../../storage/packed.ts';
import type { Tags } from '../../storage/ports.ts';
import type { FunctionSummary } from '../contract/functions.ts';
import { csvHead, csvRow, NO_TAGS, ndjsonRow, tagsText } from '../presentation/export-text.ts';
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
  /** Packed: those of functions that have any, by account:region:name. */
  tags: Uint8Array,
): Shaped<string> {
  const byName = unpackedBytes(tags) as ReadonlyMap<string, Tags>;
  return { body: invocationRows(columns, form, terms, byName), meta: null };
}

export function functionExport(
  { items, range }: ReaderResult<'functionsPage'>,
  form: ExportForm,
  nowMs: number,
  declared: DeclaredCosts,
  terms: PriceTerms,
  tags: ReadonlyMap<number, Tags>,
): Shaped<string> {
  const factors = factorsOf(terms, range);
  // No column is an interval.
  const rows = items.map((item) =>
    functionRow(
      summaryOf({ ...item, blocks: null }, nowMs, declared, factors),
      tags.get(item.identity.functionId) ?? NO_TAGS,
    ),
  );
  const head = form.csv && form.isFirst ? csvHead(FUNCTION_COLUMNS) : '';
  const text = form.csv
    ? (row: FunctionRow) => csvRow(FUNCTION_COLUMNS, { ...row, tags: tagsText(row.tags) })
    : (row: FunctionRow) => ndjsonRow(row);
  return { body: head + rows.map(text).join(''), meta: null };
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
  'tags',
] as const;

type FunctionRow = ReturnType<typeof functionRow>;

/** Written out: a spread with exceptions takes ten times as long, and lists have tens of thousands of functions. */
function functionRow(summary: FunctionSummary, tags: Tags) {
  const { durationMs, initMs, errorRate } = summary;
  return {
    id: summary.id,
    name: summary.name,
    account: summary.account,
    region: summary.region,
    runtime: summary.runtime,
    runtimeSupport: summary.runtimeSupport,
    architecture: summary.architecture,
    memoryMb: summary.memoryMb,
    version: summary.version,
    invocations: summary.invocations,
    errors: summary.errors,
    coldStartSeconds: summary.coldStartSeconds,
    maxMemoryUsedMb: summary.maxMemoryUsedMb,
    costUsd: summary.costUsd,
    costBasis: summary.costBasis,
    costReason: summary.costReason,
    wastedUsd: summary.wastedUsd,
    vpc: summary.vpc,
    initAgainstRuntime: summary.initAgainstRuntime,
    coverage: summary.coverage,
    firstSeenAt: summary.firstSeenAt,
    lastSeenAt: summary.lastSeenAt,
    errorRate: errorRate.value,
    errorsUnknownOf: errorRate.unknown?.invocations ?? 0,
    coldStartRate: summary.coldStartRate.value,
    userFeltColdStartRate: summary.userFeltColdStartRate.value,
    durationP50Ms: durationMs.p50,
    durationP95Ms: durationMs.p95,
    durationP99Ms: durationMs.p99,
    initP50Ms: initMs.p50,
    initP95Ms: initMs.p95,
    initP99Ms: initMs.p99,
    tags,
  };
}
