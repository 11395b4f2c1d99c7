/** Requests of OTLP with the metrics of the Prometheus-compatible API, as cumulative sums since a start. */
import type { ReaderResult } from '../../../storage/packed.ts';
import { HISTOGRAM_BOUNDS_MS } from '../../../storage/questions/series/bounds.ts';
import type { SeriesBucket, SeriesSlice } from '../../../storage/questions/series/types.ts';
import { READ_COLUMNS } from '../../../storage/rollup/bucket.ts';
import type { Family } from '../../presentation/prometheus-metrics.ts';
import { FAMILIES } from '../../presentation/prometheus-metrics.ts';
import type { Shaped } from '../shaped.ts';
import type { FamilyContext, Source } from './families.ts';
import { INFOS, sourcesOf } from './families.ts';
import type { Metric, MetricPoint } from './otlp-encode.ts';
import { encodeJson, encodeProtobuf } from './otlp-encode.ts';

export interface OtlpMetricsForm {
  /** Of what the sums count, epoch ms. */
  readonly startMs: number;
  /** Time of the points, epoch ms. */
  readonly atMs: number;
  readonly encoding: 'protobuf' | 'json';
  readonly context: FamilyContext;
  /** Of this product. */
  readonly version: string;
  /** Points of one request at most. */
  readonly maxPoints: number;
}

export interface OtlpMetricsMeta {
  /** Bytes of each request; the body is one after the other. */
  readonly lengths: readonly number[];
  readonly points: number;
}

/** `hours`: whole hours since the start; `minutes`: buckets of five minutes after them. */
export function otlpMetrics(
  hours: ReaderResult<'series'>,
  minutes: ReaderResult<'series'>,
  form: OtlpMetricsForm,
): Shaped<Uint8Array<ArrayBuffer>, OtlpMetricsMeta> {
  const encode = form.encoding === 'json' ? encodeJson : encodeProtobuf;
  const requests: Uint8Array[] = [];
  let points = 0;
  for (const metrics of dividedBy(form.maxPoints, metricsOf(joined(hours.slices, minutes.slices), form.context))) {
    points += metrics.reduce((sum, metric) => sum + metric.points.length, 0);
    requests.push(encode(metrics, form));
  }
  const body = new Uint8Array(requests.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const request of requests) {
    body.set(request, at);
    at += request.length;
  }
  return { body, meta: { lengths: requests.map(({ length }) => length), points } };
}

/** Slices with the buckets of both; what happened before the start does not count. */
function joined(hours: readonly SeriesSlice[], minutes: readonly SeriesSlice[]): readonly SeriesSlice[] {
  const slices = new Map<string, { slice: SeriesSlice; buckets: SeriesBucket[] }>();
  for (const slice of [...hours, ...minutes]) {
    const { account, region, version, memoryMb, architecture } = slice;
    const key = JSON.stringify([slice.function, account, region, version, memoryMb, architecture]);
    const known = slices.get(key);
    if (known === undefined) slices.set(key, { slice, buckets: [...slice.buckets] });
    else known.buckets.push(...slice.buckets);
  }
  return [...slices.values()]
    .filter(({ buckets }) => buckets.length > 0)
    .map(({ slice, buckets }) => ({ ...slice, buckets, before: NOTHING }));
}

const NOTHING = {
  counts: new Float64Array(READ_COLUMNS.length),
  maxMemoryMb: null,
  duration: null,
  init: [],
  causes: null,
};

function metricsOf(slices: readonly SeriesSlice[], context: FamilyContext): readonly Metric[] {
  return FAMILIES.map((family: Family): Metric => {
    const points = slices.flatMap((slice) => {
      const sources = sourcesOf(family, slice, context);
      return family.type === 'histogram' ? histograms(sources, slice) : sources.flatMap((one) => number(one, slice));
    });
    const head = { name: family.name, description: family.help, unit: unitOf(family.name), type: family.type };
    return { ...head, points: INFOS.has(family.name) ? distinct(points) : points };
  }).filter(({ points }) => points.length > 0);
}

/** Receivers that translate names for Prometheus add the unit where a name does not end in it: these do. */
function unitOf(name: string): string {
  return /_seconds(?:_total)?$/.test(name) ? 's' : name.endsWith('_bytes') ? 'By' : '';
}

/** One point of those with equal labels. */
function distinct(points: readonly MetricPoint[]): readonly MetricPoint[] {
  return [...new Map(points.map((point) => [JSON.stringify(point.labels), point])).values()];
}

function totalOf(source: Source, { buckets }: SeriesSlice): number {
  return buckets.reduce((sum, bucket) => sum + (source.read(bucket, bucket.atMs) ?? 0), 0);
}

/** The sum of a counter; of a gauge, the value of the newest bucket that has one. */
function number(source: Source, slice: SeriesSlice): MetricPoint[] {
  if (source.isCounter) return [{ labels: source.labels, value: totalOf(source, slice) }];
  const newest = slice.buckets.toSorted((a, b) => b.atMs - a.atMs);
  for (const bucket of newest) {
    const value = source.read(bucket, bucket.atMs);
    if (value !== null) return [{ labels: source.labels, value }];
  }
  return [];
}

/** Series of one histogram follow each other: its buckets, its sum and its count. */
const SERIES_OF_ONE = HISTOGRAM_BOUNDS_MS.length + 3;

function histograms(sources: readonly Source[], slice: SeriesSlice): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (let at = 0; at < sources.length; at += SERIES_OF_ONE) {
    const totals = sources.slice(at, at + SERIES_OF_ONE).map((source) => totalOf(source, slice));
    const [sum = 0, count = 0] = totals.slice(-2);
    if (count === 0) continue;
    const upTo = totals.slice(0, -2);
    points.push({
      labels: sources[at + SERIES_OF_ONE - 1]?.labels ?? [],
      sum,
      count,
      counts: upTo.map((n, bound) => n - (upTo[bound - 1] ?? 0)),
    });
  }
  return points;
}

/** The metrics in groups of at most so many points. */
function* dividedBy(maxPoints: number, metrics: readonly Metric[]): Generator<readonly Metric[]> {
  let group: Metric[] = [];
  let room = maxPoints;
  for (const metric of metrics) {
    let { points } = metric;
    while (points.length > room) {
      if (room > 0) group.push({ ...metric, points: points.slice(0, room) });
      points = points.slice(room);
      yield group;
      [group, room] = [[], maxPoints];
    }
    group.push({ ...metric, points });
    room -= points.length;
  }
  if (group.length > 0) yield group;
}
