/** Records in base64, and the problem of each that cannot be read. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readEncodedRecord } from './encoded-record.ts';

const base64 = (bytes: Buffer | string): string => Buffer.from(bytes as string).toString('base64');
const TWICE = gzipSync(gzipSync('ä'));

test.each([
  ['text', base64('ä')],
  ['gzip', base64(gzipSync('ä'))],
  ['gzip of gzip', base64(TWICE)],
])('%s', (_, data) => {
  expect(readEncodedRecord(data)).toEqual({ ok: true, text: 'ä' });
});

test.each([
  ['no base64', '%', { reason: 'record-not-base64' }],
  [
    'bytes behind the gzip data',
    base64(Buffer.concat([gzipSync('x'), Buffer.from('\0y')])),
    {
      reason: 'gzip-trailing-bytes',
      detail: '1 byte after the gzip data not read: only further gzip data, or zero bytes, may follow it.',
    },
  ],
  [
    'gzip that is cut off',
    base64(gzipSync('x').subarray(0, 12)),
    { reason: 'gzip-truncated', detail: 'The gzip stream of 12 bytes ends too early.' },
  ],
  [
    'damaged gzip',
    base64(Buffer.concat([gzipSync('x').subarray(0, -8), Buffer.alloc(8, 1)])),
    { reason: 'gzip-corrupt', detail: 'The gzip stream of 21 bytes is damaged.' },
  ],
  [
    'gzip three times',
    base64(gzipSync(TWICE)),
    {
      reason: 'gzip-nested-too-deep',
      detail: 'Compressed with gzip at least 3 times; at most 2 layers are read.',
    },
  ],
])('%s is a problem', (_, data, problem) => {
  expect(readEncodedRecord(data)).toEqual({ ok: false, problem });
});

test('33 MiB of zeros are more than a record may inflate to', () => {
  const bytes = gzipSync(Buffer.alloc(33 * 1_048_576));
  expect(readEncodedRecord(base64(bytes))).toMatchObject({
    ok: false,
    problem: {
      reason: 'gzip-too-large',
      detail: expect.stringMatching(/ inflate to more than 33,554,432, the most for them\.$/),
    },
  });
});
