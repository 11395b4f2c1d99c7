/** Requests of Prometheus remote write 1.0: samples of buckets that have ended, in Protocol Buffers compressed with snappy. */
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import protobuf from 'protobufjs/minimal.js';
import { Labels, METRIC_NAME } from '../../../analytics/promql/labels.ts';
import type { ReaderResult } from '../../../storage/packed.ts';
import type { Family } from '../../presentation/prometheus-metrics.ts';
import { FAMILIES } from '../../presentation/prometheus-metrics.ts';
import type { Shaped } from '../shaped.ts';
import type { CountedSlice } from './counted-slices.ts';
import { countedAtEnds } from './counted-slices.ts';
import { CounterLedger } from './counter-ledger.ts';
import type { FamilyContext } from './families.ts';
import { INFOS, sourcesOf } from './families.ts';

export interface RemoteWriteForm {
  /** Text of the ledger; null for counters that begin. */
  readonly ledger: string | null;
  readonly context: FamilyContext;
  /** Time of the last samples that were sent, epoch ms. */
  readonly afterMs: number;
  readonly nowMs: number;
  /** Labels of every series that does not have them itself. */
  readonly labels: Readonly<Record<string, string>>;
  /** Samples of one request at most. */
  readonly maxSamples: number;
}

export interface RemoteWriteMeta {
  readonly ledger: string;
  /** Of each request; the body is one after the other. */
  readonly requests: readonly { readonly bytes: number; readonly samples: number }[];
}

interface WrittenSeries {
  readonly labels: Labels;
  readonly samples: readonly (readonly [atMs: number, value: number])[];
}

export function remoteWriteRequests(
  rollups: ReaderResult<'series'>,
  form: RemoteWriteForm,
): Shaped<Uint8Array<ArrayBuffer>, RemoteWriteMeta> {
  const ledger = CounterLedger.of(form.ledger);
  const requests: { body: Uint8Array; samples: number }[] = [];
  for (const group of dividedBy(form.maxSamples, writtenSeries(rollups, ledger, form))) {
    const samples = group.reduce((sum, one) => sum + one.samples.length, 0);
    requests.push({ body: snappyCompress(encode(group, requests.length === 0)), samples });
  }
  ledger.endRound(form.nowMs);
  const body = new Uint8Array(requests.reduce((sum, one) => sum + one.body.length, 0));
  let at = 0;
  for (const one of requests) {
    body.set(one.body, at);
    at += one.body.length;
  }
  const lengths = requests.map((one) => ({ bytes: one.body.length, samples: one.samples }));
  return { body, meta: { ledger: ledger.toText(form.nowMs), requests: lengths } };
}

function* writtenSeries(
  rollups: ReaderResult<'series'>,
  ledger: CounterLedger,
  form: RemoteWriteForm,
): Generator<WrittenSeries> {
  const infos = new Set<string>();
  for (const counted of countedAtEnds(rollups, ledger, form.context, form.nowMs)) {
    for (const family of FAMILIES) {
      for (const one of seriesOf(family, counted, form)) {
        if (INFOS.has(family.name)) {
          if (infos.has(one.labels.key)) continue;
          infos.add(one.labels.key);
        }
        yield one;
      }
    }
  }
}

function seriesOf(
  family: Family,
  { slice, isNew, points }: CountedSlice,
  { context, afterMs, labels: further }: RemoteWriteForm,
): readonly WrittenSeries[] {
  const sources = sourcesOf(family, slice, context);
  const [first] = points;
  // Series that begin in the range: without a sample at its start, an increase would not count what happened in it.
  const known =
    isNew || first === undefined
      ? null
      : new Set(sourcesOf(family, { ...slice, before: first.sums, buckets: [] }, context).map(keyOf));
  return sources.flatMap((source) => {
    const begins = source.isCounter && (known === null || !known.has(keyOf(source)));
    const samples = points.flatMap((point, at): (readonly [number, number])[] => {
      const isFirst = at === 0;
      if (isFirst ? !begins : point.atMs <= afterMs) return [];
      const read = source.isCounter || INFOS.has(family.name) ? point.sums : point.bucket;
      const value = read === null ? null : source.read(read, point.atMs);
      return value === null ? [] : [[point.atMs, value]];
    });
    if (samples.length === 0) return [];
    const own = Labels.of([...source.labels, [METRIC_NAME, source.name]]);
    const others = Object.entries(further).filter(([name]) => own.get(name) === '');
    return [{ labels: others.length === 0 ? own : Labels.of([...own.entries, ...others]), samples }];
  });
}

function keyOf({ name, labels }: { readonly name: string; readonly labels: readonly (readonly string[])[] }): string {
  return JSON.stringify([name, labels]);
}

/** Series in groups of at most so many samples; one series is never divided. */
function* dividedBy(maxSamples: number, all: Iterable<WrittenSeries>): Generator<readonly WrittenSeries[]> {
  let group: WrittenSeries[] = [];
  let n = 0;
  for (const one of all) {
    if (group.length > 0 && n + one.samples.length > maxSamples) {
      yield group;
      [group, n] = [[], 0];
    }
    group.push(one);
    n += one.samples.length;
  }
  if (group.length > 0) yield group;
}

/** MetricMetadata.MetricType. */
const TYPES = { counter: 1, gauge: 2, histogram: 3 } as const;

/** A prometheus.WriteRequest. Labels are in the order of their names, samples in that of their times, as the protocol requires. */
function encode(all: readonly WrittenSeries[], withMetadata: boolean): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const { labels, samples } of all) {
    writer.uint32(0x0a).fork(); // timeseries
    for (const [name, value] of labels.entries)
      writer.uint32(0x0a).fork().uint32(0x0a).string(name).uint32(0x12).string(value).ldelim();
    for (const [atMs, value] of samples)
      writer.uint32(0x12).fork().uint32(0x09).double(value).uint32(0x10).int64(atMs).ldelim();
    writer.ldelim();
  }
  for (const { name, type, help } of withMetadata ? FAMILIES : []) {
    writer.uint32(0x1a).fork().uint32(0x08).int32(TYPES[type]);
    writer.uint32(0x12).string(name).uint32(0x22).string(help).ldelim();
  }
  return writer.finish();
}
