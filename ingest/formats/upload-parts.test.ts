import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tarOf } from '../../test/support/tar.ts';
import { decodeParts } from '../decode/pipeline.ts';
import { recordsIn } from '../records/dead-letter.ts';
import type { ContentCoding } from './content-encoding.ts';
import { limits } from './limits.ts';
import { inflatedAllowance, readUpload } from './upload-parts.ts';

const SOURCE = { account: '1', region: 'r', logGroup: '/aws/lambda/f', logStream: 's' };
const context = { raw: 'off', region: 'r', selfLogGroups: [] } as const;
const MIB = 1_048_576;

/** An eighth of the real allowance, so that little needs to be inflated to exceed it. */
const ALLOWANCE = { ...limits, uploadInflatedBytes: 8 * MIB };

async function decoded(sent: Buffer, codings: readonly ContentCoding[] = [], allowance?: typeof ALLOWANCE) {
  const parts = readUpload(sent, codings, SOURCE, allowance);
  const { invocations, deadLetters, counts } = await decodeParts(parts, SOURCE, context);
  return { invocations: invocations.n, events: counts.events, rejected: recordsIn(deadLetters), deadLetters };
}

/** Platform lines with times, and as many long lines of the application: about 11 MB. */
const lines = Array.from({ length: 2500 }, (_, at) => {
  const id = `3a7f3b6c-1e0d-4d0f-9f5a-${String(at).padStart(12, '0')}`;
  const report = `2026-11-20T10:00:00.000Z REPORT RequestId: ${id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t`;
  return `2026-11-20T10:00:00.000Z ${id} ${'x'.repeat(4000)}\n${report}`;
});

test('a large upload is the sum of its parts, compressed or not', async () => {
  const text = `${lines.join('\n')}\n`;
  const bytes = Buffer.from(text);
  const expected = { invocations: 2500, events: 5000, rejected: 0 };
  expect(bytes.length).toBeGreaterThan(8 * MIB);
  expect(await decoded(bytes)).toMatchObject(expected);
  expect(await decoded(gzipSync(bytes), ['gzip'])).toMatchObject(expected);
  expect(await decoded(gzipSync(bytes))).toMatchObject(expected);
  expect(await decoded(Buffer.from(text.replaceAll('\n', '\r\n')))).toMatchObject(expected);
});

test('what inflates to more than 4 MiB is read in parts of about that size, in every coding; less is one part', async () => {
  const large = Buffer.from(`${lines.join('\n')}\n`);
  const small = Buffer.from(`${lines.slice(0, 900).join('\n')}\n`);
  expect([Math.floor(large.length / (4 * MIB)), Math.floor(small.length / (4 * MIB))]).toEqual([2, 0]);
  const partsOf = async (sent: Buffer, codings: readonly ContentCoding[]): Promise<readonly number[]> => {
    const events: number[] = [];
    for await (const { streams } of readUpload(sent, codings, SOURCE))
      events.push(streams.reduce((sum, stream) => sum + stream.events.length, 0));
    return events;
  };
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  for (const [coding, pack] of [
    ['gzip', (bytes: Buffer) => gzipSync(bytes, { level: 1 })],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, quality)],
  ] as const) {
    const found = await partsOf(pack(large), [coding]);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.reduce((sum, n) => sum + n, 0)).toBe(5000);
    expect(await partsOf(pack(small), [coding])).toEqual([1800]);
  }
});

test.each([
  ['lines that are no events', `x y z ${'-'.repeat(60)}\n`.repeat(100_000), 100_000],
  ['open braces', '{\n'.repeat(150_000), 150_000],
])('%s: counted, and few are kept', async (_, text, n) => {
  const found = await decoded(gzipSync(text), ['gzip']);
  expect(found).toMatchObject({ invocations: 0, rejected: n });
  expect(found.deadLetters.length).toBeLessThanOrEqual(5001);
});

test.each([
  [
    'brackets',
    gzipSync('['.repeat(84_000_000), { level: 1 }),
    ['gzip'],
    'JSON nested 257 levels deep at character 257; at most 256 are read',
    'document-too-large',
  ],
  [
    'more than the allowance',
    gzipSync(Buffer.alloc(12 * MIB, `${'x'.repeat(1023)}\n`)),
    ['gzip'],
    'bytes, which is the limit for the',
    'body-inflates-too-far',
  ],
  [
    'brotli beyond the allowance',
    brotliCompressSync(Buffer.alloc(12 * MIB, 120), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ['br'],
    'bytes inflate to more than 8,',
    'body-inflates-too-far',
  ],
  ['a truncated gzip', gzipSync(lines.join('\n')).subarray(0, -1000), ['gzip'], 'gzip', null],
  ['a large archive', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(5 * MIB)]), [], 'zip data', null],
] as const)(
  '%s: refused with the reason, and with the limit if there is one',
  async (_, sent, codings, message, limit) => {
    const refusal = { message: expect.stringContaining(message), limit };
    await expect(decoded(sent, codings, ALLOWANCE)).rejects.toMatchObject(refusal);
  },
);

test.each([
  ['a zip archive', Buffer.from('PK\u0003\u0004 and more'), 'body: zip data. Expected text or JSON'],
  ['a zip archive without entries', Buffer.from('PK\u0005\u0006'), 'body: zip data. Expected text or JSON'],
  ['a zip archive in parts', Buffer.from('PK\u0007\u0008PK\u0003\u0004'), 'body: zip data. Expected text or JSON'],
  ['a tar archive', tarOf('../../etc/passwd'), 'body: a tar archive. Extract it and import the folder'],
  ['a tar archive from before POSIX', tarOf('a.log', ''), 'body: a tar archive. Extract it and import the folder'],
  ['a tar archive of 6 MiB', Buffer.concat([tarOf('a'), Buffer.alloc(6 * MIB)]), 'body: a tar archive. Extract'],
])('%s, as it is or compressed: refused by its name, and not unpacked', async (_, archive, message) => {
  for (const [sent, codings] of [
    [archive, []],
    [gzipSync(archive), []],
    [gzipSync(archive), ['gzip']],
    [gzipSync(gzipSync(archive)), []],
  ] as const)
    await expect(decoded(sent, codings)).rejects.toMatchObject({ message: expect.stringContaining(message) });
});

test('text as long as a tar header is text, with numbers where a checksum would be', async () => {
  const line = `2026-11-20T10:00:00.000Z ${'x'.repeat(123)}007777 ${'x'.repeat(600)}\n`;
  expect(line.indexOf('007777')).toBe(148);
  expect(await decoded(Buffer.from(line))).toMatchObject({ events: 1, rejected: 0 });
});

const BINARY = Buffer.alloc(5 * MIB);
for (let at = 0; at < BINARY.length; at++) BINARY[at] = (at * 167 + (at >> 8)) & 0xff;

test.each([
  ['as it is', (bytes: Buffer) => bytes, []],
  ['compressed', (bytes: Buffer) => gzipSync(bytes), []],
  ['with a content coding', (bytes: Buffer) => gzipSync(bytes), ['gzip']],
] as const)(
  'binary data of no known format, %s: kept as it was sent, so that it is not sent for ever',
  async (_, packed, codings) => {
    const sent = packed(BINARY);
    const { invocations, rejected, deadLetters } = await decoded(sent, codings);
    expect({ invocations, rejected }).toEqual({ invocations: 0, rejected: 1 });
    expect(deadLetters[0]?.reason).toBe('binary-data');
    expect(Buffer.from(deadLetters[0]?.payload ?? []).equals(sent.subarray(0, MIB))).toBe(true);
  },
);

test('one line without an end is refused although it inflates no further than it may', async () => {
  const sent = gzipSync(Buffer.alloc(20 * MIB, 'x'), { level: 1 });
  const refusal = { message: expect.stringContaining('characters; at most 16,'), limit: 'document-too-large' };
  await expect(decoded(sent, ['gzip'])).rejects.toMatchObject(refusal);
});

test('the allowance grows with the bytes that were sent', () => {
  expect(inflatedAllowance(1000)).toBe(64 * MIB + 64_000);
  expect(inflatedAllowance(96 * MIB)).toBe(512 * MIB);
});

test('bytes after gzip data are a dead letter beside what was read, and damage where the header names the coding', async () => {
  const gzip = gzipSync(`${lines[0]}\n`);
  const sent = (rest: Buffer): Buffer => Buffer.concat([gzip, rest]);
  const trailing = { invocations: 1, rejected: 1, deadLetters: [{ reason: 'gzip-trailing-bytes' }] };
  for (const rest of [Buffer.from('rest'), Buffer.from('\0rest'), Buffer.concat([Buffer.alloc(9), gzip])])
    expect(await decoded(sent(rest))).toMatchObject(trailing);
  const more = gzipSync(`${lines[1]}\n`);
  for (const codings of [[], ['gzip']] as const) {
    expect(await decoded(sent(more), codings)).toMatchObject({ invocations: 2, rejected: 0 });
    expect(await decoded(sent(Buffer.alloc(1024)), codings)).toMatchObject({ invocations: 1, rejected: 0 });
  }
  for (const rest of ['rest', '\0rest'])
    await expect(decoded(sent(Buffer.from(rest)), ['gzip'])).rejects.toThrow('the body cannot be decoded');
});
