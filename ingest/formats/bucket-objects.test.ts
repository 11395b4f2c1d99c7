/** Objects of S3: exports of CloudWatch, and what Firehose could not deliver. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { FormEvent } from '../../test/support/export-forms.ts';
import {
  expectFormToBeRead,
  expectVariant,
  GROUP,
  iso,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

test('any message is read back from an export to S3', () => {
  expectFormToBeRead((events) => events.map((one) => `${iso(one.timestampMs)} ${one.message}\n`).join(''), {
    stream: '',
  });
});

const messageOf = (events: readonly FormEvent[]): object => ({
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: GROUP,
  logStream: STREAM,
  subscriptionFilters: ['f'],
  logEvents: events.map(({ timestampMs, message }, at) => ({ id: String(at), timestamp: timestampMs, message })),
});
const failure = (data: Buffer): string =>
  JSON.stringify({
    attemptsMade: 4,
    arrivalTimestamp: T,
    errorCode: 'HttpEndpoint.RequestTimeout',
    errorMessage: 'The delivery timed out',
    attemptEndingTimestamp: T + 60_000,
    rawData: data.toString('base64'),
  });

test('any message is read back from the records that Firehose could not deliver', () => {
  expectFormToBeRead((events) => `${failure(gzipSync(JSON.stringify(messageOf(events))))}\n`);
});

const PAIR = [
  { timestampMs: T, message: START },
  { timestampMs: T + 12, message: REPORT },
];
test.each<[string, string | Buffer, string]>([
  ['gzip of an export', gzipSync(`${iso(T)} ${START}\n${iso(T + 12)} ${REPORT}\n`), ''],
  ['blank lines after each event', `${iso(T)} ${START}\n\n${iso(T + 12)} ${REPORT}\n\n`, ''],
  ['a record of processing-failed, not compressed', failure(Buffer.from(JSON.stringify(messageOf(PAIR)))), STREAM],
  [
    'two messages in one record',
    failure(Buffer.from(PAIR.map((one) => JSON.stringify(messageOf([one]))).join(''))),
    STREAM,
  ],
  [
    'records without a line break between them',
    PAIR.map((one) => failure(gzipSync(JSON.stringify(messageOf([one]))))).join(''),
    STREAM,
  ],
  [
    'delivered messages of a backup bucket, one after the other',
    PAIR.map((one) => JSON.stringify(messageOf([one]))).join(''),
    STREAM,
  ],
  [
    'a control message among them',
    `${JSON.stringify({ messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logGroup: '', logStream: '', subscriptionFilters: [], logEvents: [] })}${JSON.stringify(messageOf(PAIR))}`,
    STREAM,
  ],
])('%s', (_name, file, stream) => expectVariant(file, stream));

test('a record that is no base64 says so; the next is read', () => {
  const read = readForm(
    `${failure(Buffer.alloc(0)).replace('"rawData":""', '"rawData":"%"')}\n${failure(gzipSync(JSON.stringify(messageOf(PAIR))))}\n`,
  );
  expect(read.reasons).toEqual(['record-not-base64']);
  expect(read.events).toHaveLength(2);
});
