/** Envelopes of forwarders that hold more than any queue delivers. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GROUP, readForm, STREAM } from '../../test/support/export-forms.ts';
import { readForwarded } from './forwarded-event.ts';

/** More than a call takes arguments. */
const MANY = 150_000;

test.each([
  ['SQS', (text: string) => ({ body: text })],
  ['SNS', (text: string) => ({ Sns: { Message: text } })],
])('every event of one message of %s', (_, record) => {
  const text = `[${Array.from({ length: MANY }, () => '{"awslogs":{"data":"eA=="}}').join()}]`;
  const items = readForwarded({ Records: [record(text)] });
  expect(items).toHaveLength(MANY);
  expect(items?.at(-1)).toMatchObject({ kind: 'data', data: 'eA==' });
});

describe('a request of Data Firehose that was kept as a file', () => {
  const message = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup: GROUP, logStream: STREAM };
  const logEvents = [{ id: '1', timestamp: 1_795_888_751_426, message: 'END RequestId: 7' }];
  const data = gzipSync(JSON.stringify({ ...message, logEvents })).toString('base64');
  const control = Buffer.from('{"messageType":"CONTROL_MESSAGE","logEvents":[]}').toString('base64');

  test.each([
    ['to an endpoint', { requestId: '7', timestamp: 1_795_888_752_000, records: [{ data: control }, { data }] }],
    ['to a function', { invocationId: '7', deliveryStreamArn: 'arn', records: [{ recordId: '1', data }] }],
  ])('%s is read', (_, body) => {
    const { events, reasons } = readForm(JSON.stringify(body));
    expect(reasons).toEqual([]);
    expect(events).toEqual([
      { timestampMs: 1_795_888_751_426, message: 'END RequestId: 7', stream: STREAM, group: GROUP },
    ]);
  });

  test('reports records without data, and others that cannot be read', () => {
    const broken = Buffer.from('{"a":').toString('base64');
    const body = { requestId: '7', timestamp: 1, records: [{ data }, {}, null, { data: broken }] };
    const { events, reasons } = readForm(JSON.stringify(body));
    expect(events).toHaveLength(1);
    expect(reasons).toEqual(['record-without-data', 'record-without-data', 'not-a-subscription-message']);
  });

  test('is nothing else that has records', () => {
    expect(readForwarded({ requestId: '7', records: [{ data }] })).toBeNull();
    expect(readForwarded({ requestId: '7', timestamp: 1, records: 'a' })).toBeNull();
    expect(readForwarded({ requestId: '7', timestamp: 1, records: [{ id: 1 }, null] })).toBeNull();
    expect(readForwarded({ requestId: '7', timestamp: '2026-11-26T10:00:00Z', records: [{ data }] })).toBeNull();
  });
});
