/** Chunks as they are received: their size, and lines that have no ids. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { chunkLines, chunkText, MOST_CHUNK_BYTES } from './chunk-lines.ts';

test('a text is read whole, and its size is what its gzip states', () => {
  const text = Buffer.alloc(3_000_000, 'x');
  const gzip = gzipSync(text, { level: 1 });
  expect(chunkText(gzip).equals(text)).toBe(true);
  // RFC 1952: the last four bytes are the size of the text.
  expect(gzip.readUInt32LE(gzip.length - 4)).toBe(3_000_000);
});

test.each([Buffer.from([]), Buffer.from([1]), Buffer.from('1f8b', 'hex'), Buffer.from('no gzip at all')])(
  'what is no gzip is an error',
  (bytes) => {
    expect(() => chunkText(bytes)).toThrow();
  },
);

test('a text that is a view of larger bytes is read as such', () => {
  const gzip = gzipSync('[{"timestamp":5,"message":"a"}]');
  const inside = Buffer.concat([Buffer.from('before'), gzip, Buffer.from('after')]).subarray(6, 6 + gzip.length);
  expect(chunkLines(3, inside)).toEqual([
    { environmentId: 3, timestampMs: 5, sequence: -1, rank: 0, occurrence: 0, message: 'a' },
  ]);
});

test('without ids, places count within one time, and repetitions within the delivery', () => {
  const at = (timestamp: number, message: string) => ({ timestamp, message });
  const lines = chunkLines(1, gzipSync(JSON.stringify([at(1, 'a'), at(1, 'b'), at(2, 'a'), at(1, 'a'), at(1, 'a')])));
  expect(lines.map(({ timestampMs, message, rank, occurrence }) => [timestampMs, message, rank, occurrence])).toEqual([
    [1, 'a', 0, 0],
    [1, 'b', 1, 0],
    [2, 'a', 0, 0],
    [1, 'a', 0, 1],
    [1, 'a', 1, 2],
  ]);
});

test('times are numbers or texts of whole milliseconds; events without one are none', () => {
  const events = [
    ...[
      { timestampMs: 7, timestamp: 9, message: 'first' },
      { timestamp: '8', message: 'text' },
    ],
    ...[{ timestamp: 1.5, message: 'x' }, { timestamp: 1e300, message: 'x' }, { timestamp: 5, message: 6 }, []],
  ];
  expect(
    chunkLines(1, gzipSync(JSON.stringify({ logEvents: events }))).map((one) => [one.timestampMs, one.message]),
  ).toEqual([
    [7, 'first'],
    [8, 'text'],
  ]);
  // A member that every object has is not one of the text.
  expect(chunkLines(1, gzipSync('[{"__proto__":{"timestamp":1,"message":"x"}}]'))).toEqual([]);
});

test('a text may have 64 MiB, and no more', () => {
  expect(MOST_CHUNK_BYTES).toBe(67_108_864);
  const large = gzipSync(Buffer.alloc(MOST_CHUNK_BYTES + 1), { level: 1 });
  expect(() => chunkText(large)).toThrow();
});
