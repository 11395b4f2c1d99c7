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

describe('envelopes of events and dead letters', () => {
  const DATA = 'eA==';
  const EVENT = { awslogs: { data: DATA } };
  const TEXT = JSON.stringify(EVENT);
  const MESSAGE = { messageType: 'DATA_MESSAGE', owner: '123456789012' };
  const dataOf = (value: unknown) => readForwarded(value)?.map((item) => (item.kind === 'data' ? item.data : item));
  const context = { requestContext: { functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST' } };

  // AWS's documentation: Kinesis, SQS and SNS events, receive-message, destinations, and subscriptions with a function.
  test.each<readonly [name: string, value: unknown]>([
    ['the event of a subscription', EVENT],
    ['with other members', { ...EVENT, region: 'eu-west-1' }],
    ['a list of events', [EVENT]],
    ['Kinesis', { Records: [{ kinesis: { data: DATA }, eventSource: 'aws:kinesis' }] }],
    ['kinesis get-records', { Records: [{ Data: DATA, PartitionKey: '1' }], MillisBehindLatest: 0 }],
    ['SQS', { Records: [{ body: TEXT, messageId: '1' }] }],
    ['SNS', { Records: [{ Sns: { Message: TEXT }, EventSource: 'aws:sns' }] }],
    [
      'a topic within a queue',
      { Records: [{ body: JSON.stringify({ Type: 'Notification', TopicArn: 'a', Message: TEXT }) }] },
    ],
    ['sqs receive-message', { Messages: [{ MessageId: '1', Body: TEXT }] }],
    ['a message of a queue', { MessageId: '1', Body: TEXT }],
    ['a notification', { Type: 'Notification', TopicArn: 'a', Message: TEXT }],
    ['an on-failure record', { ...context, requestPayload: EVENT }],
    ['an on-failure record with the event as text', { ...context, requestPayload: TEXT }],
    ['an on-failure record without its context', { requestPayload: EVENT }],
    ['one of records', { requestPayload: { Records: [{ kinesis: { data: DATA } }] } }],
    ['an on-failure record of a stream in S3', { ...context, payload: { Records: [{ kinesis: { data: DATA } }] } }],
    ['an on-failure record of an event bus', { detail: { requestPayload: EVENT }, source: 'lambda' }],
  ])('%s', (_, value) => {
    expect(dataOf(value)).toEqual([DATA]);
  });

  test.each<readonly [name: string, value: unknown, reason: string]>([
    ['no data', { awslogs: {} }, 'record-without-data'],
    ['data that is no text', { awslogs: { data: 5 }, other: 1 }, 'record-without-data'],
    ['a record of Kinesis without data', { Records: [{ kinesis: {} }] }, 'record-without-data'],
    ['a text that is no event', { Records: [{ body: 'hello' }] }, 'dead-letter-not-an-event'],
    ['an object that is no event', { ...context, requestPayload: { a: 1 } }, 'dead-letter-not-an-event'],
    ['a message without a text', { Messages: [{ Body: null }] }, 'dead-letter-not-an-event'],
    ['a payload that is no event', { ...context, payload: 'x' }, 'dead-letter-not-an-event'],
    ['positions in a stream alone', { ...context, KinesisBatchInfo: { shardId: '1' } }, 'dead-letter-without-payload'],
  ])('%s has a reason', (_, value, reason) => {
    expect(readForwarded(value, 'as it was written')).toMatchObject([{ kind: 'unreadable', reason }]);
  });

  test.each<readonly [name: string, value: unknown]>([
    ['a text', TEXT],
    ['null', null],
    ['an empty list', []],
    ['a list with anything else', [EVENT, 5]],
    ['an object', { a: 1 }],
    ['logs that are no object', { awslogs: 'x' }],
    ['logs beside other members, without data', { awslogs: { a: 1 }, level: 'INFO' }],
    ['no records', { Records: [] }],
    ['records of S3', { Records: [{ s3: {}, eventSource: 'aws:s3' }] }],
    ['a record that is no object', { Records: [{ body: TEXT }, 5] }],
    ['a record with data alone', { Records: [{ Data: DATA }] }],
    ['messages without bodies', { Messages: [{ MessageId: '1' }] }],
    ['a request of an application', { requestPayload: { a: 1 } }],
    ['a payload of an application', { payload: EVENT }],
    ['a context without a function', { requestContext: {}, payload: EVENT }],
    ['positions without a context', { KinesisBatchInfo: {} }],
    ['a detail of another event', { detail: { a: 1 } }],
    ['a notification without its topic', { Type: 'Notification', Message: TEXT }],
    ['a topic’s confirmation', { Type: 'SubscriptionConfirmation', TopicArn: 'a', Message: TEXT }],
    ['a body without an id', { Body: TEXT }],
    ['an id without a text', { MessageId: '1', Body: 5 }],
  ])('%s is none of these', (_, value) => {
    expect(readForwarded(value)).toBeNull();
  });

  test('a subscription message that is decoded already is one', () => {
    expect(readForwarded({ Records: [{ body: JSON.stringify(MESSAGE) }] })).toEqual([
      { kind: 'message', value: MESSAGE, text: JSON.stringify(MESSAGE) },
    ]);
    expect(readForwarded(MESSAGE, 'as it was written')).toEqual([
      { kind: 'message', value: MESSAGE, text: 'as it was written' },
    ]);
  });

  test('fields and texts name where the data was', () => {
    expect(readForwarded(EVENT, 'as it was written')).toEqual([
      { kind: 'data', data: DATA, field: 'awslogs.data', text: 'as it was written' },
    ]);
    const records = [{ kinesis: { data: 'eA==' } }, { Data: 'eQ==', PartitionKey: '1' }];
    expect(readForwarded({ Records: records })).toEqual([
      { kind: 'data', data: 'eA==', field: 'Records[0].kinesis.data', text: JSON.stringify(records[0]) },
      { kind: 'data', data: 'eQ==', field: 'Records[1].Data', text: JSON.stringify(records[1]) },
    ]);
    const firehose = { requestId: '7', timestamp: 1, records: [{ data: 'eA==' }, 5] };
    expect(readForwarded(firehose)).toEqual([
      { kind: 'data', data: 'eA==', field: 'records[0].data', text: '{"data":"eA=="}' },
      { kind: 'unreadable', reason: 'record-without-data', text: '5' },
    ]);
    expect(readForwarded({ Records: [{ body: 'hello' }] })).toEqual([
      { kind: 'unreadable', reason: 'dead-letter-not-an-event', text: 'hello' },
    ]);
  });

  test('one that cannot be read costs only itself', () => {
    const value = { Records: [{ body: 'x' }, { body: TEXT }, { Sns: { Message: 'y' } }, { Sns: { Message: TEXT } }] };
    expect(readForwarded(value)?.map(({ kind }) => kind)).toEqual(['unreadable', 'data', 'unreadable', 'data']);
    const messages = { Messages: [{ Body: 'x' }, { Body: TEXT }] };
    expect(readForwarded(messages)?.map(({ kind }) => kind)).toEqual(['unreadable', 'data']);
  });

  test('six envelopes may be around an event', () => {
    const within = (n: number): unknown => (n === 0 ? EVENT : { MessageId: '1', Body: JSON.stringify(within(n - 1)) });
    expect(dataOf(within(6))).toEqual([DATA]);
    expect(readForwarded(within(7))).toMatchObject([{ kind: 'unreadable', reason: 'dead-letter-nested-too-deep' }]);
  });
});
