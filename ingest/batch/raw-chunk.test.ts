/** Chunks and volumes of log events. Digests are stored: `sha256sum` of the same bytes gave those that are expected here. */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeFirehose, decodeStreams } from '../decode/pipeline.ts';
import { packBatch, unpackBatch } from './packed-batch.ts';
import { rawChunk, volumeOf } from './raw-chunk.ts';

const T = 1_795_888_751_426;
const PLACE = { account: '1', region: 'r', logGroup: '/aws/lambda/f', logStream: 's' };
const short = [{ id: '', timestampMs: T, message: 'x' }];
const named = ['a', 'b'].map((id) => ({ id, timestampMs: T, message: id }));
/** More characters than are hashed at once. */
const long = Array.from({ length: 400 }, (_, at) => ({ id: '', timestampMs: T + at, message: 'é'.repeat(100) }));

test.each([
  ['1\\n1795888751426\\nx\\n', short, '00df03fcfc2db5c0'],
  ['2\\na\\nb', named, '0407825be31b2a1a'],
  ['400 texts', long, '48a3d91a2e7d4884'],
])('the digest is that of %s', (_name, events, digest) => {
  expect(Buffer.from(volumeOf(PLACE, events).digest).toString('hex')).toBe(digest);
  expect(Buffer.from(rawChunk(0, events, null).digest).toString('hex')).toBe(digest);
});

test.each([short, named, long])('a chunk is gzip of its events', (...events) => {
  const { gzip, firstMs, lastMs } = rawChunk(0, events, null);
  expect(JSON.parse(gunzipSync(gzip).toString())).toEqual(events);
  expect([firstMs, lastMs]).toEqual([events[0]?.timestampMs, events.at(-1)?.timestampMs]);
});

test('short chunks stand next to each other, and keep their bytes when more of them follow', () => {
  // Together longer than the buffer that they share.
  const chunks = Array.from({ length: 1000 }, (_, at) =>
    rawChunk(0, [{ id: '', timestampMs: T, message: `m${at}` }], null),
  );
  chunks.forEach(({ gzip }, at) => {
    expect(JSON.parse(gunzipSync(gzip).toString())).toEqual([{ id: '', timestampMs: T, message: `m${at}` }]);
  });
  // A packed batch holds the bytes of the chunk alone.
  const decoded = decodeStreams(
    { streams: [{ identity: PLACE, events: short }], unreadable: [], records: [], ignored: [] },
    PLACE,
    { raw: 'all', region: 'r', selfLogGroups: [] },
  );
  expect(decoded.raw[0]?.gzip.buffer.byteLength).toBe(65_536);
  const { packed } = packBatch(decoded);
  expect(packed.byteLength).toBeLessThan(4096);
  expect(unpackBatch({ packed }).raw[0]?.gzip).toEqual(decoded.raw[0]?.gzip);
});

test('a digest that is known is not computed again', () => {
  const digest = new Uint8Array(8);
  expect(rawChunk(0, short, null, digest).digest).toBe(digest);
});

test('a message that is scanned in place has one digest, of its number of events and its first and last id', () => {
  const id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  const logEvents = [
    { id: '101', timestamp: 1_790_000_000_000, message: `START RequestId: ${id} Version: $LATEST\n` },
    { id: '102', timestamp: 1_790_000_000_009, message: `END RequestId: ${id}\n` },
  ];
  const names = { owner: '123456789012', logGroup: '/aws/lambda/f', logStream: '2026/09/21/[$LATEST]0' };
  const message = { messageType: 'DATA_MESSAGE', ...names, subscriptionFilters: ['all'], logEvents };
  const gzip = gzipSync(JSON.stringify(message));
  const body = JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data: gzip.toString('base64') }] });
  const decoded = decodeFirehose(
    Buffer.from(body),
    { requestId: 'r' },
    { raw: 'platform', region: 'eu-west-1', selfLogGroups: [] },
  );
  if (!decoded.ok) throw new Error(decoded.message);
  const expected = createHash('sha256').update('2\n101\n102').digest('hex').slice(0, 16);
  const { raw, volumes } = decoded.batch;
  expect([...raw, ...volumes].map(({ digest }) => Buffer.from(digest).toString('hex'))).toEqual([expected, expected]);
});
