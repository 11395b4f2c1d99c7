/** What both stores do with the rows of metrics. */
import { createHash } from 'node:crypto';
import { compareText } from '../../../../ingest/text/compare-text.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { METRIC_LEVELS } from '../../metrics/levels.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, cover, finestWidthOf } from '../../rollup/range.ts';
import type { ResolvedRange } from '../shared-types.ts';
import type { OwnedSeries } from './select.ts';
import { groupOf, selectSeries } from './select.ts';
import type {
  DroppedMetric,
  ListedSeries,
  MetricAnswer,
  MetricGroup,
  MetricPoints,
  MetricPointsQuery,
  MetricSeriesList,
  MetricSeriesQuery,
  MetricSums,
} from './types.ts';

/** A page of series, in the order of namespaces, names and dimensions. */
export function seriesPage(
  all: readonly OwnedSeries[],
  dropped: readonly DroppedMetric[],
  { search, after, limit }: MetricSeriesQuery,
): MetricSeriesList {
  const wanted = search?.toLowerCase();
  const listed = all
    .map((one) => ({ one, text: textOf(one) }))
    .filter(({ text }) => wanted === undefined || text.toLowerCase().includes(wanted))
    .toSorted((a, b) => compareSeries(a.one, b.one) || compareText(a.text, b.text))
    .map(({ one, text }) => listedOf(one, text));
  const at = after === undefined ? 0 : startAfter(listed, after);
  return {
    series: listed.slice(at, at + limit),
    more: listed.length > at + limit,
    dropped: dropped.toSorted((a, b) => b.n - a.n || compareSeries(a, b) || compareText(a.reason, b.reason)),
  };
}

/** @throws RangeError for the key of no series */
function startAfter(listed: readonly ListedSeries[], after: string): number {
  const known = listed.findIndex(({ key }) => key === after);
  if (known === -1) throw new RangeError('cursor: no such series; start again with the first page');
  return known + 1;
}

interface Named {
  readonly namespace: string;
  readonly name: string;
}

function compareSeries(a: Named, b: Named): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

function textOf({ namespace, name, dimensions, source, unit, identity, account, region }: OwnedSeries): string {
  const owner = identity === null ? `${account}:${region}` : `${identity.account}:${identity.region}:${identity.name}`;
  return [namespace, name, dimensions.flat().join(' '), source, unit ?? '', owner].join('\n');
}

function listedOf({ id: _id, functionId: _functionId, ...one }: OwnedSeries, text: string): ListedSeries {
  return { ...one, key: createHash('sha256').update(text).digest('hex').slice(0, 16) };
}

/** Sums of one series in one bucket of a table. */
export interface MetricCell {
  readonly bucket: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Null if it was not asked for, or there is none. */
  readonly sketch: Sketch | Uint8Array | null;
}

/** The range that is answered. `keptMs`: width of the finest sums that are still stored of the range. */
export function metricRange(query: MetricPointsQuery, keptMs: () => number): ResolvedRange {
  const { widthMs } = query;
  if (widthMs === null) return align(query, finestWidthOf(query, keptMs));
  return align(query, Math.max(widthMs, keptMs()));
}

/** Rows that cover the range, none of which spans two buckets of the answer. */
export function metricSegments(
  range: ResolvedRange,
  { widthMs }: MetricPointsQuery,
): readonly (Segment & { readonly level: (typeof METRIC_LEVELS)[number] })[] {
  return cover({ ...range, widthMs: finestOf(range.widthMs) }, widthMs === null ? undefined : range.widthMs).map(
    (segment) => {
      const width = segment.table === 'rollup_5m' ? 0 : segment.table === 'rollup_1h' ? 1 : 2;
      return { ...segment, level: METRIC_LEVELS[width] };
    },
  );
}

/** The widest rows that divide a bucket. */
function finestOf(widthMs: number): number {
  return METRIC_LEVELS.findLast((level) => widthMs % level.widthMs === 0)?.widthMs ?? METRIC_LEVELS[0].widthMs;
}

/** Values of the metrics of a question, from the cells of the series that answer it. `cellsOf` is asked once for each metric. */
export async function metricAnswer(
  range: ResolvedRange,
  all: readonly OwnedSeries[],
  query: MetricPointsQuery,
  cellsOf: (
    series: readonly OwnedSeries[],
    withSketches: boolean,
  ) => Promise<Iterable<readonly [id: OwnedSeries['id'], cell: MetricCell]>>,
): Promise<MetricAnswer> {
  const metrics: MetricPoints[] = [];
  for (const name of query.names) {
    const selected = selectSeries(name, all, query);
    if (selected === null) continue;
    const { series, ...rest } = selected;
    const withSketches = query.quantiles.length > 0 && selected.source === 'emf';
    const groups = new Groups(range, series, query);
    for (const [id, cell] of await cellsOf(series, withSketches)) groups.add(id, cell);
    metrics.push({ ...rest, ...groups.result(selected.source === 'cloudwatch') });
  }
  return { range, metrics };
}

class Groups {
  readonly #range: ResolvedRange;
  readonly #query: MetricPointsQuery;
  readonly #groups = new Map<string, Group>();
  readonly #groupOf = new Map<OwnedSeries['id'], Group>();

  constructor(range: ResolvedRange, series: readonly OwnedSeries[], query: MetricPointsQuery) {
    this.#range = range;
    this.#query = query;
    for (const one of series) {
      const values = groupOf(one, query.groupBy);
      const key = JSON.stringify(values);
      const group = this.#groups.get(key) ?? { key, values, series: 0, total: new Sums(), buckets: [] };
      this.#groups.set(key, group);
      this.#groupOf.set(one.id, group);
      group.series += 1;
    }
  }

  add(id: OwnedSeries['id'], cell: MetricCell): void {
    const group = this.#groupOf.get(id);
    if (group === undefined) return;
    group.total.add(cell);
    if (this.#query.widthMs === null) return;
    const at = Math.floor((cell.bucket - this.#range.fromMs) / this.#range.widthMs);
    const bucket = group.buckets[at] ?? new Sums();
    group.buckets[at] = bucket;
    bucket.add(cell);
  }

  result(isStatistics: boolean): Pick<MetricPoints, 'groups' | 'truncated' | 'quantilesUnknown'> {
    const { quantiles, widthMs, limit } = this.#query;
    const { fromMs, toMs, widthMs: width } = this.#range;
    const found = [...this.#groups.values()]
      .filter(({ total }) => total.hasCells)
      .toSorted((a, b) => b.total.count - a.total.count || compareText(a.key, b.key));
    const isNegative = found.some(({ total }) => total.isNegative);
    const known = isStatistics || isNegative ? [] : quantiles;
    const sumsOf = (sums: Sums): MetricSums => sums.result(known, quantiles.length);
    const length = widthMs === null ? 0 : Math.ceil((toMs - fromMs) / width);
    const groups = found.slice(0, limit).map(
      ({ values, series, total, buckets }): MetricGroup => ({
        group: values,
        series,
        total: sumsOf(total),
        buckets: Array.from({ length }, (_, at) => (buckets[at] === undefined ? null : sumsOf(buckets[at]))),
      }),
    );
    const reason = isStatistics ? 'statistics' : isNegative ? 'negative-values' : null;
    return { groups, truncated: found.length > limit, quantilesUnknown: quantiles.length === 0 ? null : reason };
  }
}

interface Group {
  readonly key: string;
  readonly values: readonly (string | null)[];
  series: number;
  readonly total: Sums;
  readonly buckets: (Sums | undefined)[];
}

class Sums {
  hasCells = false;
  count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** Whether a cell with values does not state its least value. */
  #minUnknown = false;
  #maxUnknown = false;
  readonly #sketch = new Sketch();

  get isNegative(): boolean {
    return this.#min < 0;
  }

  add({ count, sum, min, max, sketch }: MetricCell): void {
    this.hasCells = true;
    this.count += count;
    this.#sum += sum;
    if (sketch instanceof Sketch) this.#sketch.merge(sketch);
    else if (sketch !== null) this.#sketch.mergeEncoded(sketch);
    if (count <= 0) return;
    if (min === null) this.#minUnknown = true;
    else this.#min = Math.min(this.#min, min);
    if (max === null) this.#maxUnknown = true;
    else this.#max = Math.max(this.#max, max);
  }

  result(quantiles: readonly number[], asked: number): MetricSums {
    const found = quantiles.length === 0 ? [] : this.#sketch.quantiles(quantiles);
    return {
      count: this.count,
      sum: this.#sum,
      min: this.#minUnknown || !Number.isFinite(this.#min) ? null : this.#min,
      max: this.#maxUnknown || !Number.isFinite(this.#max) ? null : this.#max,
      quantiles: Array.from({ length: asked }, (_, at) => found[at] ?? null),
    };
  }
}
