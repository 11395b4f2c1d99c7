import { crc32, deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { inflateShort } from './short-deflate.ts';
import { readShortMember } from './short-gzip.ts';

/** What zlib makes of a DEFLATE stream that something follows; null if it refuses it. */
function zlibOf(bytes: Uint8Array): readonly [text: string, consumed: number] | null {
  try {
    const { buffer, engine } = inflateRawSync(bytes, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return [buffer.toString('hex'), engine.bytesWritten];
  } catch {
    return null;
  }
}

function shortOf(bytes: Uint8Array): readonly [text: string, consumed: number] | null {
  const read = inflateShort(bytes, 0);
  return read?.ok === true ? [read.bytes.toString('hex'), read.consumed] : null;
}

/** Text that repeats itself, so that all forms of blocks and distances occur. */
const text = fc
  .array(fc.constantFrom('a', 'b', 'START RequestId: ', '0123456789', '\u00e9', '\n', 'zzzzzzzzzzzzzzzzzz'), {
    maxLength: 60,
  })
  .map((parts) => Buffer.from(parts.join('')));
const packed = fc
  .tuple(text, fc.constantFrom(0, 1, 6, 9), fc.constantFrom(0, 2, 4))
  .map(([bytes, level, strategy]) => ({ bytes, data: deflateRawSync(bytes, { level, strategy }) }));

test('law: what zlib packs is read, up to its last byte', () =>
  law(
    fc.property(packed, fc.uint8Array({ maxLength: 8 }), ({ bytes, data }, rest) => {
      fc.pre(data.length <= 512);
      expect(shortOf(Buffer.concat([data, rest]))).toEqual([bytes.toString('hex'), data.length]);
    }),
    { numRuns: 500 },
  ));

test('law: damaged data is refused where zlib refuses it, and read as zlib reads it', () =>
  law(
    fc.property(
      packed,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
      ({ data }, flips) => {
        fc.pre(data.length > 0 && data.length <= 512);
        const damaged = Buffer.from(data);
        for (const [at, mask] of flips) damaged[at % data.length] = (damaged[at % data.length] ?? 0) ^ mask;
        const expected = zlibOf(damaged);
        // What inflates beyond 8 KiB is left to zlib.
        fc.pre(expected === null || expected[0].length <= 2 * 8192);
        expect(shortOf(damaged)).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  ));

test('law: bytes of any kind are read as zlib reads them', () =>
  law(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const expected = zlibOf(bytes);
      fc.pre(expected === null || expected[0].length <= 2 * 8192);
      expect(shortOf(bytes)).toEqual(expected);
    }),
    { numRuns: 2000 },
  ));

test('every beginning of a stream is truncated', () => {
  for (const level of [0, 1, 9]) {
    const data = deflateRawSync('the quick brown fox jumps over the lazy dog, the quick brown fox', { level });
    for (let n = 0; n < data.length; n += 1)
      expect(inflateShort(data.subarray(0, n), 0)).toEqual({ ok: false, problem: 'truncated' });
  }
});

test.each([
  // RFC 1951, 3.2.3: the first bit is BFINAL, the next two BTYPE, of which 11 is reserved.
  ['a reserved type of block', [0x07]],
  // LEN 1 and a complement that is not of 1.
  ['a stored block whose lengths differ', [0x01, 0x01, 0x00, 0x00, 0x00, 0x41]],
  // Fixed codes: 0000001 is length 3 (symbol 257), 00000 is distance 1 of no bytes before it.
  ['a distance before the start', [0x03, 0x02, 0x00]],
])('%s is damage', (_, bytes) => {
  expect(inflateShort(Buffer.from(bytes), 0)).toEqual({ ok: false, problem: 'corrupt' });
  expect(zlibOf(Buffer.from(bytes))).toBeNull();
});

/** Bits of a stream, the first in the lowest bit of the first byte; blanks are for the eye. */
function bits(text: string): Buffer {
  const all = text.replaceAll(' ', '').padEnd(Math.ceil(text.replaceAll(' ', '').length / 8) * 8, '0');
  return Buffer.from((all.match(/.{8}/g) ?? []).map((byte) => Number.parseInt([...byte].reverse().join(''), 2)));
}

// A last block with codes of its own (RFC 1951, 3.2.7): BFINAL 1, BTYPE 10 (low bit first: 01), HLIT 0 (257 symbols), HDIST n,
// HCLEN 14 (18 lengths). Lengths of the code of lengths, in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: those of 18 and 1
// are 2, that of 2 is 2 and that of 0 is 2, all else 0: 0 is 00, 1 is 01, 2 is 10, 18 is 11.
const head = (hdist: string, hlit = '00000'): string =>
  `1 01 ${hlit} ${hdist} 0111 000 000 010 010 ${'000 '.repeat(11)} 010 000 010`;
/** Lengths 0 of `n` symbols, n from 11 to 138: code 18 and seven bits. */
const zeros = (n: number): string => `11 ${[...(n - 11).toString(2).padStart(7, '0')].reverse().join('')}`;
const [NONE, ONE, TWO] = ['00', '01', '10'];
/** 97 zeros, the length of "a", 158 zeros, the length of the end of the block. */
const literals = (a: string, end: string): string => `${zeros(97)} ${a} ${zeros(138)} ${zeros(20)} ${end}`;

test.each([
  // Codes: a is 0, the end is 1.
  ['no distance', `${head('00000')} ${literals(ONE, ONE)} ${NONE} 0 0 1`, 'aa'],
  ['one distance of one bit, as Go writes it', `${head('00000')} ${literals(ONE, ONE)} ${ONE} 0 0 1`, 'aa'],
  ['286 lengths and literals', `${head('00000', '10111')} ${literals(ONE, ONE)} ${zeros(29)} ${NONE} 0 1`, 'a'],
  ['30 distances', `${head('10111')} ${literals(ONE, ONE)} ${zeros(30)} 0 1`, 'a'],
  ['the end alone, in one bit', `${head('00000')} ${literals(NONE, ONE)} ${NONE} 0`, ''],
])('a block with %s is read, as by zlib', (_, stream, content) => {
  expect(zlibOf(bits(stream))?.[0]).toBe(Buffer.from(content).toString('hex'));
  expect(shortOf(bits(stream))).toEqual(zlibOf(bits(stream)));
});

test.each([
  ['two symbols of two bits, which leave half of the codes over', `${head('00000')} ${literals(TWO, TWO)} ${NONE} 00`],
  ['one distance of two bits', `${head('00000')} ${literals(ONE, ONE)} ${TWO} 0 1`],
  ['two distances of two bits', `${head('10000')} ${literals(ONE, ONE)} ${TWO} ${TWO} 0 1`],
  [
    '287 lengths and literals, of which RFC 1951 has 286',
    `${head('00000', '01111')} ${literals(ONE, ONE)} ${zeros(30)} ${NONE} 0 1`,
  ],
  ['31 distances, of which RFC 1951 has 30', `${head('01111')} ${literals(ONE, ONE)} ${zeros(31)} 0 1`],
  ['three distances of one bit', `${head('01000')} ${literals(ONE, ONE)} ${ONE} ${ONE} ${ONE} 0 1`],
])('a block with %s is damage, as for zlib', (_, stream) => {
  expect(zlibOf(bits(stream))).toBeNull();
  expect(inflateShort(bits(stream), 0)).toEqual({ ok: false, problem: 'corrupt' });
});

test('the first length cannot repeat the one before it', () => {
  // As above, with code 16 in the place of 18: 16 is 11, with two bits.
  const stream = `1 01 00000 00000 0111 010 000 000 010 ${'000 '.repeat(11)} 010 000 010 11 00`;
  expect(zlibOf(bits(stream + '0'.repeat(900)))).toBeNull();
  expect(inflateShort(bits(stream), 0)).toEqual({ ok: false, problem: 'corrupt' });
});

test('what is long, or inflates far, is left to zlib', () => {
  const noise = Buffer.from(Array.from({ length: 600 }, (_, at) => (at * 7919) % 251));
  expect(inflateShort(deflateRawSync(noise, { level: 0 }), 0)).toBeNull();
  expect(inflateShort(deflateRawSync(Buffer.alloc(8193)), 0)).toBeNull();
  expect(shortOf(deflateRawSync(Buffer.alloc(8192)))?.[0].length).toBe(2 * 8192);
});

/** A member with every optional field (RFC 1952, 2.3). */
function fullMember(content: string, headerCrc: (crc: number) => number = (crc) => crc): Buffer {
  const plain = gzipSync(content);
  const head = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3]),
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('name\0comment\0'),
  ]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(headerCrc(crc32(head) & 0xffff));
  return Buffer.concat([head, check, plain.subarray(10)]);
}

test('a member with every field, its beginnings, and one with a wrong sum of its header', () => {
  const member = fullMember('hello');
  expect(gunzipSync(member).toString()).toBe('hello');
  expect(readShortMember(member, 0)).toEqual({ ok: true, bytes: Buffer.from('hello'), end: member.length });
  for (let n = 0; n < member.length; n += 1)
    expect(readShortMember(member.subarray(0, n), 0)).toEqual({ ok: false, reason: 'gzip-truncated' });
  const wrong = fullMember('hello', (crc) => crc ^ 1);
  expect(() => gunzipSync(wrong)).toThrow();
  expect(readShortMember(wrong, 0)).toEqual({ ok: false, reason: 'gzip-corrupt' });
});

test.each([
  ['checksum', -8],
  ['length', -4],
  ['magic', 0],
  ['reserved flags', 3],
])('a wrong %s is damage', (_, at) => {
  const member = gzipSync('hello');
  const byte = at < 0 ? member.length + at : at;
  member[byte] = (member[byte] ?? 0) ^ 0x80;
  expect(() => gunzipSync(member)).toThrow();
  expect(readShortMember(member, 0)).toEqual({ ok: false, reason: 'gzip-corrupt' });
});
