/** Metrics in the records of Firehose, of a forwarder and of files: what a batch holds of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { metric as metric10, point10, record, request } from '../../test/support/otel-record.ts';
import { readRawLogs } from '../formats/raw-logs.ts';
import type { Batch } from '../records/batch.ts';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from './pipeline.ts';
import { redactionOf } from './redactor.ts';

const CONTEXT = { raw: 'all', region: 'eu-west-1', selfLogGroups: [] } as const;
const SOURCE = { account: '', region: '', logGroup: '', logStream: '' };
const FIELD = readFileSync(join(import.meta.dirname, '../../test/fixtures/field/metrics/stream.ndjson'), 'utf8');

const metric = (name: string, more: object = {}): string =>
  JSON.stringify({
    metric_stream_name: 's',
    account_id: '123456789012',
    region: 'eu-west-1',
    namespace: 'AWS/Lambda',
    metric_name: name,
    dimensions: { FunctionName: 'orders' },
    timestamp: 1_795_888_740_000,
    value: { count: 2, sum: 3, min: 1, max: 2 },
    unit: 'Count',
    ...more,
  });

function firehose(
  records: readonly (string | Buffer)[],
  context: Parameters<typeof decodeFirehose>[2] = CONTEXT,
): Batch {
  const data = records.map((record) => ({ data: Buffer.from(record as string).toString('base64') }));
  const body = Buffer.from(JSON.stringify({ requestId: 'r', timestamp: 1, records: data }));
  const decoded = decodeFirehose(body, { requestId: 'r' }, context);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.batch;
}

const namesOf = ({ records }: Batch) =>
  records.map(({ record }) => (record.kind === 'metric-statistics' ? record.name : record.kind));
const lettersOf = ({ deadLetters }: Batch) =>
  deadLetters.map(({ reason, payload }) => [reason, Buffer.from(payload).toString()]);

test('records of a stream, several objects in each', () => {
  const batch = firehose([`${metric('Throttles')}\n${metric('Errors')}\n`, gzipSync(metric('Duration'))]);
  expect(namesOf(batch)).toEqual(['Throttles', 'Errors', 'Duration']);
  expect(batch.deadLetters).toEqual([]);
  expect(batch.counts).toMatchObject({ events: 3, ignored: 0 });
  expect(batch.records[0]).toMatchObject({ account: '', region: '', logGroup: '', atMs: null, digest: '' });
});

test('a line that broke is a dead letter, and its neighbours count', () => {
  const [whole, broken] = [metric('Errors'), metric('Throttles')];
  for (const cut of [20, 120, 180, broken.length - 1]) {
    const half = broken.slice(0, cut);
    const batch = firehose([`${whole}\n${half}\n${metric('Duration')}\n`, metric('IteratorAge')]);
    expect(namesOf(batch)).toEqual(['Errors', 'Duration', 'IteratorAge']);
    expect(lettersOf(batch)).toEqual([['not-a-subscription-message', half]]);
  }
});

test('lines of a stream of the field, behind demo data of Firehose', () => {
  const batch = firehose([FIELD]);
  expect(namesOf(batch)).toEqual([
    'VolumeIdleTime',
    'EBSByteBalance%',
    'ResourceCount',
    'CallCount',
    'VolumeWriteBytes',
  ]);
  expect(batch.records.at(-1)?.record).toMatchObject({ count: 172, sum: 892_416, min: 0, max: 0, unit: 'Bytes' });
  expect(batch.deadLetters).toHaveLength(1);
});

test('an object that is no metric is a dead letter with its reason, and a statistic that is not kept is counted', () => {
  const value = { count: 1, sum: 1, 'TM(10%:90%)': 1 };
  const impossible = metric('Errors', { value: { count: -1, sum: 0 } });
  const batch = firehose([`${impossible}\n${metric('Duration', { value })}`]);
  expect(namesOf(batch)).toEqual(['Duration']);
  expect(lettersOf(batch)).toEqual([['metric-value-impossible', impossible]]);
  expect(batch.deadLetters[0]?.detail).toMatch(/^Figures that no metric has/);
  expect(batch.counts.ignoredBy).toEqual([['metric-statistic', 1]]);
});

test('records in the format of OpenTelemetry, beside others', () => {
  const point = {
    namespace: 'AWS/Lambda',
    name: 'Throttles',
    dimensions: [['FunctionName', 'orders']] as const,
    startMs: 1_795_888_740_000,
    endMs: 1_795_888_800_000,
    count: 2,
    sum: 3,
    quantiles: [
      [0, 1],
      [1, 2],
    ] as const,
  };
  const otel = record(
    request('123456789012', 'eu-west-1', metric10('AWS/Lambda/Throttles', '{Count}', point10(point))),
  );
  const cut = otel.subarray(0, otel.length - 5);
  const batch = firehose([otel, metric('Throttles'), cut]);
  // The same metric, whatever format the stream has.
  expect(batch.records[0]?.record).toEqual(batch.records[1]?.record);
  expect(batch.counts.events).toBe(2);
  expect(batch.deadLetters.map(({ reason, payload }) => [reason, Buffer.from(payload)])).toEqual([
    ['otel-message-unreadable', cut],
  ]);
  expect(batch.deadLetters[0]?.detail).toMatch(/^A message of a metric stream in OpenTelemetry format/);
});

test('a forwarder sends them in records of Kinesis, and a dead letter of one line can be replayed', () => {
  const data = Buffer.from(metric('Errors')).toString('base64');
  const decoded = decodeLambdaEvent(Buffer.from(JSON.stringify({ Records: [{ kinesis: { data } }] })), CONTEXT);
  if (!decoded.ok) throw new Error(decoded.message);
  expect(namesOf(decoded.batch)).toEqual(['Errors']);
});

test('a file of lines, and what Firehose left in its bucket', () => {
  const upload = (text: string): Batch => {
    const read = readRawLogs(Buffer.from(text), SOURCE);
    if (!read.ok) throw new Error(read.message);
    return decodeStreams(read, SOURCE, CONTEXT);
  };
  expect(namesOf(upload(`${metric('Errors')}\n${metric('Throttles')}\n`))).toEqual(['Errors', 'Throttles']);
  const rawData = Buffer.from(`${metric('Duration')}\n${metric('IteratorAge')}`).toString('base64');
  expect(namesOf(upload(JSON.stringify({ attemptsMade: 4, errorCode: '503', rawData })))).toEqual([
    'Duration',
    'IteratorAge',
  ]);
});

test('a metric with a redacted dimension is not stored: its points would replace those of others', async () => {
  const redaction = { patterns: ['email'], keys: ['tenant'], expressions: {} } as const;
  const rules = await redactionOf(redaction);
  const lines = [
    metric('Errors', { dimensions: { user: 'a@example.com' } }),
    metric('Errors', { dimensions: { tenant: 'acme' } }),
    metric('Errors', { dimensions: { user: 'a' } }),
  ];
  const batch = firehose([lines.join('\n')], { ...CONTEXT, redaction, rules });
  expect(batch.records.map(({ record }) => record)).toMatchObject([{ dimensions: [['user', 'a']] }]);
  expect(batch.counts.ignoredBy).toEqual([['metric-redacted', 2]]);
});
