import { brotliCompressSync, brotliDecompressSync, crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../../test/support/law.ts';
import { mayHold } from '../../../analytics/lines/word-filter.ts';
import { wordHashes } from '../../../analytics/lines/words.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { mergedLines } from '../../lines/kept-line.ts';
import {
  blockLineBytes,
  blockLines,
  DamagedBlockError,
  encodeBlock,
  filterOfBody,
  readBody,
  readFilter,
  readHead,
} from './block.ts';

const AT = Date.UTC(2026, 10, 20);
const HOSTILE = [
  '',
  '\u0000',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202egnp.exe\u2066',
  '<script>alert(1)</script>',
  '\ufffd\ufeff',
  '𝟘 café 日本語 🚀',
  'START RequestId: 632d3270-354e-4504-96e1-e3a74218c002 Version: $LATEST\n',
  '{"level":"ERROR","message":"x"}',
  'x'.repeat(1_048_576),
];

const line: fc.Arbitrary<KeptLine> = fc
  .record({
    environmentId: fc.constantFrom(-2, 1, 7, 2 ** 40),
    timestampMs: fc.oneof(fc.constantFrom(0, AT, AT + 1), fc.integer({ min: 0, max: 8.64e15 })),
    sequence: fc.oneof(fc.constant(-1), fc.constantFrom(0, 1, 2 ** 40 - 1), fc.integer({ min: 0, max: 2 ** 40 - 1 })),
    rank: fc.nat(300),
    occurrence: fc.nat(3),
    message: fc.oneof(fc.constantFrom(...HOSTILE.slice(0, -1)), fc.string({ unit: 'grapheme' })),
  })
  .map((one) => (one.sequence === -1 ? one : { ...one, rank: 0, occurrence: 0 }));

test('a block gives back the lines that it was built of', () => {
  law(
    fc.property(fc.array(line), (lines) => {
      const given = mergedLines(lines);
      const block = encodeBlock(given);
      expect(blockLines(block)).toEqual(given);
      expect(block).toMatchObject({ lines: given.length, firstMs: given[0]?.timestampMs ?? 0 });
      expect(block.lastMs).toBe(given.at(-1)?.timestampMs ?? 0);
      expect(block.rawBytes).toBe(given.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0));
      expect(block.levels.reduce((sum, n) => sum + n, 0)).toBe(given.length);
    }),
  );
});

test('of a block, lines of one environment and time can be read', () => {
  law(
    fc.property(fc.array(line), fc.constantFrom(-2, 1), (lines, environmentId) => {
      const wanted = { environmentId, fromMs: AT, toMs: AT + 1 };
      const expected = mergedLines(lines).filter(
        (one) => one.environmentId === environmentId && one.timestampMs >= AT && one.timestampMs <= AT + 1,
      );
      expect(blockLines(encodeBlock(mergedLines(lines)), wanted)).toEqual(expected);
    }),
  );
});

test('hostile lines are stored whole', () => {
  const lines = HOSTILE.map((message, at) => ({
    environmentId: 1,
    timestampMs: AT + at,
    sequence: at,
    rank: 0,
    occurrence: 0,
    message,
  }));
  const block = encodeBlock(lines);
  expect(blockLines(block)).toEqual(lines);
  // Of ten lines, only the JSON one states a level.
  expect(block.levels).toEqual([8, 0, 0, 0, 0, 1, 0, 1, 0]);
  const head = readHead(block.head);
  expect(Array.from({ length: head.n }, (_, at) => head.isPlatform(at)).filter(Boolean)).toHaveLength(1);
  expect(head.levelOf(8)).toBe('error');
});

test('the filter holds every word of the lines, and can be rebuilt from them', () => {
  law(
    fc.property(fc.array(line), (lines) => {
      const block = encodeBlock(mergedLines(lines));
      const filter = readFilter(block.filter);
      if (filter === null) throw new Error('no filter');
      for (const { message } of lines)
        for (const hash of wordHashes(Buffer.from(message))) expect(mayHold(filter, hash)).toBe(true);
    }),
  );
  const block = encodeBlock(
    HOSTILE.map((message, at) => ({
      environmentId: 1,
      timestampMs: at,
      sequence: at,
      rank: 0,
      occurrence: 0,
      message: `${message}\n`,
    })),
  );
  expect(filterOfBody(readBody(block.body))).toEqual(block.filter);
});

test('any changed, missing or added byte is noticed', () => {
  const lines = Array.from({ length: 50 }, (_, at) => ({
    environmentId: 1,
    timestampMs: AT + at,
    sequence: at,
    rank: 0,
    occurrence: 0,
    message: `line ${at}\n`,
  }));
  const block = encodeBlock(lines);
  const part = fc.constantFrom('head' as const, 'body' as const, 'filter' as const);
  law(
    fc.property(
      part,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom('change', 'cut', 'add'),
      (name, place, by, how) => {
        const whole = block[name];
        const at = place % whole.length;
        const changed = whole.with(at, (whole[at] ?? 0) ^ by);
        const damaged = how === 'change' ? changed : how === 'cut' ? whole.slice(0, at) : Uint8Array.of(...whole, by);
        if (name === 'filter') expect(readFilter(damaged)).toBeNull();
        else expect(() => blockLines({ ...block, [name]: damaged })).toThrow(DamagedBlockError);
      },
    ),
    { numRuns: 300 },
  );
  expect(readFilter(null)).toBeNull();
});

test('of a block from before platform lines had levels, they are known to be unknown, and are found when it is packed again', () => {
  const message = `REPORT RequestId: 632d3270-354e-4504-96e1-e3a74218c002\tDuration: 9.00 ms\tBilled Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tStatus: timeout\n`;
  const block = encodeBlock([{ environmentId: 1, timestampMs: AT, sequence: 1, rank: 0, occurrence: 0, message }]);
  expect(block.levels).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(readHead(block.head).levelOf(0)).toBe('error');
  const text = brotliDecompressSync(block.head.subarray(4));
  // Without the last byte; 0x85 is a platform line with the level error.
  const bytes = brotliCompressSync(Buffer.from(text.subarray(0, -1).map((byte) => (byte === 0x85 ? 0x80 : byte))));
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(bytes));
  const old = { ...block, head: Buffer.concat([crc, bytes]) };
  expect(readHead(old.head)).toMatchObject({ hasPlatformLevels: false });
  expect(readHead(old.head).levelOf(0)).toBeNull();
  expect(encodeBlock(blockLineBytes(old)).levels).toEqual(block.levels);
});
