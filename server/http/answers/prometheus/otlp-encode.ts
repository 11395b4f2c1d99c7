/** Writes an ExportMetricsServiceRequest of opentelemetry-proto 1.x, in Protocol Buffers or in JSON. */
import protobuf from 'protobufjs/minimal.js';
import { HISTOGRAM_BOUNDS_MS } from '../../../storage/questions/series/bounds.ts';
import type { Source } from './families.ts';

export interface NumberPoint {
  readonly labels: Source['labels'];
  readonly value: number;
}

export interface HistogramPoint {
  readonly labels: Source['labels'];
  readonly sum: number;
  readonly count: number;
  /** By bound, and those above. */
  readonly counts: readonly number[];
}

export type MetricPoint = NumberPoint | HistogramPoint;

export interface Metric {
  readonly name: string;
  readonly description: string;
  /** Of UCUM; "" without one. */
  readonly unit: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly points: readonly MetricPoint[];
}

interface Times {
  readonly startMs: number;
  readonly atMs: number;
  readonly version: string;
}

const BOUNDS = HISTOGRAM_BOUNDS_MS.map((ms) => ms / 1000);
const CUMULATIVE = 2;
const SCOPE = 'thermocline';

/** The names of a resource and of a point: labels without a value are left out. */
function resourceOf(version: string): Source['labels'] {
  return [
    ['service.name', 'thermocline'],
    ['service.version', version],
  ];
}

export function encodeJson(metrics: readonly Metric[], times: Times): Uint8Array {
  const attributes = (labels: Source['labels']): object[] =>
    labels.filter(([, value]) => value !== '').map(([key, value]) => ({ key, value: { stringValue: value } }));
  const point = (type: Metric['type'], given: MetricPoint): object => ({
    attributes: attributes(given.labels),
    ...(type === 'gauge' ? {} : { startTimeUnixNano: nanoseconds(times.startMs) }),
    timeUnixNano: nanoseconds(times.atMs),
    ...('value' in given
      ? { asDouble: given.value }
      : {
          count: String(given.count),
          sum: given.sum,
          bucketCounts: given.counts.map(String),
          explicitBounds: BOUNDS,
        }),
  });
  const metric = ({ name, description, unit, type, points }: Metric): object => {
    const dataPoints = points.map((one) => point(type, one));
    const head = { name, description, unit };
    if (type === 'gauge') return { ...head, gauge: { dataPoints } };
    if (type === 'histogram') return { ...head, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
    return { ...head, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
  };
  const scope = { name: SCOPE, version: times.version };
  const resource = { attributes: attributes(resourceOf(times.version)) };
  const request = { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: metrics.map(metric) }] }] };
  return new TextEncoder().encode(JSON.stringify(request));
}

function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms)) * 1_000_000n}`;
}

export function encodeProtobuf(metrics: readonly Metric[], times: Times): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(0x0a).fork(); // resource_metrics
  writer.uint32(0x0a).fork(); // resource
  writeLabels(writer, 0x0a, resourceOf(times.version));
  writer.ldelim();
  writer.uint32(0x12).fork(); // scope_metrics
  writer.uint32(0x0a).fork().uint32(0x0a).string(SCOPE).uint32(0x12).string(times.version).ldelim(); // scope
  for (const metric of metrics) writeMetric(writer, metric, times);
  writer.ldelim().ldelim();
  return writer.finish();
}

/** Tags of `gauge`, `sum` and `histogram` of a metric. */
const DATA_TAGS = { gauge: 0x2a, counter: 0x3a, histogram: 0x4a } as const;

function writeMetric(writer: protobuf.Writer, metric: Metric, times: Times): void {
  writer.uint32(0x12).fork();
  writer.uint32(0x0a).string(metric.name).uint32(0x12).string(metric.description);
  if (metric.unit !== '') writer.uint32(0x1a).string(metric.unit);
  writer.uint32(DATA_TAGS[metric.type]).fork();
  for (const point of metric.points) {
    writer.uint32(0x0a).fork();
    if (metric.type !== 'gauge') writeFixed64(writer, 0x11, BigInt(Math.round(times.startMs)) * 1_000_000n);
    writeFixed64(writer, 0x19, BigInt(Math.round(times.atMs)) * 1_000_000n);
    if ('value' in point) {
      writer.uint32(0x21).double(point.value);
      writeLabels(writer, 0x3a, point.labels);
    } else writeHistogram(writer, point);
    writer.ldelim();
  }
  if (metric.type !== 'gauge') writer.uint32(0x10).int32(CUMULATIVE);
  if (metric.type === 'counter') writer.uint32(0x18).bool(true);
  writer.ldelim().ldelim();
}

function writeHistogram(writer: protobuf.Writer, { labels, sum, count, counts }: HistogramPoint): void {
  writeFixed64(writer, 0x21, BigInt(count));
  writer.uint32(0x29).double(sum);
  writer.uint32(0x32).fork(); // bucket_counts
  for (const n of counts) writeBits(writer, BigInt(n));
  writer.ldelim();
  writer.uint32(0x3a).fork(); // explicit_bounds
  for (const bound of BOUNDS) writer.double(bound);
  writer.ldelim();
  writeLabels(writer, 0x4a, labels);
}

function writeLabels(writer: protobuf.Writer, tag: number, labels: Source['labels']): void {
  for (const [key, value] of labels) {
    if (value === '') continue;
    writer.uint32(tag).fork().uint32(0x0a).string(key);
    writer.uint32(0x12).fork().uint32(0x0a).string(value).ldelim().ldelim();
  }
}

function writeFixed64(writer: protobuf.Writer, tag: number, value: bigint): void {
  writeBits(writer.uint32(tag), value);
}

function writeBits(writer: protobuf.Writer, value: bigint): void {
  writer.fixed32(Number(value & 0xffff_ffffn)).fixed32(Number(value >> 32n));
}
