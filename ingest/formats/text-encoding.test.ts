import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tarOf } from '../../test/support/tar.ts';
import { filePartsOf } from './file-parts.ts';
import { decodedText, decodeText, NotTextError } from './text-encoding.ts';

async function partsOf(file: Buffer): Promise<string> {
  let text = '';
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < file.length; at += 1000) yield file.subarray(at, at + 1000);
  };
  for await (const part of filePartsOf(chunks(), () => undefined)) text += String(part);
  return text;
}

const LINE = '2026-11-20T10:00:00.000Z START RequestId: 00000001-0016-4000-8000-000000000016 Version: 7\n';
/** The same bytes in each run, of every value. */
const noise = Buffer.from(Array.from({ length: 6000 }, (_, at) => (at * 167 + ((at * at) >> 3)) % 256));

test.each([
  ['random bytes', noise],
  ['zeros', Buffer.alloc(5000)],
  ['a PNG', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), noise])],
  ['a PDF', Buffer.concat([Buffer.from('%PDF-1.7\n'), noise])],
  ['a Parquet file', Buffer.concat([Buffer.from('PAR1'), noise])],
  ['Cyrillic in a code page', Buffer.from(Array.from({ length: 400 }, (_, at) => 0xc0 + (at % 60)))],
])('%s is refused as no text', async (_name, file) => {
  await expect(partsOf(file)).rejects.toThrow(/^binary data, or text in an encoding other than UTF-8 and UTF-16/);
});

test('an archive and gzip in three layers are named', async () => {
  await expect(partsOf(gzipSync(tarOf('logs.txt')))).rejects.toThrow('a tar archive. Extract it and import the folder');
  await expect(partsOf(gzipSync(gzipSync(gzipSync(LINE))))).rejects.toThrow('compressed with gzip more than 2 times');
});

test.each([
  ['a log with a few bytes of anything', Buffer.concat([Buffer.from(LINE.repeat(20)), noise.subarray(0, 20)])],
  ['Latin-1 umlauts', Buffer.from(LINE.replace('Version', 'Größe').repeat(20), 'latin1')],
  ['colours', Buffer.from(LINE.split(' ').join('\u001b[32m \u001b[0m').repeat(20))],
  ['UTF-16 without a mark', Buffer.from(LINE.repeat(20), 'utf16le')],
  ['East Asian text', Buffer.from('2026-11-20T10:00:00.000Z 東京の関数が失敗しました\n'.repeat(20))],
  ['emoji', Buffer.from('2026-11-20T10:00:00.000Z 👍👍👍👍👍👍👍👍👍👍👍👍\n'.repeat(20))],
])('%s is text', async (_name, file) => {
  expect((await partsOf(file)).split('\n').length).toBeGreaterThanOrEqual(20);
});

/** Characters of two bytes in UTF-16, none of them 0. */
const WIDE = '東';
const be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const le = (text: string): Buffer => Buffer.from(text, 'utf16le');

describe('the encoding of a whole file', () => {
  const TEXT = 'START Größe 東京 👍';
  test.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16LE with a mark', le(`\ufeff${TEXT}`)],
    ['UTF-16BE with a mark', be(`\ufeff${TEXT}`)],
    ['UTF-16LE with a mark and no ASCII', le('\ufeff東京')],
    ['UTF-16BE with a mark and no ASCII', be('\ufeff東京')],
    ['UTF-16LE without a mark', le(TEXT)],
    ['UTF-16BE without a mark', be(TEXT)],
  ])('%s', (_, bytes) => {
    expect(TEXT).toContain(decodeText(bytes).slice(0, 2));
    expect(decodeText(bytes)).toMatch(/^(?:START Größe )?東京(?: 👍)?$/);
  });

  // Of twenty characters more than ten must be ASCII, and fewer than two of U+0100, U+0200, …, whose other byte is 0.
  test.each([
    ['all ASCII', 'a'.repeat(20), true],
    ['eleven of twenty', 'a'.repeat(11) + WIDE.repeat(9), true],
    ['ten of twenty', 'a'.repeat(10) + WIDE.repeat(10), false],
    ['none', WIDE.repeat(20), false],
    ['one with a zero in its other byte', `${'a'.repeat(19)}Ā`, true],
    ['two with a zero in their other byte', `${'a'.repeat(18)}ĀĀ`, false],
  ])('UTF-16 without a mark, %s: %s', (_, text, isRead) => {
    expect(text).toHaveLength(20);
    expect(decodeText(le(text)) === text).toBe(isRead);
    expect(decodeText(be(text)) === text).toBe(isRead);
  });

  test.each([
    ['0xff alone', 'ff', '\ufffd'],
    ['0xff before another byte', 'ff61', '\ufffda'],
    ['0xfe before another byte', 'fe61', '\ufffda'],
    ['0xfe at the second place', '61fe', 'a\ufffd'],
    ['0xff at the second place', '61ff', 'a\ufffd'],
  ])('%s is no mark', (_, hex, text) => {
    expect(decodeText(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test('the first 4,096 bytes tell', () => {
    const text = 'a'.repeat(2048) + WIDE.repeat(3000);
    expect(decodeText(le(text))).toBe(text);
    const later = WIDE.repeat(2048) + 'a'.repeat(9000);
    expect(decodeText(le(later))).not.toBe(later);
  });

  test('line ends of Windows become those of Unix, in every encoding; others stay', () => {
    for (const bytes of [Buffer.from('a\r\nb\rc\n\r\n'), le('a\r\nb\rc\n\r\n'), be('a\r\nb\rc\n\r\n')])
      expect(decodeText(bytes)).toBe('a\nb\rc\n\n');
  });
});

describe('a stream', () => {
  async function textOf(bytes: Buffer, size: number): Promise<string> {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    let text = '';
    for await (const part of decodedText(chunks())) text += part;
    return text;
  }

  const PIECE = 'a€東👍 ';
  const texts = [1, 400, 2000].map((n) => PIECE.repeat(n));
  test.each([1, 3, 1000, 4095, 4096, 4097, 100_000])('in chunks of %d bytes has the same text', async (size) => {
    for (const text of texts) {
      expect(await textOf(Buffer.from(text), size)).toBe(text);
      expect(await textOf(le(`\ufeff${text}`), size)).toBe(text);
      expect(await textOf(be(`\ufeff${text}`), size)).toBe(text);
    }
  });

  test.each([4095, 4096, 4097, 8192])('of %d bytes is read whole, once', async (length) => {
    const text = Array.from({ length }, (_, at) => String.fromCharCode(97 + (at % 26))).join('');
    for (const size of [1024, 4096, length]) expect(await textOf(Buffer.from(text), size)).toBe(text);
  });

  test.each([10, 5000])('of %d characters whose last one is cut ends with U+FFFD', async (length) => {
    const bytes = Buffer.from(`${'a'.repeat(length - 1)}€`).subarray(0, -1);
    expect(await textOf(bytes, 4096)).toBe(`${'a'.repeat(length - 1)}\ufffd`);
  });

  test('without bytes has no text', async () => {
    expect(await textOf(Buffer.alloc(0), 10)).toBe('');
  });

  test('is decoded while it arrives: after 4,096 bytes', async () => {
    let given = 0;
    const chunks = async function* (): AsyncGenerator<Buffer> {
      for (; given < 40_960; given += 1024) yield Buffer.alloc(1024, 'a');
    };
    const parts = decodedText(chunks());
    expect((await parts.next()).value).toHaveLength(4096);
    expect(given).toBe(3072);
    expect((await parts.next()).value).toHaveLength(1024);
  });
});

describe('what is no text', () => {
  async function problemOf(bytes: Buffer): Promise<string> {
    try {
      for await (const text of decodedText(
        (async function* () {
          yield bytes;
        })(),
      ))
        return `text of ${text.length}`;
    } catch (error) {
      if (error instanceof NotTextError) return `${error.name}, ${error.isKnownFormat}: ${error.message}`;
    }
    return 'nothing';
  }
  const EXPECTED = 'Expected text or JSON, plain or compressed with gzip';
  const BINARY = `NotTextError, false: binary data, or text in an encoding other than UTF-8 and UTF-16. ${EXPECTED}`;

  test('is refused with a reason, and whether its format is known', async () => {
    expect(await problemOf(Buffer.alloc(64))).toBe(BINARY);
    expect(await problemOf(Buffer.from('504b0304', 'hex'))).toBe(`NotTextError, true: zip data. ${EXPECTED}`);
    expect(await problemOf(gzipSync('x'))).toBe(
      `NotTextError, true: compressed with gzip more than 2 times. ${EXPECTED}`,
    );
  });

  test('31 bytes are too few to tell', async () => {
    expect(await problemOf(Buffer.alloc(31, 1))).toBe('text of 31');
    expect(await problemOf(Buffer.alloc(32, 1))).toBe(BINARY);
  });

  /** One hundred characters, some of them this one. */
  const withSome = (byte: number, n: number): Buffer =>
    Buffer.from([...Array.from({ length: n }, () => byte), ...Array.from({ length: 100 - n }, () => 0x61)]);

  test.each([0, 1, 7, 0x0e, 0x1a, 0x1c, 0x1f, 0xff])('a twentieth of bytes %d is text, more is not', async (byte) => {
    expect(await problemOf(withSome(byte, 5))).toBe('text of 100');
    expect(await problemOf(withSome(byte, 6))).toBe(BINARY);
  });

  test.each([8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b, 0x20, 0x7f])('byte %d is text', async (byte) => {
    expect(await problemOf(withSome(byte, 50))).toBe('text of 100');
  });

  test('the first 4,096 bytes tell', async () => {
    expect(await problemOf(Buffer.concat([Buffer.alloc(4096, 'a'), Buffer.alloc(4096)]))).toBe('text of 8192');
    expect(await problemOf(Buffer.concat([Buffer.alloc(4096), Buffer.alloc(400_000, 'a')]))).toBe(BINARY);
  });

  test('UTF-16 has zeros and is text', async () => {
    expect(await problemOf(le('a'.repeat(100)))).toBe('text of 100');
    expect(await problemOf(be('a'.repeat(100)))).toBe('text of 100');
  });
});
