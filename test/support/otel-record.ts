/** Records of CloudWatch metric streams in OpenTelemetry's format, written field by field as metrics.proto numbers them. */
import protobuf from 'protobufjs/minimal.js';

export interface OtelPoint {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

const VARINT_FIELD = 8;
const [BIT_64, LENGTH_DELIMITED] = [1, 2];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A field that holds a message. */
export function part(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return protobuf.Writer.create()
    .uint32(field * VARINT_FIELD + LENGTH_DELIMITED)
    .bytes(join(...parts))
    .finish();
}

export const text = (field: number, value: string): Uint8Array => part(field, Buffer.from(value));

/** Zeros are left out, as writers of Protocol Buffers do. */
export function double(field: number, value: number): Uint8Array {
  const writer = protobuf.Writer.create().uint32(field * VARINT_FIELD + BIT_64);
  return value === 0 ? new Uint8Array() : writer.double(value).finish();
}

export function fixed64(field: number, value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array();
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return join(
    protobuf.Writer.create()
      .uint32(field * VARINT_FIELD + BIT_64)
      .finish(),
    bytes,
  );
}

const NS_PER_MS = 1_000_000n;
const pair = (key: string, value: string): Uint8Array => join(text(1, key), part(2, text(1, value)));

function figures({ startMs, endMs, count, sum, quantiles }: OtelPoint): Uint8Array {
  return join(
    fixed64(2, BigInt(startMs) * NS_PER_MS),
    fixed64(3, BigInt(endMs) * NS_PER_MS),
    fixed64(4, BigInt(count)),
    double(5, sum),
    ...quantiles.map(([quantile, value]) => part(6, double(1, quantile), double(2, value))),
  );
}

/** A point of version 1.0: names in attributes. */
export function point10(point: OtelPoint): Uint8Array {
  const { namespace, name, dimensions } = point;
  const list = part(6, ...dimensions.map(([key, value]) => part(1, pair(key, value))));
  return part(
    1,
    part(7, pair('Namespace', namespace)),
    part(7, pair('MetricName', name)),
    part(7, text(1, 'Dimensions'), part(2, list)),
    figures(point),
  );
}

/** A point of version 0.7: names in labels. */
export function point07(point: OtelPoint): Uint8Array {
  const labels = [['Namespace', point.namespace], ['MetricName', point.name], ...point.dimensions];
  return part(1, ...labels.map(([key = '', value = '']) => part(1, text(1, key), text(2, value))), figures(point));
}

/** A metric with its points, or what else stands in its place. */
export function metric(name: string, unit: string, ...points: readonly Uint8Array[]): Uint8Array {
  return part(2, text(1, `amazonaws.com/${name}`), text(3, unit), part(11, ...points));
}

/** A message without its length. */
export function request(account: string, region: string, ...metrics: readonly Uint8Array[]): Uint8Array {
  const resource = [
    ['cloud.provider', 'aws'],
    ['cloud.account.id', account],
    ['cloud.region', region],
  ].map(([key = '', value = '']) => part(1, pair(key, value)));
  return part(1, part(1, ...resource), part(2, ...metrics));
}

/** Messages, each behind its length. */
export function record(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(messages.flatMap((own) => [protobuf.Writer.create().uint32(own.length).finish(), own]));
}
