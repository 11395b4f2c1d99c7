/** Codings of RFC 9110, 8.4.1, and the first bytes of formats, from the documentation of each. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tarOf } from '../../test/support/tar.ts';
import type { ContentCoding } from './content-encoding.ts';
import {
  ACCEPTED_CODINGS,
  binaryFormatOf,
  decodeContent,
  formatProblemOf,
  readContentEncoding,
} from './content-encoding.ts';

const TEXT = Buffer.from('START RequestId: 1');

describe('the header', () => {
  test.each([
    [undefined, []],
    ['', []],
    [' ', []],
    ['identity', []],
    ['gzip', ['gzip']],
    ['GZip', ['gzip']],
    ['x-gzip', ['gzip']],
    ['deflate', ['deflate']],
    ['br', ['br']],
    ['gzip, br', ['gzip', 'br']],
    [' gzip ,, br ', ['gzip', 'br']],
    ['identity, gzip, identity', ['gzip']],
    ['gzip, gzip', ['gzip', 'gzip']],
  ])('%j is read', (header, codings) => {
    expect(readContentEncoding(header)).toEqual({ ok: true, codings });
  });

  test.each([
    ['compress', `expected ${ACCEPTED_CODINGS} or none, got compress`],
    ['gzip, lz4', `expected ${ACCEPTED_CODINGS} or none, got lz4`],
    ['gzip; q=1', `expected ${ACCEPTED_CODINGS} or none, got gzip; q=1`],
    ['toString', `expected ${ACCEPTED_CODINGS} or none, got tostring`],
    ['constructor', `expected ${ACCEPTED_CODINGS} or none, got constructor`],
    ['y'.repeat(70), `expected ${ACCEPTED_CODINGS} or none, got ${'y'.repeat(64)}`],
    ['gzip, gzip, br', 'expected at most 2 codings, got 3'],
  ])('%j is refused', (header, message) => {
    expect(readContentEncoding(header)).toEqual({ ok: false, message: `Content-Encoding: ${message}` });
  });

  test('what is accepted is named, in the form of Accept-Encoding', () => {
    expect(ACCEPTED_CODINGS).toMatch(/^gzip, deflate, br(?:, zstd)?$/);
  });
});

describe('the body', () => {
  test.each<[string, Buffer, ContentCoding[]]>([
    ['as it is', TEXT, []],
    ['gzip', gzipSync(TEXT), ['gzip']],
    ['deflate with its header', deflateSync(TEXT), ['deflate']],
    ['deflate without its header', deflateRawSync(TEXT), ['deflate']],
    ['br', brotliCompressSync(TEXT), ['br']],
    ['gzip, then br', brotliCompressSync(gzipSync(TEXT)), ['gzip', 'br']],
    ['br, then gzip', gzipSync(brotliCompressSync(TEXT)), ['br', 'gzip']],
    ['gzip twice, announced twice', gzipSync(gzipSync(TEXT)), ['gzip', 'gzip']],
    ['gzip twice, announced once', gzipSync(gzipSync(TEXT)), ['gzip']],
    ['gzip in deflate, announced once', deflateSync(gzipSync(TEXT)), ['deflate']],
  ])('%s is decoded', (_, body, codings) => {
    expect(decodeContent(body, codings, 100)).toEqual({ ok: true, bytes: TEXT });
  });

  test('gzip that no header announces stays as it is', () => {
    const body = gzipSync(TEXT);
    expect(decodeContent(body, [], 100)).toEqual({ ok: true, bytes: body });
  });

  test('deflate without its header may start with any bytes', () => {
    for (let n = 0; n < 1000; n += 1) {
      const text = Buffer.from(String(n * 7919));
      expect(decodeContent(deflateRawSync(text), ['deflate'], 100)).toEqual({ ok: true, bytes: text });
    }
  });

  const damaged = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, at) => (at > 9 ? byte ^ 0xff : byte)));
  const large = Buffer.alloc(2000, 'abc ');
  test.each<[string, Buffer, ContentCoding, number, RegExp, string | null]>([
    [
      'gzip beyond the limit',
      gzipSync(large),
      'gzip',
      1999,
      /^Content-Encoding is gzip but the body cannot be decoded: its \d+ bytes inflate to more than 1,999, the most for them$/,
      'body-inflates-too-far',
    ],
    [
      'deflate beyond the limit',
      deflateSync(large),
      'deflate',
      1999,
      /^Content-Encoding is deflate but .*: its \d+ bytes inflate to more than 1,999, the most for them$/,
      'body-inflates-too-far',
    ],
    [
      'deflate without its header beyond the limit',
      deflateRawSync(large),
      'deflate',
      1999,
      /inflate to more than 1,999/,
      'body-inflates-too-far',
    ],
    [
      'br beyond the limit',
      brotliCompressSync(large),
      'br',
      1999,
      /^Content-Encoding is br but .*: its \d+ bytes inflate to more than 1,999, the most for them$/,
      'body-inflates-too-far',
    ],
    [
      'gzip in gzip beyond the limit',
      gzipSync(gzipSync(large)),
      'gzip',
      1999,
      /^body: \d+ bytes of gzip inflate to more than 1,999, the most for them\.$/,
      'body-inflates-too-far',
    ],
    [
      'gzip in gzip that ends too early',
      gzipSync(gzipSync(large).subarray(0, 20)),
      'gzip',
      9999,
      /^body: The gzip stream of 20 bytes ends too early\.$/,
      null,
    ],
    [
      'gzip four times',
      gzipSync(gzipSync(gzipSync(gzipSync(TEXT)))),
      'gzip',
      9999,
      /^body: Compressed with gzip at least 3 times; at most 2 layers are read\.$/,
      'gzip-nested-too-deep',
    ],
    [
      'gzip that ends too early',
      gzipSync(large).subarray(0, 20),
      'gzip',
      9999,
      /^Content-Encoding is gzip but the body cannot be decoded: its 20 bytes end too early$/,
      null,
    ],
    [
      'deflate that ends too early',
      deflateSync(large).subarray(0, 8),
      'deflate',
      9999,
      /: its 8 bytes end too early$/,
      null,
    ],
    ['damaged gzip', damaged(gzipSync(large)), 'gzip', 9999, /: its \d+ bytes are damaged$/, null],
    ['text', TEXT, 'gzip', 9999, /: its 18 bytes are damaged$/, null],
    ['text', TEXT, 'br', 9999, /: its 18 bytes are damaged$/, null],
  ])('%s is refused', (_, body, coding, maxBytes, message, limit) => {
    expect(decodeContent(body, [coding], maxBytes)).toEqual({
      ok: false,
      message: expect.stringMatching(message),
      limit,
    });
  });

  test.each<[ContentCoding, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('%s up to the limit is decoded', (coding, compress) => {
    expect(decodeContent(compress(large), [coding], 2000)).toEqual({ ok: true, bytes: large });
  });
});

describe('formats by their first bytes', () => {
  const SIGNATURES: readonly (readonly [name: string, hex: string])[] = [
    ['Zstandard', '28b52ffd'],
    ['bzip2', '425a683131'],
    ['bzip2', '425a683931'],
    ['bzip2', '425a683917'],
    ['xz', 'fd377a585a00'],
    ['zip', '504b0304'],
    ['zip', '504b0506'],
    ['zip', '504b0708'],
    ['7-Zip', '377abcaf271c'],
    ['LZ4', '04224d18'],
    ['Snappy', 'ff060000734e61507059'],
  ];

  test.each(SIGNATURES)('%s: %s', (name, hex) => {
    const bytes = Buffer.from(`${hex}aabbccdd`, 'hex');
    expect(binaryFormatOf(bytes)).toBe(name);
    expect(formatProblemOf(bytes)).toBe(`${name} data. Expected text or JSON, plain or compressed with gzip`);
    // Every byte of it counts, and one fewer is none.
    const own = Buffer.from(hex, 'hex');
    expect(binaryFormatOf(own)).toBe(name);
    expect(binaryFormatOf(own.subarray(0, -1))).toBeNull();
    for (const at of own.keys()) {
      const other = Buffer.from(own);
      other[at] = 0x7e;
      expect([at, binaryFormatOf(other)]).toEqual([at, null]);
    }
  });

  test.each([
    ['text', 'START RequestId: 1'],
    ['JSON', '{"a":1}'],
    ['nothing', ''],
    ['a word that starts as bzip2 does', 'BZhello'],
    ['bzip2 without its level', 'BZh01AY&SY'],
    ['bzip2 with a level beyond 9', 'BZh:1AY&SY'],
    ['two letters of zlib’s header', 'x^2 + y^2 = z^2'],
    ['the letter of zlib’s header', 'x = 1'],
    ['PK alone', 'PK is a key'],
  ])('%s is none', (_, text) => {
    expect(formatProblemOf(Buffer.from(text))).toBeNull();
  });

  test('gzip is read, so it is no problem', () => {
    expect(formatProblemOf(gzipSync(TEXT))).toBeNull();
  });

  test.each([1, 5, 6, 9])('zlib of level %d', (level) => {
    expect(formatProblemOf(deflateSync(TEXT, { level }))).toBe(
      'zlib (deflate) data. Expected text or JSON, plain or compressed with gzip',
    );
  });

  test('zlib is told by its beginning, however long it is', () => {
    const bytes = deflateSync(Buffer.alloc(40_000, 'abc'), { level: 0 });
    expect(bytes.length).toBeGreaterThan(40_000);
    expect(binaryFormatOf(bytes)).toBe('zlib (deflate)');
  });

  test('the header of zlib before what does not inflate is none', () => {
    expect(binaryFormatOf(Buffer.from('789cffffffffffff', 'hex'))).toBeNull();
    expect(binaryFormatOf(deflateSync(Buffer.alloc(0)))).toBeNull();
  });
});

describe('tar', () => {
  const problem = 'a tar archive. Extract it and import the folder';
  const withChecksum = (form: (octal: string) => string): Buffer => {
    const archive = tarOf('logs.txt');
    const octal = /[1-7][0-7]*/.exec(archive.toString('latin1', 148, 154))?.[0] ?? '';
    archive.fill(0, 148, 156);
    archive.write(form(octal), 148);
    return archive;
  };

  test.each([
    ['of POSIX', tarOf('logs.txt')],
    ['before POSIX', tarOf('logs.txt', '')],
    ['its header alone', tarOf('logs.txt').subarray(0, 512)],
    ['with a checksum after blanks', withChecksum((octal) => `${octal.padStart(6, ' ')}\0 `)],
    ['with a checksum before a blank', withChecksum((octal) => `${octal.padStart(6, '0')} \0`)],
    ['with seven digits', withChecksum((octal) => `${octal.padStart(7, '0')}\0`)],
  ])('an archive %s', (_, bytes) => {
    expect(formatProblemOf(bytes)).toBe(problem);
  });

  test.each([
    ['cut within its header', tarOf('logs.txt').subarray(0, 511)],
    ['with another byte', Buffer.from(tarOf('logs.txt').map((byte, at) => (at === 3 ? byte + 1 : byte)))],
    ['of zeros', Buffer.alloc(1024)],
    ['without a name', tarOf('')],
    ['with a checksum that does not end', withChecksum((octal) => octal.padStart(8, '0'))],
    ['with a checksum in decimal', withChecksum(() => '009999\0 ')],
    ['of blanks', Buffer.alloc(1024, ' ')],
  ])('an archive %s is none', (_, bytes) => {
    expect(formatProblemOf(bytes)).toBeNull();
  });
});
