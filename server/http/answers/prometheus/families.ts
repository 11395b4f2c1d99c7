/** How the rollups of a slice make up the series of the Prometheus-compatible API. */
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { costOf } from '../../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import { AT_LIST_PRICE, factorsAt } from '../../../analytics/cost/terms.ts';
import { HISTOGRAM_BOUNDS_MS } from '../../../storage/questions/series/bounds.ts';
import type { SeriesSlice as PlainSlice, BucketSums as PlainSums } from '../../../storage/questions/series/types.ts';
import type { Tags } from '../../../storage/questions/tags/types.ts';
import { READ_AT, type ReadColumn } from '../../../storage/rollup/bucket.ts';
import type { Family } from '../../presentation/prometheus-metrics.ts';
import { tagLabels } from './tag-labels.ts';

/** `usd`: their cost where it was summed before, null without a price; otherwise it follows from the counts and the time. */
export type BucketSums = PlainSums & { readonly usd?: number | null };

export interface SeriesSlice extends Omit<PlainSlice, 'before'> {
  readonly before: BucketSums;
}

/** What is not in the rollups. */
export interface FamilyContext {
  readonly terms: PriceTerms;
  /** Of functions that have any, by account:region:name. Empty where no tags are asked for. */
  readonly tags: ReadonlyMap<string, Tags>;
}

/** One series of a slice. */
export interface Source {
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Of a counter: what a bucket adds to it. Of a gauge: its value, null for none. `atMs`: start of the bucket. */
  readonly read: (sums: BucketSums, atMs: number) => number | null;
  readonly isCounter: boolean;
}

/** Metrics of a function that are always 1: its slices have the same series. */
export const INFOS: ReadonlySet<string> = new Set(['thermocline_function_info', 'thermocline_function_tags']);

/** The series that a slice has of a family. */
export function sourcesOf(family: Family, slice: SeriesSlice, { terms, tags }: FamilyContext): readonly Source[] {
  const own = ownLabels(slice);
  const { name } = family;
  const simple = (read: Source['read'], further: Source['labels'] = []): Source => ({
    name,
    labels: [...own, ...further],
    read,
    isCounter: family.type === 'counter',
  });
  switch (name) {
    case 'thermocline_invocations_total':
      return [simple(columns('n'))];
    case 'thermocline_errors_total':
      return hasAny(slice, 'errors_unknown') ? [] : [simple(columns('timeouts', 'errors', 'ooms', 'exits'))];
    case 'thermocline_failures_total':
      return FAILURES.filter(([type]) => type !== 'error' || !hasAny(slice, 'errors_unknown')).map(([type, column]) =>
        simple(columns(column), [['type', type]]),
      );
    case 'thermocline_errors_unknown_total':
      return [simple(columns('errors_unknown'))];
    case 'thermocline_cold_starts_total':
      return COLD_STARTS.filter(([kind, column]) => kind === 'on-demand' || hasEver(slice, column)).map(
        ([kind, column]) => simple(columns(column), [['kind', kind]]),
      );
    case 'thermocline_cold_start_causes_total':
      return CAUSES.flatMap((cause, at) =>
        [slice.before, ...slice.buckets].some(({ causes }) => (causes?.[at] ?? 0) > 0)
          ? [simple(({ causes }) => causes?.[at] ?? 0, [['cause', cause]])]
          : [],
      );
    case 'thermocline_user_felt_cold_starts_total':
      return hasAny(slice, 'unplaced') ? [] : [simple(columns('user_felt'))];
    case 'thermocline_user_felt_init_seconds_total':
      return hasAny(slice, 'unplaced') ? [] : [simple((sums) => column(sums, 'felt_init_us') / 1e6)];
    case 'thermocline_billed_seconds_total':
      return [simple((sums) => column(sums, 'billed_ms') / 1000)];
    case 'thermocline_cost_usd_total':
      return usdOf(slice, slice.before, null) === null
        ? []
        : [simple((sums, atMs) => usdOf(slice, sums, { terms, atMs }))];
    case 'thermocline_duration_seconds':
      return histogramSources(name, own, ({ duration }) => duration);
    case 'thermocline_init_duration_seconds':
      return COLD_STARTS.flatMap(([kind, counted], at) =>
        kind === 'on-demand' || hasEver(slice, counted)
          ? histogramSources(name, [...own, ['kind', kind]], ({ init }) => init[at] ?? null)
          : [],
      );
    case 'thermocline_max_memory_used_bytes':
      return [simple(({ maxMemoryMb }) => (maxMemoryMb === null ? null : maxMemoryMb * 2 ** 20))];
    case 'thermocline_function_info':
      return [infoOf(name, infoLabels(slice))];
    case 'thermocline_function_tags': {
      const own = tags.get(`${slice.account}:${slice.region}:${slice.function}`) ?? {};
      return [infoOf(name, [...ownerLabels(slice), ...tagLabels(own)])];
    }
    default:
      return name satisfies never;
  }
}

const FAILURES = [
  ['timeout', 'timeouts'],
  ['error', 'errors'],
  ['out-of-memory', 'ooms'],
  ['exit', 'exits'],
] as const satisfies readonly (readonly [string, ReadColumn])[];

const COLD_COLUMNS = {
  'on-demand': 'cold_on_demand',
  provisioned: 'cold_provisioned',
  'snap-start': 'cold_snap_start',
  suppressed: 'cold_suppressed',
  'managed-instance': 'cold_managed_instance',
} as const;
const COLD_STARTS = COLD_START_KINDS.map((kind) => [kind, COLD_COLUMNS[kind]] as const);

function infoOf(name: string, labels: Source['labels']): Source {
  return { name, labels, read: () => 1, isCounter: false };
}

function ownerLabels(slice: SeriesSlice): Source['labels'] {
  return [
    ['function', slice.function],
    ['account', slice.account],
    ['region', slice.region],
  ];
}

function ownLabels(slice: SeriesSlice): Source['labels'] {
  return [
    ...ownerLabels(slice),
    ['version', slice.version ?? ''],
    ['memory_mb', slice.memoryMb === null ? '' : String(slice.memoryMb)],
    ['architecture', slice.architecture ?? ''],
  ];
}

function infoLabels(slice: SeriesSlice): Source['labels'] {
  return [...ownerLabels(slice), ['runtime', slice.runtime ?? ''], ['package_type', slice.packageType ?? '']];
}

function column({ counts }: BucketSums, name: ReadColumn): number {
  return counts[READ_AT[name]] ?? 0;
}

function columns(...names: readonly ReadColumn[]): Source['read'] {
  return (sums) => names.reduce((sum, name) => sum + column(sums, name), 0);
}

/** Whether the slice has any of the column in the range of the query. */
function hasAny({ buckets }: SeriesSlice, name: ReadColumn): boolean {
  return buckets.some((bucket) => column(bucket, name) > 0);
}

function hasEver(slice: SeriesSlice, name: ReadColumn): boolean {
  return column(slice.before, name) > 0 || hasAny(slice, name);
}

/** The cost of a bucket; null without a price. `when`: null for the list price. */
export function usdOf(
  { region, memoryMb, architecture }: SeriesSlice,
  sums: BucketSums,
  when: { readonly terms: PriceTerms; readonly atMs: number } | null,
): number | null {
  if (sums.usd !== undefined) return sums.usd;
  const usage = { region, memoryMb, architecture, invocations: column(sums, 'n'), billedMs: column(sums, 'billed_ms') };
  return costOf(usage, when === null ? AT_LIST_PRICE : factorsAt(when.terms, when.atMs))?.usd ?? null;
}

function histogramSources(
  name: string,
  labels: Source['labels'],
  of: (sums: BucketSums) => Float64Array | null,
): readonly Source[] {
  const above = HISTOGRAM_BOUNDS_MS.length;
  const upTo = (sums: BucketSums, bound: number): number => {
    const values = of(sums);
    let n = 0;
    for (let at = 0; values !== null && at <= bound; at += 1) n += values[at] ?? 0;
    return n;
  };
  const buckets = [...HISTOGRAM_BOUNDS_MS, Number.POSITIVE_INFINITY].map((ms, bound): Source => {
    const le = Number.isFinite(ms) ? String(ms / 1000) : '+Inf';
    return {
      name: `${name}_bucket`,
      labels: [...labels, ['le', le]],
      read: (sums) => upTo(sums, bound),
      isCounter: true,
    };
  });
  return [
    ...buckets,
    { name: `${name}_sum`, labels, read: (sums) => (of(sums)?.[above + 1] ?? 0) / 1000, isCounter: true },
    { name: `${name}_count`, labels, read: (sums) => upTo(sums, above), isCounter: true },
  ];
}
