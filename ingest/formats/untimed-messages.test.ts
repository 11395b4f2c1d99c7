/** Log events whose times are missing or stand before the line as a number, and payloads copied as base64. */
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { leastCpuMs } from '../../test/support/cpu.ts';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  expectFormToBeRead,
  expectVariant,
  GROUP,
  ID,
  iso,
  MESSAGES,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';
import { isGzipInBase64 } from './base64.ts';
import { binaryFormatOf } from './content-encoding.ts';

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const payload = JSON.stringify({
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: GROUP,
  logStream: STREAM,
  subscriptionFilters: ['x'],
  logEvents: [
    { id: '1'.repeat(56), timestamp: T, message: START },
    { id: '2'.repeat(56), timestamp: T + 12, message: REPORT },
  ],
});
const base64 = gzipSync(payload).toString('base64');

const VARIANTS: readonly Variant[] = [
  ['epoch milliseconds', two((ms, text) => `${ms} ${text}`), ''],
  ['epoch seconds with a fraction', two((ms, text) => `${(ms / 1000).toFixed(3)} ${text}`), ''],
  ['epoch microseconds', two((ms, text) => `${ms}000 ${text}`), ''],
  ['epoch nanoseconds', two((ms, text) => `${ms}000000 ${text}`), ''],
  ['awslogs.data, copied', `${base64}\n`, STREAM],
  ['awslogs.data, folded by base64', base64.replaceAll(/.{76}/g, '$&\n'), STREAM],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

const invoked = (tail: string): string =>
  JSON.stringify({ StatusCode: 200, LogResult: Buffer.from(tail).toString('base64'), ExecutedVersion: '$LATEST' });

test.each([
  ['aws lambda invoke', invoked(`${START}\n${REPORT}\n`), 'log-result-without-times'],
  ['an array of messages', JSON.stringify([START, 'hello', REPORT]), 'messages-without-times'],
  ['messages in quotes', two((_ms, text) => JSON.stringify(text)), 'messages-without-times'],
])('%s is refused once, with its form', (_name, text, reason) => {
  expect(readForm(text)).toMatchObject({ events: [], reasons: [reason] });
});

test('a log tail in JSON has its own times', () => {
  const record = { time: iso(T), type: 'platform.start', record: { requestId: ID, version: '$LATEST' } };
  const read = readForm(invoked(`${JSON.stringify(record)}\n`));
  expect(read).toMatchObject({ reasons: [], events: [{ timestampMs: T, message: JSON.stringify(record) }] });
});

test('a number that begins a line of a message is no time', () => {
  const read = readForm(`${iso(T)} ${START}\n${iso(T + 1)} sizes:\n1795687200000 bytes\n${iso(T + 12)} ${REPORT}\n`);
  expect(read.events.map(({ timestampMs }) => timestampMs)).toEqual([T, T + 1, T + 12]);
});

test('a long run of blanks in what begins like base64 costs no more than its length', () => {
  const text = `H4sI${' '.repeat(1_000_000)}!`;
  let found = true;
  const ms = leastCpuMs(() => {
    found = isGzipInBase64(text);
  }, 2000);
  expect(found).toBe(false);
  // Quadratic, it took minutes.
  expect(ms).toBeLessThan(2000);
});

test('zlib is named; text that begins like it is not', () => {
  expect(binaryFormatOf(deflateSync('hello '.repeat(100)))).toBe('zlib (deflate)');
  expect(binaryFormatOf(Buffer.from('x^2 is text'))).toBeNull();
});

test('law: lines after epoch milliseconds are read back', () => {
  expectFormToBeRead((events) => events.map(({ timestampMs, message }) => `${timestampMs} ${message}\n`).join(''), {
    message: MESSAGES.line,
    stream: '',
  });
});
