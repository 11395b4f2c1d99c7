import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { metric, part, point10, record, request } from '../../test/support/otel-record.ts';
import { decodeParts, decodeStreams } from '../decode/pipeline.ts';
import { filePartsOf } from './file-parts.ts';
import { OtelSplitter } from './otel-parts.ts';
import { readRawLogs } from './raw-logs.ts';
import { readUpload } from './upload-parts.ts';

const SOURCE = { account: '', region: '', logGroup: '', logStream: '' };
const CONTEXT = { raw: 'off', region: '', selfLogGroups: [] } as const;
const T0 = 1_604_948_400_000;

/** A message of one minute of `Throttles`. */
function message(n: number): Uint8Array {
  const point = {
    ...{ namespace: 'AWS/Lambda', name: 'Throttles', dimensions: [['FunctionName', 'checkout']] as const },
    ...{ startMs: T0 + n * 60_000, endMs: T0 + (n + 1) * 60_000, count: 1, sum: n, quantiles: [] },
  };
  return request('123456789012', 'eu-west-1', metric('AWS/Lambda/Throttles', '{Count}', point10(point)));
}

const messages = (n: number): readonly Uint8Array[] => Array.from({ length: n }, (_, at) => message(at));
/** More than two parts of 1 MiB. */
const MANY = 10_000;
const file = record(...messages(MANY));

async function* slices(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function partsOf(bytes: Buffer, size = 16_384) {
  const found: (string | Buffer)[] = [];
  for await (const part of filePartsOf(slices(bytes, size), () => undefined)) found.push(part);
  return found;
}

function read(parts: readonly (string | Buffer)[]) {
  const logs = parts.map((part) => readRawLogs(Buffer.from(part as Buffer), SOURCE));
  const batches = logs.map((one) => (one.ok ? decodeStreams(one, SOURCE, CONTEXT) : null));
  return {
    sums: batches.flatMap((batch) =>
      (batch?.records ?? []).map(({ record: own }) => (own.kind === 'metric-statistics' ? own.sum : null)),
    ),
    deadLetters: batches.flatMap((batch) => batch?.deadLetters ?? []),
  };
}

const COUNTED = Array.from({ length: MANY }, (_, at) => at);

test.each([1000, 16_384, 5_000_000])(
  'a file of messages is divided between them, in chunks of %i bytes',
  async (size) => {
    const parts = await partsOf(file, size);
    expect(parts.map(({ length }) => length > 1_000_000)).toEqual([true, true, false]);
    expect(Buffer.concat(parts as Buffer[]).equals(file)).toBe(true);
    expect(read(parts)).toEqual({ sums: COUNTED, deadLetters: [] });
  },
);

test('a file in gzip, and twice in gzip as it is in a bucket', async () => {
  expect(read(await partsOf(gzipSync(file))).sums).toEqual(COUNTED);
  expect(read(await partsOf(gzipSync(gzipSync(file)))).sums).toEqual(COUNTED);
});

test('a file that is cut at its end loses the message that was cut', async () => {
  const { sums, deadLetters } = read(await partsOf(file.subarray(0, -10)));
  expect(sums).toEqual(COUNTED.slice(0, -1));
  expect(deadLetters.map(({ reason }) => reason)).toEqual(['otel-message-unreadable']);
});

test('behind a message with an impossible length the next one is found', async () => {
  const broken = Buffer.concat([record(message(0)), Buffer.from([0xff, 0xff, 0xff, 0x7f]), record(...messages(3))]);
  const { sums, deadLetters } = read(await partsOf(broken));
  expect(sums).toEqual([0, 0, 1, 2]);
  expect(deadLetters).toMatchObject([
    { reason: 'otel-message-unreadable', payload: Buffer.from([255, 255, 255, 127]) },
  ]);
});

test('a broken length that more messages follow than it states divides none of them', async () => {
  const length = Buffer.from([0x80, 0x80, 0x60]); // 1,572,864 bytes.
  const { sums, deadLetters } = read(await partsOf(Buffer.concat([record(message(7)), length, file])));
  expect(sums).toEqual([7, ...COUNTED]);
  expect(deadLetters).toMatchObject([{ reason: 'otel-message-unreadable', payload: length }]);
});

test('one message that is longer than a part is not divided', () => {
  const long = record(Buffer.concat([message(0), part(15, Buffer.alloc(2_000_000))]));
  const splitter = new OtelSplitter();
  const found: Buffer[] = [];
  for (let at = 0; at < long.length; at += 100_000) found.push(...splitter.push(long.subarray(at, at + 100_000)));
  found.push(...splitter.finish());
  expect(found.map(({ length }) => length)).toEqual([long.length]);
});

test('uploads of small and of large files are the same', async () => {
  const few = record(...messages(3));
  for (const [bytes, sum] of [
    [few, 3],
    [gzipSync(few), 3],
    [gzipSync(file), MANY],
  ] as const) {
    const batch = await decodeParts(readUpload(bytes, [], SOURCE), SOURCE, CONTEXT);
    expect([batch.records.length, batch.deadLetters]).toEqual([sum, []]);
  }
});

test('texts are no metric streams', async () => {
  for (const text of ['\n\n\u0012 2026-11-20T10:00:00Z START', '0\n\ntext', 'plain'])
    expect(await partsOf(Buffer.from(text))).toEqual([text]);
});
