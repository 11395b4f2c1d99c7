/** A body that is refused as a whole names the limit, so that the key that sent it can be named on Ingest. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPulledPage } from '../formats/pulled-page.ts';
import { decodeFirehose, decodeLambdaEvent } from './pipeline.ts';

const context = { raw: 'off', region: 'eu-west-1', selfLogGroups: [] } as const;
const firehose = (records: string) =>
  decodeFirehose(Buffer.from(`{"requestId":"r","timestamp":1,"records":[${records}]}`), { requestId: 'r' }, context);
const lambda = (text: string) => decodeLambdaEvent(Buffer.from(text), context);
const pull = (text: string) => readPulledPage(Buffer.from(text));

test.each([
  ['more records than Firehose sends', firehose(`${'{"data":"eA=="},'.repeat(10_000)}{}`), 'too-many-records'],
  ['masses of objects in an envelope', firehose(`${'{},'.repeat(20_000)}{}`), 'too-many-records'],
  ['brackets to the forwarder', lambda('['.repeat(3000)), 'json-nested-too-deep'],
  ['masses of objects to the forwarder', lambda(`[${'{},'.repeat(400_000)}{}]`), 'json-too-dense'],
  ['brackets in a pulled page', pull('['.repeat(3000)), 'json-nested-too-deep'],
])('%s', (_, read, limit) => {
  expect(read).toMatchObject({ ok: false, limit });
});

test.each([
  ['no JSON: "more than" says nothing', lambda('more than this is not JSON')],
  ['no records', decodeFirehose(Buffer.from('{"requestId":"r"}'), { requestId: 'r' }, context)],
  ['a checkpoint that is none', pull('{"checkpoint":"at most","events":[]}')],
])('%s: no limit', (_, read) => {
  expect(read.ok).toBe(false);
  expect('limit' in read).toBe(false);
});

const MIB = 1_048_576;
const zeros = (mib: number): string => gzipSync(Buffer.alloc(mib * MIB), { level: 1 }).toString('base64');
const record = (data: string): string => JSON.stringify({ data });
const data = (text: string): string => gzipSync(text).toString('base64');
const details = (decoded: ReturnType<typeof lambda>): readonly string[] =>
  decoded.ok ? decoded.batch.deadLetters.map(({ detail }) => detail) : [decoded.message];
const sizeOf = (base64: string): string => Buffer.from(base64, 'base64').length.toLocaleString('en-US');

test('bytes after the gzip data of a record are a dead letter, and what came before them is read', () => {
  const event = { id: '1', timestamp: Date.UTC(2026, 10, 20), message: 'END RequestId: a' };
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup: '/aws/lambda/f',
    logStream: 's',
    logEvents: [event],
  };
  const gzip = gzipSync(JSON.stringify(message));
  const read = (rest: Buffer) => {
    const decoded = firehose(record(Buffer.concat([gzip, rest]).toString('base64')));
    if (!decoded.ok) throw new Error(decoded.message);
    const { deadLetters, counts } = decoded.batch;
    return [
      counts.events,
      deadLetters.map(({ reason, detail, payload }) => [reason, detail, Buffer.from(payload).toString()]),
    ];
  };
  expect(read(Buffer.alloc(0))).toEqual([1, []]);
  expect(read(Buffer.alloc(512))).toEqual([1, []]);
  expect(read(gzipSync(' '))).toEqual([1, []]);
  const detail =
    'records[0].data: 4 bytes after the gzip data not read: only further gzip data, or zero bytes, may follow it.';
  expect(read(Buffer.from('\0\0rest'))).toEqual([1, [['gzip-trailing-bytes', detail, 'rest']]]);
  // zlib takes other bytes at once for a damaged member.
  expect(read(Buffer.from('rest'))).toMatchObject([0, [['gzip-corrupt', expect.anything(), expect.anything()]]]);
});

test('a message that states its events twice is a dead letter, not the last of them', () => {
  const event = { id: '1', timestamp: Date.UTC(2026, 10, 20), message: 'END RequestId: a' };
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup: '/aws/lambda/f',
    logStream: 's',
    logEvents: [event],
  };
  for (const more of ['"logEvents":[]', '"messageType":"CONTROL_MESSAGE"']) {
    const decoded = lambda(
      JSON.stringify({ awslogs: { data: data(`${JSON.stringify(message).slice(0, -1)},${more}}`) } }),
    );
    if (!decoded.ok) throw new Error(decoded.message);
    expect(decoded.batch.deadLetters.map(({ reason }) => reason)).toEqual(['message-contradicts']);
    expect(decoded.batch.counts).toMatchObject({ events: 0, controlMessages: 0 });
  }
});

test('a record that inflates too far names itself, what was sent and what is allowed', () => {
  const bomb = zeros(33);
  expect(details(firehose(`${record('')},${record(bomb)}`))).toEqual([
    `records[1].data: ${sizeOf(bomb)} bytes of gzip inflate to more than 33,554,432, the most for them.`,
  ]);
  const kinesis = JSON.stringify({ Records: [{ kinesis: { data: '' } }, { kinesis: { data: bomb } }] });
  expect(details(lambda(kinesis))).toEqual([
    `Records[1].kinesis.data: ${sizeOf(bomb)} bytes of gzip inflate to more than 33,554,432, the most for them.`,
  ]);
  const event = JSON.stringify({ awslogs: { data: bomb } });
  expect(details(lambda(event))[0]).toContain('awslogs.data: ');
});

test('records that inflate too far together', () => {
  // 15 records of 33 MiB are charged with the 32 MiB that they were allowed, and the last with 31 of the 32 MiB that are left.
  const large = record(zeros(33));
  const records = [...Array.from({ length: 15 }, () => large), record(zeros(31)), record(zeros(2)), record(zeros(1))];
  expect(details(firehose(records.join(','))).slice(-2)).toEqual([
    `records[16].data: ${sizeOf(zeros(2))} bytes of gzip inflate to more than the 1,048,576 that the records before it left of 536,870,912 for all records of a request.`,
    `records[17].data: ${sizeOf(zeros(1))} bytes were not inflated, because the records before it left none of 536,870,912 for all records of a request.`,
  ]);
});

test('compressed too often, nested too deep, and of too many accounts', () => {
  const thrice = gzipSync(gzipSync(gzipSync('x'))).toString('base64');
  expect(details(firehose(record(thrice)))).toEqual([
    'records[0].data: Compressed with gzip at least 3 times; at most 2 layers are read.',
  ]);
  expect(details(firehose(record(data('['.repeat(3000)))))).toEqual([
    'JSON nested 257 levels deep at character 257; at most 256 are read. Log documents need less than a hundred.',
  ]);
  const logEvents = Array.from({ length: 1002 }, (_, at) => ({
    id: String(at),
    timestamp: Date.UTC(2026, 10, 20),
    message: 'x',
    extractedFields: { '@aws.account': String(at).padStart(12, '0') },
  }));
  const message = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup: '/g', logStream: 's', logEvents };
  // The owner's own account takes a place as well.
  expect(details(firehose(record(data(JSON.stringify(message))))).join()).toContain(
    'logEvents: 3 of 1,002 events name accounts and regions beyond the first 1,000 of the message, and were not read.',
  );
});
