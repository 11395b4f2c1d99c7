/** Which series answer a question about metrics: of those that count the same values, one kind is read. */
import { compareText } from '../../../../ingest/text/compare-text.ts';
import { globMatches } from '../../../../ingest/text/glob.ts';
import type { MetricSeries, MetricSource } from '../../metrics/identity.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { MetricPoints, MetricPointsQuery } from './types.ts';

/** A stored series with its function. */
export interface OwnedSeries extends MetricSeries {
  /** Of the store. */
  readonly id: number | string;
  /** Null: of none. */
  readonly identity: FunctionIdentity | null;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface SelectedSeries extends Pick<MetricPoints, 'name' | 'source' | 'unit' | 'dimensions' | 'others' | 'lastMs'> {
  readonly series: readonly OwnedSeries[];
}

/**
 * Series of one metric. Of several sources, lines of the functions are read, which CloudWatch aggregates as well; of several sets of
 * dimensions, the smallest that has those of the question; of several units, that of the newest value. Null without a series.
 */
export function selectSeries(
  name: string,
  all: readonly OwnedSeries[],
  query: Pick<MetricPointsQuery, 'source' | 'unit' | 'dimensions' | 'groupBy' | 'owners' | 'selected'>,
): SelectedSeries | null {
  const selected = query.selected === undefined ? null : new Set(query.selected);
  const isSelected = ({ identity }: OwnedSeries): boolean =>
    selected === null || selected.has(identity?.functionId ?? 0);
  const matching = all.filter((one) => one.name === name && isSelected(one) && matches(one, query));
  const sources = distinct(matching.map((one) => one.source));
  const source: MetricSource = sources.includes('emf') ? 'emf' : 'cloudwatch';
  const ofSource = withFunction(
    matching.filter((one) => one.source === source),
    query,
  );
  const sets = setsOf(ofSource);
  const wanted = query.groupBy.flatMap((key) => (key.startsWith(DIMENSION) ? [key.slice(DIMENSION.length)] : []));
  const set = sets.find((names) => wanted.every((one) => names.includes(one))) ?? sets[0];
  if (set === undefined) return null;
  const ofSet = ofSource.filter((one) => keyOf(namesOf(one)) === keyOf(set));
  const newest = ofSet.toSorted((a, b) => b.lastMs - a.lastMs || compareText(a.unit ?? '', b.unit ?? ''));
  const unit = newest[0]?.unit ?? null;
  const series = ofSet.filter((one) => one.unit === unit);
  return {
    name,
    source,
    unit,
    dimensions: set,
    others: {
      sources: sources.filter((one) => one !== source),
      units: distinct(ofSet.map((one) => one.unit))
        .filter((one) => one !== unit)
        .toSorted((a, b) => compareText(a ?? '', b ?? '')),
      dimensions: sets.filter((names) => names !== set),
    },
    lastMs: series.reduce((last, one) => Math.max(last, one.lastMs), 0),
    series,
  };
}

const DIMENSION = 'dimension:';

/** Values of the group keys of a series. */
export function groupOf(
  { identity, account, region, dimensions }: OwnedSeries,
  keys: MetricPointsQuery['groupBy'],
): readonly (string | null)[] {
  return keys.map((key) => {
    if (key === 'function') return ownerName(identity);
    if (key === 'account') return identity?.account ?? account;
    if (key === 'region') return identity?.region ?? region;
    return dimensions.find(([name]) => name === key.slice(DIMENSION.length))?.[1] ?? null;
  });
}

function ownerName(identity: FunctionIdentity | null): string | null {
  return identity === null ? null : `${identity.account}:${identity.region}:${identity.name}`;
}

function matches(
  series: OwnedSeries,
  { source, unit, dimensions, owners }: Pick<MetricPointsQuery, 'source' | 'unit' | 'dimensions' | 'owners'>,
): boolean {
  if (source !== undefined && series.source !== source) return false;
  if (unit !== undefined && series.unit !== unit) return false;
  const has = ([name, value]: readonly [string, string]): boolean =>
    series.dimensions.some(([key, own]) => key === name && own === value);
  if (!dimensions.every(has)) return false;
  return owners.every(({ field, values, not, isGlob = false }) => {
    const [own] = groupOf(series, [field]);
    const name = field === 'function' ? (series.identity?.name ?? null) : own;
    const isLike = (pattern: string, text: string | null | undefined): boolean =>
      text !== null && text !== undefined && globMatches(pattern, text);
    const isOne = values.some((one) => (isGlob ? isLike(one, own) || isLike(one, name) : one === own || one === name));
    return isOne !== not;
  });
}

/** Questions by function read series of functions, where there are any. */
function withFunction(series: readonly OwnedSeries[], { groupBy }: Pick<MetricPointsQuery, 'groupBy'>) {
  const named = groupBy.includes('function') ? series.filter((one) => one.identity !== null) : [];
  return named.length === 0 ? series : named;
}

function namesOf({ dimensions }: OwnedSeries): readonly string[] {
  return dimensions.map(([name]) => name);
}

function keyOf(names: readonly string[]): string {
  return JSON.stringify(names);
}

/** Sets of names of dimensions, the smallest first. */
function setsOf(series: readonly OwnedSeries[]): readonly (readonly string[])[] {
  const sets = new Map(series.map((one) => [keyOf(namesOf(one)), namesOf(one)]));
  return [...sets.values()].toSorted((a, b) => a.length - b.length || compareText(keyOf(a), keyOf(b)));
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
