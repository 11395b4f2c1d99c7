import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asyncLaw } from '../../test/support/law.ts';
import { inflated } from './gzip-stream.ts';

/** Inflates bytes that arrive in chunks of `size`. */
async function read(
  bytes: Buffer,
  size = 65_536,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const notes: string[] = [];
  const parts: Buffer[] = [];
  for await (const part of inflated(chunks(), (text) => notes.push(text))) parts.push(part);
  return { text: Buffer.concat(parts).toString(), notes };
}

test('members of any number and size, empty ones too, in chunks of any size', () =>
  asyncLaw(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      async (texts, size) => {
        const bytes = Buffer.concat(texts.map((text) => gzipSync(text)));
        expect(await read(bytes, size)).toEqual({ text: texts.join(''), notes: [] });
      },
    ),
    { numRuns: 60 },
  ));

test('members around the size of what is inflated at once, which do not shrink', async () => {
  const sizes = [0, 1, 16_300, 16_379, 16_384, 16_390, 0, 32_768, 65_500, 200_000, 3, 0];
  const texts = sizes.map((size, n) =>
    Buffer.from(Array.from({ length: size }, (_, at) => (at * 7919 + n * 31) % 251)),
  );
  const bytes = Buffer.concat(texts.map((text) => gzipSync(text, { level: 0 })));
  for (const size of [997, 16_384, 65_536, bytes.length])
    expect(await read(bytes, size)).toEqual({ text: Buffer.concat(texts).toString(), notes: [] });
});

test('a name of megabytes in a header costs no more than its bytes', async () => {
  const plain = gzipSync('hello');
  const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
  const bytes = Buffer.concat([header, Buffer.alloc(8_000_000, 'n'), Buffer.alloc(1), plain.subarray(10)]);
  const before = process.cpuUsage();
  expect(await read(bytes)).toEqual({ text: 'hello', notes: [] });
  const { user, system } = process.cpuUsage(before);
  // 9 s when each byte is awaited.
  expect((user + system) / 1e6).toBeLessThan(3);
  const endless = await read(bytes.subarray(0, 8_000_000));
  expect(endless).toMatchObject({ text: '', notes: [expect.stringContaining('gzip is truncated')] });
});

test('a million empty members cost what as many bytes cost', async () => {
  const member = gzipSync('');
  const bytes = Buffer.alloc(1_000_000 * member.length, member);
  const before = process.cpuUsage();
  expect(await read(Buffer.concat([bytes, gzipSync('end')]))).toEqual({ text: 'end', notes: [] });
  const { user, system } = process.cpuUsage(before);
  // 26 s when each member had an engine of zlib, 1 s when none has.
  expect((user + system) / 1e6).toBeLessThan(6);
});

test('tiny members among bytes that only look like the start of one', async () => {
  const stored = (text: string): Buffer => gzipSync(Buffer.from(text, 'latin1'), { level: 0 });
  const lure = stored('\x1f\x8b\x08 is no member');
  const bytes = Buffer.concat(Array.from({ length: 2000 }, () => Buffer.concat([gzipSync('a'), lure])));
  for (const size of [100, 65_536]) {
    const { text, notes } = await read(bytes, size);
    expect(notes).toEqual([]);
    expect(Buffer.byteLength(text)).toBe(
      Buffer.byteLength('a') * 2000 + 2000 * Buffer.from('\x1f\ufffd\x08 is no member').length,
    );
  }
});

const notRead = (bytes: number): string =>
  `gzip: ${bytes} bytes after the gzip data not read: only further gzip data, or zero bytes, may follow it.`;

test('zeros between members end the data, as in other readers', async () => {
  const bytes = Buffer.concat([gzipSync('a'), gzipSync('b'), Buffer.alloc(3), gzipSync('c')]);
  const { text, notes } = await read(bytes);
  expect(text).toBe('ab');
  expect(notes).toEqual([notRead(gzipSync('c').length)]);
});

test('each layer may inflate to so many bytes, and the inner one holds none of them', async () => {
  const empty = gzipSync('');
  const bomb = gzipSync(Buffer.alloc(1_000_000 * empty.length, empty));
  async function* once(): AsyncGenerator<Buffer> {
    yield bomb;
  }
  const all = async (maxBytes: number): Promise<number> => {
    let n = 0;
    for await (const part of inflated(once(), () => undefined, maxBytes)) n += part.length;
    return n;
  };
  await expect(all(1_000_000)).rejects.toThrow('inflates to more than 1,000,000 bytes');
  expect(await all(20_000_000)).toBe(0);
});

test('text that is not compressed passes through', async () => {
  expect(await read(Buffer.from('START RequestId: x'), 3)).toEqual({ text: 'START RequestId: x', notes: [] });
  expect(await read(Buffer.alloc(0))).toEqual({ text: '', notes: [] });
});

test('gzip inside of gzip, as Firehose stores what CloudWatch compressed', async () => {
  const inner = Buffer.concat([gzipSync('a'), gzipSync('b')]);
  expect(await read(gzipSync(inner), 7)).toEqual({ text: 'ab', notes: [] });
});

test('a header with name, comment, extra field and header CRC is skipped', async () => {
  const plain = gzipSync('hello');
  const header = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3]);
  const fields = Buffer.concat([Buffer.from([3, 0, 1, 2, 3]), Buffer.from('name\0comment\0'), Buffer.from([9, 9])]);
  expect(await read(Buffer.concat([header, fields, plain.subarray(10)]), 4)).toEqual({ text: 'hello', notes: [] });
});

/** RFC 1952, 2.3: the flags of a header, and what each adds to it. */
const FIELDS: readonly (readonly [name: string, flag: number, bytes: Buffer])[] = [
  ['no field', 0, Buffer.alloc(0)],
  ['a text that is ASCII', 1, Buffer.alloc(0)],
  ['a checksum', 2, Buffer.from([9, 9])],
  ['an extra field', 4, Buffer.from([3, 0, 1, 2, 3])],
  ['an empty extra field', 4, Buffer.from([0, 0])],
  ['a long extra field', 4, Buffer.concat([Buffer.from([0x2c, 1]), Buffer.alloc(300, 7)])],
  ['a name', 8, Buffer.from('name\0')],
  ['a comment', 16, Buffer.from('comment\0')],
];

test.each(FIELDS)('a header with %s is skipped, and one that ends in it is truncated', async (_, flag, field) => {
  const head = Buffer.from([0x1f, 0x8b, 8, flag, 0, 0, 0, 0, 0, 3]);
  const whole = Buffer.concat([head, field, gzipSync('hello').subarray(10)]);
  const truncated = (at: number) => ({
    text: '',
    notes: [`gzip is truncated at byte ${at}. What came before it was read`],
  });
  for (const size of [1, 4096]) {
    expect(await read(whole, size)).toEqual({ text: 'hello', notes: [] });
    for (const cut of [3, 9, ...Array.from({ length: field.length }, (__, at) => 10 + at)])
      expect(await read(whole.subarray(0, cut), size)).toEqual(truncated(cut));
  }
});

test('what is cut within its checksum or length is truncated', async () => {
  const whole = gzipSync('hello');
  for (let cut = whole.length - 8; cut < whole.length; cut += 1)
    expect(await read(whole.subarray(0, cut), 7)).toEqual({
      text: 'hello',
      notes: [`gzip is truncated at byte ${cut}. What came before it was read`],
    });
});

test.each([4, 5, 6, 7, 8])('a wrong byte %i from the end is damage: in the checksum, and in the length', async (at) => {
  const wrong = gzipSync('hello');
  wrong[wrong.length - at] = (wrong.at(-at) ?? 0) ^ 1;
  expect(await read(wrong)).toEqual({
    text: 'hello',
    notes: [`gzip is damaged at byte ${wrong.length}. What came before it was read`],
  });
});

test('two magic bytes with another method are no gzip', async () => {
  const bytes = Buffer.from([0x1f, 0x8b, 7, 65]);
  expect(await read(bytes, 1)).toEqual({ text: bytes.toString(), notes: [] });
  expect(await read(Buffer.from([0x1f]), 1)).toEqual({ text: '\x1f', notes: [] });
});

test('zero padding and garbage after the last member are reported', async () => {
  const padded = await read(Buffer.concat([gzipSync('a'), Buffer.alloc(20)]), 5);
  expect(padded).toEqual({ text: 'a', notes: ['20 zero bytes after the gzip data were skipped'] });
  const garbage = await read(Buffer.concat([gzipSync('a'), Buffer.from('junk')]));
  expect(garbage).toEqual({ text: 'a', notes: [notRead(4)] });
});

test('a truncated stream gives what came before the end', async () => {
  // Stored blocks, so that what a prefix holds is known: 5 bytes of header, then the text.
  const text = 'x'.repeat(1000);
  const stored = Buffer.concat([gzipSync('first'), gzipSync(text, { level: 0 }).subarray(0, 10 + 5 + 400)]);
  const { text: got, notes } = await read(stored, 64);
  expect(got).toBe(`first${'x'.repeat(400)}`);
  expect(notes).toEqual([expect.stringMatching(/^gzip is truncated at byte \d+\. What came before it was read$/)]);
});

test('the place of a wrong checksum is the end of its member, whatever its size', async () => {
  for (const size of [10, 200_000]) {
    const wrong = gzipSync(Buffer.alloc(size, 'x'), { level: 0 });
    wrong.writeUInt32LE(1, wrong.length - 8);
    const { notes } = await read(Buffer.concat([wrong, gzipSync('next')]));
    expect(notes).toEqual([`gzip is damaged at byte ${wrong.length}. What came before it was read`]);
  }
});

test('a wrong checksum and damaged data are reported; members before them are read', async () => {
  const wrong = gzipSync('b');
  wrong[wrong.length - 5] = (wrong[wrong.length - 5] ?? 0) ^ 0xff;
  const { text, notes } = await read(Buffer.concat([gzipSync('a'), wrong, gzipSync('c')]));
  expect(text).toBe('ab');
  expect(notes).toEqual([expect.stringContaining('gzip is damaged')]);
  const noise = Buffer.concat([gzipSync('a'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff])]);
  expect(await read(noise)).toMatchObject({ text: 'a', notes: [expect.stringContaining('gzip is damaged')] });
});
