import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../../test/support/law.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { mergedLines, sequenceOf, sequenceOfDigits } from '../../lines/kept-line.ts';
import { blockLineBytes, blockLines, encodeBlock } from './block.ts';
import { chunkLineBytes, LineBytes } from './line-bytes.ts';

const AT = Date.UTC(2026, 10, 20);
const ID = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
const REPORT = `REPORT RequestId: ${ID}\tDuration: 84.11 ms\tBilled Duration: 85 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n`;

interface Event {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

const chunk = (logEvents: readonly Event[]): Buffer =>
  gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: '/aws/lambda/f',
      logStream: '2026/11/20/[$LATEST]s',
      subscriptionFilters: [],
      logEvents,
    }),
  );

const plain = ({ environmentId, timestampMs, sequence, rank, occurrence, message }: KeptLine): KeptLine => ({
  environmentId,
  timestampMs,
  sequence,
  rank,
  occurrence,
  message,
});

const event = fc.record({
  id: fc.oneof(
    { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 190n }).map(String) },
    fc.constantFrom('', '0', '9'.repeat(60), '1'.repeat(61)),
  ),
  timestamp: fc.constantFrom(AT, AT + 1),
  message: fc.oneof(
    fc.constantFrom(
      `START RequestId: ${ID} Version: $LATEST\n`,
      `END RequestId: ${ID}\n`,
      REPORT,
      '{"level":"ERROR"}',
      'a\\tb\tc\\n',
      '',
    ),
    fc.string({ unit: 'binary' }),
  ),
});

test('lines in bytes are the lines of the chunk, and make the same block', () => {
  law(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      const gzip = chunk(events);
      const lines = chunkLineBytes(3, gzip);
      expect(lines.map(plain)).toEqual(chunkLines(3, gzip));
      const block = encodeBlock(mergedLines(lines));
      expect(block).toEqual(encodeBlock(mergedLines(chunkLines(3, gzip))));
      // Packed again, from its bytes.
      const again = blockLineBytes(block);
      expect(again.map(plain)).toEqual(blockLines(block));
      expect(encodeBlock(again)).toEqual(block);
    }),
  );
});

test('lines of the platform are left in their bytes', () => {
  const messages = [REPORT, 'REPORT of a day', `END RequestId: ${ID}\n`];
  const lines = chunkLineBytes(
    3,
    chunk(messages.map((message, at) => ({ id: String(at + 1), timestamp: AT, message }))),
  );
  expect(lines.map((line) => line instanceof LineBytes)).toEqual([true, false, true]);
  expect(lines.map(({ message }) => message)).toEqual(messages);
});

test('the sequence of digits is that of the id', () => {
  law(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 60n - 1n }), (id) => {
      const bytes = Buffer.from(`"${id}"`);
      expect(sequenceOfDigits(bytes, 1, bytes.length - 1)).toBe(sequenceOf(String(id)));
    }),
  );
});
