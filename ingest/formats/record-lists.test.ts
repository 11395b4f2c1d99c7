/** Answers of search engines and log services, with the members that their documentation names. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
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
import { readRawLogs } from './raw-logs.ts';
import { isBulkAction } from './record-lists.ts';

const lines = [
  [T, START],
  [T + 12, REPORT],
] as const;
const each = (of: (ms: number, message: string) => object): object[] => lines.map(([ms, text]) => of(ms, text));
const rows = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join('');
const amazon = (ms: number, message: string): object => ({
  '@id': '3'.repeat(56),
  '@timestamp': iso(ms),
  '@message': message,
  '@owner': '123456789012',
  '@log_group': GROUP,
  '@log_stream': STREAM,
});
const hits = (of: (ms: number, message: string) => object): object => ({
  took: 3,
  timed_out: false,
  hits: { total: { value: 2, relation: 'eq' }, hits: each(of) },
});
const source = (ms: number, message: string): object => ({ _index: 'cwl', _id: '1', _source: amazon(ms, message) });

const VARIANTS: readonly Variant[] = [
  ['OpenSearch, search', JSON.stringify(hits(source)), STREAM],
  ['OpenSearch, indented', JSON.stringify(hits(source), null, 2), STREAM],
  ['Kibana, inspector', JSON.stringify({ isPartial: false, rawResponse: hits(source) }), STREAM],
  ['Elasticsearch, asynchronous search', JSON.stringify({ is_running: false, response: hits(source) }), STREAM],
  [
    'Elasticsearch, fields',
    JSON.stringify(
      hits((ms, message) => ({ _index: 'a', _id: '1', fields: { '@timestamp': [iso(ms)], message: [message] } })),
    ),
    '',
  ],
  [
    'OpenSearch, bulk',
    rows(each(amazon).flatMap((one, at) => [{ index: { _index: 'cwl', _id: `${at}` } }, one])),
    STREAM,
  ],
  ['Elasticsearch, bulk create', rows(each(amazon).flatMap((one) => [{ create: {} }, one])), STREAM],
  [
    'Splunk, export',
    rows(each((ms, _raw) => ({ preview: false, offset: 1, result: { _raw, _time: iso(ms).replace('Z', '+00:00') } }))),
    '',
  ],
  ['Splunk, results', JSON.stringify({ preview: false, results: each((ms, _raw) => ({ _raw, _time: iso(ms) })) }), ''],
  [
    'Datadog, version 2',
    JSON.stringify({
      data: each((ms, message) => ({ id: 'A', type: 'log', attributes: { timestamp: iso(ms), message, tags: [] } })),
      meta: { page: {} },
    }),
    '',
  ],
  [
    'Datadog, version 1',
    JSON.stringify({ logs: each((ms, message) => ({ id: 'A', content: { timestamp: iso(ms), message } })) }),
    '',
  ],
  [
    'New Relic, query API',
    JSON.stringify({
      results: [{ events: each((timestamp, message) => ({ timestamp, message, 'aws.logStream': STREAM })) }],
    }),
    STREAM,
  ],
  [
    'New Relic, NerdGraph',
    JSON.stringify({
      data: { actor: { account: { nrql: { results: each((timestamp, message) => ({ timestamp, message })) } } } },
    }),
    '',
  ],
  [
    'Sumo Logic, messages of a job',
    JSON.stringify({ fields: [], messages: each((ms, _raw) => ({ map: { _messagetime: `${ms}`, _raw } })) }),
    '',
  ],
  [
    'Graylog, search',
    JSON.stringify({ messages: each((ms, message) => ({ message: { timestamp: iso(ms), message }, index: 'g' })) }),
    '',
  ],
  ['VictoriaLogs', rows(each((ms, _msg) => ({ _time: iso(ms), _msg, _stream: '{}' }))), ''],
  ['Coralogix', rows(each((timestamp, text) => ({ timestamp, text, subsystemName: 'orders' }))), ''],
  ['Honeycomb', rows(each((ms, message) => ({ time: iso(ms), samplerate: 1, data: { message } }))), ''],
  ['Axiom', JSON.stringify({ matches: each((ms, message) => ({ _time: iso(ms), data: { message } })) }), ''],
  [
    'Google Cloud, entries.list',
    JSON.stringify({ entries: each((ms, textPayload) => ({ timestamp: iso(ms), textPayload })) }),
    '',
  ],
  [
    'aws kinesis get-records',
    JSON.stringify({
      Records: each((timestamp, message) => ({
        SequenceNumber: '1',
        Data: gzipSync(
          JSON.stringify({
            messageType: 'DATA_MESSAGE',
            owner: '123456789012',
            logGroup: GROUP,
            logStream: STREAM,
            subscriptionFilters: ['x'],
            logEvents: [{ id: '3'.repeat(56), timestamp, message }],
          }),
        ).toString('base64'),
        PartitionKey: 'x',
      })),
      MillisBehindLatest: 0,
    }),
    STREAM,
  ],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test.each([
  ['Fluent Bit', { date: T / 1000, log: 'hello' }],
  ['Filebeat', { '@timestamp': iso(T), '@metadata': { beat: 'filebeat' }, message: `${iso(T)}\t${ID}\tINFO\thello` }],
  ['Splunk', { preview: false, result: { _raw: 'hello', _time: iso(T) } }],
  ['a hit', { _index: 'a', _source: { '@timestamp': iso(T), message: 'hello' } }],
  ['Datadog', { data: [{ type: 'log', attributes: { timestamp: iso(T), message: 'hello' } }] }],
])('an application line that came with %s is no reject', (_name, value) => {
  const read = readForm(JSON.stringify(value));
  expect(read.reasons).toEqual([]);
  expect(read.events.map(({ timestampMs }) => timestampMs)).toEqual([T]);
});

test('other JSON with the same names is still reported', () => {
  expect(readForm(JSON.stringify({ hits: { hits: [1] } })).reasons).toEqual(['not-a-log-event']);
  expect(readForm(JSON.stringify({ index: { price: 1 } })).reasons).toEqual(['not-a-log-event']);
});

test('law: hits of any events are read back', () => {
  expectFormToBeRead(
    (events) => JSON.stringify({ hits: { hits: events.map((one) => source(one.timestampMs, one.message)) } }),
    { message: MESSAGES.lines },
  );
});

test.each([
  ['index', { _index: 'a', _id: '1' }],
  ['create', {}],
  ['update', { _index: 'a', _id: '1', retry_on_conflict: 3 }],
  ['delete', { _index: 'a', _type: 'b', routing: 'c' }],
] as const)('%s of a bulk request is an action, and no other member may be in it', (name, members) => {
  expect(isBulkAction({ [name]: members })).toBe(true);
  expect(isBulkAction({ [name]: { ...members, price: 1 } })).toBe(false);
  expect(isBulkAction({ [name]: members, other: 1 })).toBe(false);
  expect(isBulkAction({ [`${name}s`]: members })).toBe(false);
  expect(isBulkAction({ [name]: 'x' })).toBe(false);
});

test.each([
  '_index',
  '_id',
  '_type',
  'routing',
  '_routing',
  'pipeline',
  'require_alias',
  'dynamic_templates',
  'list_executed_pipelines',
  'retry_on_conflict',
  'version',
  'version_type',
  'if_seq_no',
  'if_primary_term',
])('%s may be in an action', (name) => {
  expect(isBulkAction({ index: { [name]: 'x' } })).toBe(true);
});

const SOURCE = { account: '1', region: 'r', logGroup: '/aws/lambda/f', logStream: '' };

test('records of very many members are read as others are', () => {
  const more = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`a${at}`, 1]));
  const source = { message: 'x', timestamp: 1_795_888_751_426 };
  const read = (record: object): unknown =>
    readRawLogs(Buffer.from(JSON.stringify({ hits: { hits: [{ _source: record }] } })), SOURCE);
  expect(read({ ...source, ...more })).toEqual(read(source));
});

test('a time alone is no record, however long the answer around it is', () => {
  const read = (took: string): unknown => {
    const answer = { took, hits: { hits: [{ _source: { time: 1_795_888_751_426 } }] } };
    return readRawLogs(Buffer.from(JSON.stringify(answer)), SOURCE);
  };
  const expected = { streams: [], unreadable: [{ reason: 'not-a-log-event', text: '{"time":1795888751426}' }] };
  expect(read('1')).toMatchObject(expected);
  expect(read('x'.repeat(9000))).toMatchObject(expected);
});
