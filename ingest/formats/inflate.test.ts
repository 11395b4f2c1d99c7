import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip, gunzipBufferBytes, inflate } from './inflate.ts';

const MIB = 1_048_576;

/** The body with another announced size (the last four bytes; RFC 1952, 2.3.1). */
function announcing(body: Buffer, size: number): Buffer {
  const forged = Buffer.from(body);
  forged.writeUInt32LE(size, forged.length - 4);
  return forged;
}

/** Text that compresses to about a fifth. */
const text = (bytes: number): Buffer => {
  const lines: string[] = [];
  for (let at = 0, length = 0; length < bytes; at += 1) {
    const line = `{"id":${(at * 2_654_435_761) % 4_294_967_296},"message":"finished request ${at}"}\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, bytes);
};

describe('the buffer for a gzip body', () => {
  it('holds the announced size and 64 bytes more', () => {
    const body = gzipSync(text(100_000));
    expect(gunzipBufferBytes(body, 16 * MIB)).toBe(100_064);
  });

  it('is bounded for a forged size: by what the bytes usually fill, by the limit, by 4 MiB, and from below by 16 KiB or four times the body', () => {
    const short = Buffer.alloc(100, 0xff);
    expect(gunzipBufferBytes(short, 64 * MIB)).toBe(6464); // 100 × 64 + 64
    const long = Buffer.alloc(MIB, 0xff);
    expect(gunzipBufferBytes(long, 64 * MIB)).toBe(4_194_368); // 4 MiB + 64
    expect(gunzipBufferBytes(long, MIB)).toBe(1_048_640); // 1 MiB + 64
    expect(gunzipBufferBytes(Buffer.alloc(MIB), 64 * MIB)).toBe(16_384);
    expect(gunzipBufferBytes(Buffer.alloc(100), 64 * MIB)).toBe(400); // 4 × 100
    expect(gunzipBufferBytes(Buffer.from([0x1f, 0x8b]), 64 * MIB)).toBe(64);
  });
});

describe('a body of less than a kilobyte', () => {
  const members = ['START', '', 'REPORT'].map((content) => gzipSync(content));

  it('joins its members, as zlib does', () => {
    const body = Buffer.concat(members);
    expect(inflate(body, 100)).toEqual({ ok: true, bytes: Buffer.from('STARTREPORT') });
    expect(gunzipSync(body).toString()).toBe('STARTREPORT');
  });

  it('ends at the zeros that tapes and block devices add, as zlib does', () => {
    for (const rest of [Buffer.alloc(1), Buffer.alloc(300)]) {
      const body = Buffer.concat([...members, rest]);
      expect(inflate(body, 100)).toEqual({ ok: true, bytes: Buffer.from('STARTREPORT') });
      expect(gunzipSync(body).toString()).toBe('STARTREPORT');
    }
  });

  it('says what follows the zeros, which zlib does not read: text, or another member', () => {
    for (const unread of [Buffer.from('x'), gzipSync('END'), Buffer.from('a\0')]) {
      const body = Buffer.concat([...members, Buffer.alloc(2), unread]);
      expect(inflate(body, 100)).toEqual({ ok: true, bytes: Buffer.from('STARTREPORT'), unread });
      expect(gunzipSync(body).toString()).toBe('STARTREPORT');
    }
  });

  it('is damaged if other bytes follow, as zlib says', () => {
    const body = Buffer.concat([...members, Buffer.from('x')]);
    expect(inflate(body, 100)).toEqual({ ok: false, reason: 'gzip-corrupt' });
    expect(() => gunzipSync(body)).toThrow();
  });

  it('counts all its members against the limit', () => {
    expect(inflate(Buffer.concat(members), 11)).toMatchObject({ ok: true });
    expect(inflate(Buffer.concat(members), 10)).toEqual({ ok: false, reason: 'gzip-too-large' });
  });
});

describe('gunzip', () => {
  it.each([0, 1, 16_320, 16_384, 16_385, 65_536, MIB, 5 * MIB])('returns %i bytes unchanged', (bytes) => {
    const plain = text(bytes);
    expect(gunzip(gzipSync(plain), 6 * MIB).equals(plain)).toBe(true);
  });

  it('returns a body that is larger than it announces', () => {
    const body = Buffer.concat([gzipSync(Buffer.alloc(1_000_000)), gzipSync('')]);
    expect(gunzip(body, MIB).equals(Buffer.alloc(1_000_000))).toBe(true);
  });

  it('says what follows the zeros after a longer body, and after an inner layer', () => {
    const plain = text(100_000);
    const unread = Buffer.from('rest');
    const body = Buffer.concat([gzipSync(plain), Buffer.alloc(5), unread]);
    expect(inflate(body, MIB)).toEqual({ ok: true, bytes: plain, unread });
    expect(inflate(gzipSync(body), MIB)).toEqual({ ok: true, bytes: plain, unread });
    expect(inflate(Buffer.concat([gzipSync(plain), Buffer.alloc(5)]), MIB)).toEqual({ ok: true, bytes: plain });
    expect(() => gunzip(body, MIB)).toThrow('4 bytes after the gzip data');
    expect(gunzip(body.subarray(0, -unread.length), MIB).equals(plain)).toBe(true);
  });

  it('leaves the depth of stack traces as it was, after errors too', () => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 17;
    gunzip(gzipSync('x'), MIB);
    expect(() => gunzip(Buffer.from([0x1f, 0x8b]), MIB)).toThrow();
    const after = Error.stackTraceLimit;
    Error.stackTraceLimit = before;
    expect(after).toBe(17);
  });

  it('keeps no more memory than the size that a body announces', () => {
    expect(gunzip(gzipSync(text(100_000)), MIB).buffer.byteLength).toBe(100_064);
  });

  it('joins members of which only the last announces its size', () => {
    const [first, second] = [text(300_000), text(20)];
    const body = Buffer.concat([gzipSync(first), gzipSync(second)]);
    expect(gunzip(body, MIB).equals(Buffer.concat([first, second]))).toBe(true);
  });

  it('inflates up to the limit and not a byte further', () => {
    const body = gzipSync(text(100_000));
    expect(inflate(body, 100_000)).toMatchObject({ ok: true });
    expect(inflate(body, 99_999)).toEqual({ ok: false, reason: 'gzip-too-large' });
    expect(inflate(announcing(gzipSync(Buffer.alloc(20 * MIB)), 10), MIB)).toEqual({
      ok: false,
      reason: 'gzip-too-large',
    });
  });

  it.each([0, 1, 99_999, 100_001, 0xffff_ffff])('refuses a body of 100,000 bytes that announces %i', (size) => {
    expect(inflate(announcing(gzipSync(text(100_000)), size), MIB)).toEqual({ ok: false, reason: 'gzip-corrupt' });
  });

  it('names a body that is cut', () => {
    const body = gzipSync(text(100_000));
    expect(inflate(body.subarray(0, -5), MIB)).toEqual({ ok: false, reason: 'gzip-truncated' });
    expect(inflate(body.subarray(0, 12), MIB)).toEqual({ ok: false, reason: 'gzip-truncated' });
  });
});
