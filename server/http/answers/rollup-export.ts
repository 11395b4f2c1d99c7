/** Pages of the export of rollups: one row for each bucket of a version, memory size and architecture of a function. */
import { iso } from '../../../ingest/records/time.ts';
import { costOf } from '../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { SeriesBucket, SeriesSlice } from '../../storage/questions/series/types.ts';
import { READ_AT } from '../../storage/rollup/bucket.ts';
import type { Cell } from '../contract/csv.ts';
import { csvHead, csvRow, ndjsonRow } from '../presentation/export-text.ts';
import type { Shaped } from './shaped.ts';

const COLUMNS = [
  ...(['bucketAt', 'function', 'account', 'region', 'version', 'memoryMb', 'architecture'] as const),
  ...(['invocations', 'errors', 'errorsUnknownOf', 'timeouts', 'handlerErrors', 'outOfMemory', 'exits'] as const),
  ...(['coldStarts', 'coldStartsOnDemand', 'coldStartsProvisioned', 'coldStartsSnapStart'] as const),
  ...(['coldStartsSuppressed', 'coldStartsManagedInstance', 'userFeltColdStarts', 'userFeltInitMs'] as const),
  ...(['billedMs', 'failedBilledMs', 'maxMemoryUsedMb', 'durationSumMs', 'costUsd', 'wastedUsd'] as const),
];

interface RollupForm {
  readonly csv: boolean;
  readonly isFirst: boolean;
  /** Most rows. */
  readonly limit: number;
}

/** Buckets in order of time, those of one time in order of the slices. `meta` is the number of rows. */
export function rollupExport(
  { range, slices }: ReaderResult<'series'>,
  { csv, isFirst, limit }: RollupForm,
  terms: PriceTerms,
): Shaped<string, number> {
  const all = slices
    .flatMap((slice) => slice.buckets.map((bucket) => ({ slice, bucket })))
    .toSorted((a, b) => a.bucket.atMs - b.bucket.atMs)
    .slice(0, limit);
  const rows = all.map(({ slice, bucket }) => rowOf(slice, bucket, range.widthMs, terms));
  const head = csv && isFirst ? csvHead(COLUMNS) : '';
  return { body: head + rows.map((row) => (csv ? csvRow(COLUMNS, row) : ndjsonRow(row))).join(''), meta: rows.length };
}

type Row = Readonly<Record<(typeof COLUMNS)[number], Cell>>;

function rowOf(
  slice: SeriesSlice,
  { atMs, counts, maxMemoryMb, duration }: SeriesBucket,
  widthMs: number,
  terms: PriceTerms,
): Row {
  const at = (name: keyof typeof READ_AT): number => counts[READ_AT[name]] ?? 0;
  const { region, memoryMb, architecture } = slice;
  const factors = factorsOf(terms, { fromMs: atMs, toMs: atMs + widthMs });
  const errors = at('timeouts') + at('errors') + at('ooms') + at('exits');
  const usd = (invocations: number, billedMs: number): number | null =>
    costOf({ region, memoryMb, architecture, invocations, billedMs }, factors)?.usd ?? null;
  return {
    bucketAt: iso(atMs),
    function: slice.function,
    account: slice.account,
    region,
    version: slice.version,
    memoryMb,
    architecture,
    invocations: at('n'),
    errors,
    errorsUnknownOf: at('errors_unknown'),
    timeouts: at('timeouts'),
    handlerErrors: at('errors'),
    outOfMemory: at('ooms'),
    exits: at('exits'),
    coldStarts:
      at('cold_on_demand') +
      at('cold_provisioned') +
      at('cold_snap_start') +
      at('cold_suppressed') +
      at('cold_managed_instance'),
    coldStartsOnDemand: at('cold_on_demand'),
    coldStartsProvisioned: at('cold_provisioned'),
    coldStartsSnapStart: at('cold_snap_start'),
    coldStartsSuppressed: at('cold_suppressed'),
    coldStartsManagedInstance: at('cold_managed_instance'),
    userFeltColdStarts: at('user_felt'),
    userFeltInitMs: at('felt_init_us') / 1000,
    billedMs: at('billed_ms'),
    failedBilledMs: at('failed_billed_ms'),
    maxMemoryUsedMb: maxMemoryMb,
    // The sum follows the counts of the bounds.
    durationSumMs: duration?.at(-1) ?? null,
    costUsd: usd(at('n'), at('billed_ms')),
    wastedUsd: usd(errors, at('failed_billed_ms')),
  };
}
