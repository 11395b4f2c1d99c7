/**
 * One message of a CloudWatch metric stream in OpenTelemetry's format (ExportMetricsServiceRequest of metrics.proto), 1.0 or 0.7. What
 * differs between the two is where a point has its names: in attributes (field 7), or in labels (field 1), which readers of 1.0 skip.
 */
import protobuf from 'protobufjs/minimal.js';
import { readFigures } from '../documents/metric-stream.ts';
import { metricDimensions, metricName, metricUnit } from '../documents/metric-text.ts';
import type { MetricStatistics } from '../records/metric.ts';
import { DAY_MS, isEpochMs } from '../records/time.ts';
import { cloudWatchUnit } from './otel-units.ts';

export interface OtelMessage {
  readonly records: readonly MetricStatistics[];
  /** Metrics and points that are none, by reason. */
  readonly problems: ReadonlyMap<string, number>;
}

/** Fields by message. */
const FIELD = {
  request: { resourceMetrics: 1 },
  resourceMetrics: { resource: 1, scopeMetrics: 2 },
  resource: { attributes: 1 },
  scopeMetrics: { metrics: 2 },
  metric: { unit: 3, summary: 11 },
  summary: { dataPoints: 1 },
  point: { labels: 1, start: 2, time: 3, count: 4, sum: 5, quantiles: 6, attributes: 7 },
  quantile: { quantile: 1, value: 2 },
  pair: { key: 1, value: 2 },
  anyValue: { text: 1, pairs: 6 },
  pairs: { values: 1 },
} as const;

/** A point has two times and its names. Smaller points and metrics are not read: a body of them would cost far more than its bytes. */
const SMALLEST_POINT = 20;
/** Around a point stand a summary, a metric, its scope and a resource, each with a tag and a length. */
export const SMALLEST_MESSAGE = SMALLEST_POINT + 10;
/** Pairs of one point: dimensions, and the name of the metric and its namespace. */
const MOST_PAIRS = 100;
const MOST_PROBLEMS = 1000;

/** Null if the bytes are no such message. */
export function readRequest(bytes: Uint8Array): OtelMessage | null {
  const message = new MessageReader();
  try {
    message.read(bytes);
  } catch {
    return null;
  }
  return message;
}

const WIRE = { bit64: 1, lengthDelimited: 2 } as const;
const utf8 = new TextDecoder();

/** Calls `take` for each field whose value is a message or text. */
function parts(bytes: Uint8Array, take: (field: number, value: Uint8Array) => void): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, type] = [tag >>> 3, tag & 7];
    if (type === WIRE.lengthDelimited) take(field, reader.bytes());
    else reader.skipType(type);
  }
}

type Place = Pick<MetricStatistics, 'account' | 'region'>;

class MessageReader {
  readonly records: MetricStatistics[] = [];
  readonly problems = new Map<string, number>();
  #problems = 0;

  read(bytes: Uint8Array): void {
    parts(bytes, (field, value) => {
      if (field === FIELD.request.resourceMetrics) this.#resourceMetrics(value);
    });
  }

  #resourceMetrics(bytes: Uint8Array): void {
    let place: Place = { account: null, region: null };
    const metrics: Uint8Array[] = [];
    parts(bytes, (field, value) => {
      if (field === FIELD.resourceMetrics.resource) place = placeOf(value);
      // The resource may follow the metrics.
      else if (field === FIELD.resourceMetrics.scopeMetrics)
        parts(value, (own, metric) => {
          if (own !== FIELD.scopeMetrics.metrics) return;
          if (metric.length < SMALLEST_POINT) this.#problem('otel-without-summary');
          else metrics.push(metric);
        });
    });
    for (const metric of metrics) this.#metric(metric, place);
  }

  #metric(bytes: Uint8Array, place: Place): void {
    let unit = '';
    let isSummary = false;
    const points: Uint8Array[] = [];
    parts(bytes, (field, value) => {
      if (field === FIELD.metric.unit) unit = utf8.decode(value);
      if (field !== FIELD.metric.summary) return;
      isSummary = true;
      parts(value, (own, point) => {
        if (own !== FIELD.summary.dataPoints) return;
        if (point.length < SMALLEST_POINT) this.#problem('metric-without-time');
        else points.push(point);
      });
    });
    if (!isSummary) this.#problem('otel-without-summary');
    const own = cloudWatchUnit(unit);
    for (const point of points) {
      const read = statisticsOf(readPoint(point), own, place);
      if (typeof read === 'string') this.#problem(read);
      else this.records.push(read);
    }
  }

  #problem(reason: string): void {
    this.problems.set(reason, (this.problems.get(reason) ?? 0) + 1);
    this.#problems += 1;
    if (this.#problems > MOST_PROBLEMS) throw new RangeError('no message of a metric stream');
  }
}

function placeOf(resource: Uint8Array): Place {
  const place: { account: string | null; region: string | null } = { account: null, region: null };
  parts(resource, (field, bytes) => {
    if (field !== FIELD.resource.attributes) return;
    const { key, value } = readAttribute(bytes);
    if (typeof value === 'string' && key === 'cloud.account.id') place.account = value.slice(0, 256);
    if (typeof value === 'string' && key === 'cloud.region') place.region = value.slice(0, 256);
  });
  return place;
}

type Pairs = (readonly [key: string, value: string | null])[];

interface Point {
  startMs: number;
  endMs: number;
  count: number;
  sum: number;
  readonly quantiles: (readonly [quantile: number, value: number])[];
  namespace: string | null;
  name: string | null;
  readonly dimensions: Pairs;
}

/** Zeros are absent on the wire. */
function readPoint(bytes: Uint8Array): Point {
  const point: Point = {
    startMs: 0,
    endMs: 0,
    count: 0,
    sum: 0,
    quantiles: [],
    namespace: null,
    name: null,
    dimensions: [],
  };
  const own = FIELD.point;
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, type] = [tag >>> 3, tag & 7];
    if (type === WIRE.bit64 && field === own.start) point.startMs = nanosecondsAsMs(reader);
    else if (type === WIRE.bit64 && field === own.time) point.endMs = nanosecondsAsMs(reader);
    else if (type === WIRE.bit64 && field === own.count) point.count = fixed64(reader);
    else if (type === WIRE.bit64 && field === own.sum) point.sum = reader.double();
    else if (type !== WIRE.lengthDelimited) reader.skipType(type);
    else readPart(point, field, reader.bytes());
    if (point.dimensions.length + point.quantiles.length > MOST_PAIRS) throw new RangeError('more than a point has');
  }
  return point;
}

function readPart(point: Point, field: number, bytes: Uint8Array): void {
  if (field === FIELD.point.quantiles) point.quantiles.push(readQuantile(bytes));
  else if (field === FIELD.point.attributes) {
    const { key, value } = readAttribute(bytes);
    if (key === 'Namespace' && typeof value === 'string') point.namespace = value;
    else if (key === 'MetricName' && typeof value === 'string') point.name = value;
    else if (key === 'Dimensions' && typeof value === 'object' && value !== null) point.dimensions.push(...value);
  } else if (field === FIELD.point.labels) {
    // Dimensions stand beside the names, which come first, and may be called like them.
    const { key, value } = readLabel(bytes);
    if (key === 'Namespace' && point.namespace === null) point.namespace = value;
    else if (key === 'MetricName' && point.name === null) point.name = value;
    else point.dimensions.push([key, value]);
  }
}

/** The times of CloudWatch are whole seconds, so that what a number does not hold of nanoseconds is none of them. */
function nanosecondsAsMs(reader: protobuf.Reader): number {
  return Math.round(fixed64(reader) / 1e6);
}

function fixed64(reader: protobuf.Reader): number {
  const low = reader.fixed32();
  return reader.fixed32() * 2 ** 32 + low;
}

function readQuantile(bytes: Uint8Array): readonly [quantile: number, value: number] {
  const read: [number, number] = [0, 0];
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, type] = [tag >>> 3, tag & 7];
    if (type === WIRE.bit64 && field === FIELD.quantile.quantile) read[0] = reader.double();
    else if (type === WIRE.bit64 && field === FIELD.quantile.value) read[1] = reader.double();
    else reader.skipType(type);
  }
  return read;
}

/** A pair of two texts. */
function readLabel(bytes: Uint8Array): { readonly key: string; readonly value: string } {
  let [key, value] = ['', ''];
  parts(bytes, (field, text) => {
    if (field === FIELD.pair.key) key = utf8.decode(text);
    else if (field === FIELD.pair.value) value = utf8.decode(text);
  });
  return { key, value };
}

/** A pair whose value is text or a list of pairs; null for any other value. */
function readAttribute(bytes: Uint8Array): { readonly key: string; readonly value: string | Pairs | null } {
  let key = '';
  let found: string | Pairs | null = null;
  parts(bytes, (field, own) => {
    if (field === FIELD.pair.key) key = utf8.decode(own);
    else if (field === FIELD.pair.value)
      parts(own, (kind, value) => {
        if (kind === FIELD.anyValue.text) found = utf8.decode(value);
        else if (kind === FIELD.anyValue.pairs) found = pairsOf(value);
      });
  });
  return { key, value: found };
}

function pairsOf(list: Uint8Array): Pairs {
  const pairs: Pairs = [];
  parts(list, (field, pair) => {
    if (field !== FIELD.pairs.values) return;
    if (pairs.length > MOST_PAIRS) throw new RangeError('more than a point has');
    pairs.push(readTextPair(pair));
  });
  return pairs;
}

/** Null for a value that is no text: the dimensions of CloudWatch are. */
function readTextPair(bytes: Uint8Array): Pairs[number] {
  let key = '';
  let text: string | null = null;
  parts(bytes, (field, own) => {
    if (field === FIELD.pair.key) key = utf8.decode(own);
    else if (field === FIELD.pair.value)
      parts(own, (kind, value) => {
        if (kind === FIELD.anyValue.text) text = utf8.decode(value);
      });
  });
  return [key, text];
}

/** Digits of a percentile that CloudWatch allows. */
const PERCENTILE_DIGITS = 10;

function statisticsOf(point: Point, stated: string | null, { account, region }: Place): MetricStatistics | string {
  const [namespace, name, unit] = [metricName(point.namespace), metricName(point.name), metricUnit(stated)];
  if (namespace === null || name === null || unit === undefined) return 'metric-without-name';
  const { startMs, endMs, count, sum } = point;
  const periodMs = endMs - startMs;
  if (!isEpochMs(startMs) || periodMs <= 0 || periodMs > DAY_MS) return 'metric-without-time';
  const [least, most] = [0, 1].map((own) => point.quantiles.find(([quantile]) => quantile === own)?.[1]);
  const figures = readFigures({ count, sum, min: least, max: most });
  if (typeof figures === 'string') return figures;
  const percentiles = point.quantiles.filter(([quantile]) => quantile !== 0 && quantile !== 1);
  if (!percentiles.every(([quantile, value]) => quantile > 0 && quantile < 1 && Number.isFinite(value)))
    return 'metric-value-impossible';
  const dimensions = metricDimensions(point.dimensions);
  if (dimensions === null) return 'metric-dimensions-unreadable';
  const percents = percentiles.map(
    ([quantile, value]) => [Number((100 * quantile).toFixed(PERCENTILE_DIGITS)), value] as const,
  );
  return {
    kind: 'metric-statistics',
    source: 'stream',
    account,
    region,
    namespace,
    name,
    unit,
    dimensions,
    startMs,
    periodMs,
    ...figures,
    percentiles: percents.length === 0 ? null : percents.toSorted(([a], [b]) => a - b),
  };
}
