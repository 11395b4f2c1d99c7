/** JSON in which log shippers and loggers wrap a line: Vector, Fluent Bit, Filebeat, Logstash, Splunk, Loki, live tail. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FormEvent, Variant } from '../../test/support/export-forms.ts';
import {
  ENCODINGS,
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
import { jsonEvents, run, textEvents } from '../../test/support/invocation-events.ts';
import { law } from '../../test/support/law.ts';
import type { StreamEvent } from '../../test/support/ways.ts';

const two = (of: (ms: number, message: string) => object): string =>
  [of(T, START), of(T + 12, REPORT)].map((one) => JSON.stringify(one)).join('\n');
const ns = (ms: number): string => `${ms}000000`;

const VARIANTS: readonly Variant[] = [
  [
    'Vector, aws_kinesis_firehose source',
    two((ms, message) => ({
      log_group: GROUP,
      log_stream: STREAM,
      message,
      owner: '1',
      source_type: 'aws_kinesis_firehose',
      timestamp: iso(ms),
    })),
    STREAM,
  ],
  ['Fluent Bit', two((ms, log) => ({ date: ms / 1000, log, log_stream: STREAM })), STREAM],
  ['Fluent Bit with json_date_format iso8601', two((ms, log) => ({ date: iso(ms), log })), ''],
  [
    'Filebeat, aws-cloudwatch input',
    two((ms, message) => ({
      '@timestamp': iso(ms),
      message,
      event: { id: 'x' },
      'aws.cloudwatch': { log_group: GROUP, log_stream: STREAM },
    })),
    STREAM,
  ],
  [
    'Filebeat 8',
    two((ms, message) => ({
      '@timestamp': iso(ms),
      message,
      aws: { cloudwatch: { log_group: GROUP, log_stream: STREAM, ingestion_time: iso(ms) } },
    })),
    STREAM,
  ],
  [
    'Filebeat 7',
    two((ms, message) => ({ '@timestamp': iso(ms), message, awscloudwatch: { log_group: GROUP, log_stream: STREAM } })),
    STREAM,
  ],
  [
    'a hit of Elasticsearch',
    two((ms, message) => ({
      _index: 'logs',
      _id: '1',
      _source: { '@timestamp': iso(ms), message, aws: { cloudwatch: { log_stream: STREAM } } },
    })),
    STREAM,
  ],
  [
    'Logstash, cloudwatch_logs input',
    two((ms, message) => ({
      '@version': '1',
      '@timestamp': iso(ms),
      message,
      cloudwatch_logs: { log_group: GROUP, log_stream: STREAM },
    })),
    STREAM,
  ],
  [
    'Logstash with dotted fields',
    two((ms, message) => ({
      '@timestamp': iso(ms),
      message,
      'aws.cloudwatch.log_stream': STREAM,
      'aws.cloudwatch.log_group': GROUP,
    })),
    STREAM,
  ],
  [
    'Splunk HEC, text',
    two((ms, event) => ({
      time: ms / 1000,
      host: 'h',
      source: 's',
      sourcetype: 'aws:cloudwatchlogs',
      event,
      fields: { logGroup: GROUP, logStream: STREAM },
    })),
    STREAM,
  ],
  [
    'Splunk HEC, object',
    two((ms, message) => ({ time: String(ms / 1000), event: { message, logStream: STREAM, logGroup: GROUP } })),
    STREAM,
  ],
  ['a logger that wraps the line as msg', two((ms, msg) => ({ level: 30, time: ms, pid: 1, msg })), ''],
  [
    'Loki push',
    JSON.stringify({
      streams: [
        {
          stream: { log_group: GROUP, log_stream: STREAM },
          values: [
            [ns(T), START],
            [ns(T + 12), REPORT],
          ],
        },
      ],
    }),
    STREAM,
  ],
  [
    'Loki push of lambda-promtail',
    JSON.stringify({
      streams: [
        {
          stream: { __aws_cloudwatch_log_group: GROUP, __aws_cloudwatch_log_stream: STREAM },
          values: [
            [ns(T), START, { trace: 'x' }],
            [ns(T + 12), REPORT],
          ],
        },
      ],
    }),
    STREAM,
  ],
  [
    'Loki query result',
    JSON.stringify({
      status: 'success',
      data: {
        resultType: 'streams',
        result: [
          {
            stream: { log_group: GROUP, log_stream: STREAM },
            values: [
              [ns(T), START],
              [ns(T + 12), REPORT],
            ],
          },
        ],
      },
    }),
    STREAM,
  ],
  [
    'logcli --output jsonl',
    two((ms, line) => ({ labels: { log_group: GROUP, log_stream: STREAM }, line, timestamp: iso(ms) })),
    STREAM,
  ],
  [
    'start-live-tail',
    JSON.stringify({
      sessionUpdate: {
        sessionMetadata: { sampled: false },
        sessionResults: [
          {
            logStreamName: STREAM,
            logGroupIdentifier: `123456789012:${GROUP}`,
            message: START,
            timestamp: T,
            ingestionTime: T,
          },
          {
            logStreamName: STREAM,
            logGroupIdentifier: `123456789012:${GROUP}`,
            message: REPORT,
            timestamp: T + 12,
            ingestionTime: T,
          },
        ],
      },
    }),
    STREAM,
  ],
  [
    'start-live-tail, updates one after the other',
    two((ms, message) => ({ sessionUpdate: { sessionResults: [{ logStreamName: STREAM, message, timestamp: ms }] } })),
    STREAM,
  ],
  ['Docker json-file', two((ms, log) => ({ log: `${log}\n`, stream: 'stdout', time: iso(ms) })), ''],
  [
    'OpenTelemetry file exporter',
    JSON.stringify({
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'aws.log.group.names', value: { stringValue: GROUP } },
              { key: 'aws.log.stream.names', value: { stringValue: STREAM } },
            ],
          },
          scopeLogs: [
            {
              logRecords: [
                { timeUnixNano: ns(T), body: { stringValue: START } },
                { timeUnixNano: ns(T + 12), body: { stringValue: REPORT } },
              ],
            },
          ],
        },
      ],
    }),
    STREAM,
  ],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('an application that logs JSON is not taken for a shipper', () => {
  const own = JSON.stringify({ timestamp: iso(T), level: 'INFO', message: 'REPORT is ready' });
  expect(readForm(`${iso(T)} ${own}\n`).events).toMatchObject([{ timestampMs: T, message: own }] satisfies FormEvent[]);
});

test('times of shippers in other units are counted', () => {
  expect(readForm(two((ms, log) => ({ date: ms / 1000, log }))).converted).toBe(2);
});

/** How each shipper writes an event: the members that its documentation names, one object a line. */
type Render = (event: StreamEvent) => object;
const SHIPPERS: Readonly<Record<string, Render>> = {
  'Vector, aws_kinesis_firehose source': ({ stream, atMs, message }) => ({
    log_group: GROUP,
    log_stream: stream,
    message,
    owner: '123456789012',
    request_id: 'ed1d787c-b9e2-4631-92dc-8e7c9d26d804',
    source_type: 'aws_kinesis_firehose',
    subscription_filters: ['all'],
    timestamp: iso(atMs),
  }),
  'Fluent Bit, seconds': ({ stream, atMs, message }) => ({ date: atMs / 1000, log: message, log_stream: stream }),
  'Fluent Bit, epoch_ms': ({ stream, atMs, message }) => ({ date: atMs, log: message, log_stream: stream }),
  'Fluent Bit, iso8601': ({ stream, atMs, message }) => ({
    date: iso(atMs).replace('Z', '000Z'),
    log: message,
    log_stream: stream,
  }),
  'Filebeat 8': ({ stream, atMs, message }) => ({
    '@timestamp': iso(atMs),
    '@metadata': { beat: 'filebeat', type: '_doc', version: '8.15.0' },
    message,
    event: { id: '38580917760259', ingested: iso(atMs + 900) },
    log: { file: { path: `${GROUP}/${stream}` } },
    aws: { cloudwatch: { log_group: GROUP, log_stream: stream, ingestion_time: iso(atMs + 900) } },
    cloud: { provider: 'aws', region: 'eu-west-1' },
  }),
  Logstash: ({ stream, atMs, message }) => ({
    '@version': '1',
    '@timestamp': iso(atMs),
    message,
    cloudwatch_logs: { log_group: GROUP, log_stream: stream, ingestion_time: iso(atMs + 900), event_id: '385' },
  }),
  'Splunk HEC, text': ({ stream, atMs, message }) => ({
    time: atMs / 1000,
    host: 'arn:aws:firehose',
    source: 'eu-west-1',
    sourcetype: 'aws:cloudwatchlogs',
    event: message,
    fields: { logGroup: GROUP, logStream: stream },
  }),
  'Splunk HEC, object': ({ stream, atMs, message }) => ({
    time: (atMs / 1000).toFixed(3),
    event: { message, logStream: stream, logGroup: GROUP },
  }),
  'logcli --output jsonl': ({ stream, atMs, message }) => ({
    labels: { log_group: GROUP, log_stream: stream },
    line: message,
    timestamp: iso(atMs).replace('Z', '000000Z'),
  }),
};

/** Wholes of any number of events; these forms take any message, because no application writes its lines so. */
const WHOLES: Readonly<Record<string, (events: readonly StreamEvent[]) => object>> = {
  'Loki push': (events) => ({
    streams: [...new Set(events.map(({ stream }) => stream))].map((stream) => ({
      stream: { __aws_cloudwatch_log_group: GROUP, __aws_cloudwatch_log_stream: stream },
      values: events
        .filter((event) => event.stream === stream)
        .map(({ atMs, message, id }) => (id.endsWith('1') ? [ns(atMs), message, { id }] : [ns(atMs), message])),
    })),
  }),
  'start-live-tail': (events) => ({
    sessionUpdate: {
      sessionMetadata: { sampled: false },
      sessionResults: events.map(({ stream, atMs, message }) => ({
        logStreamName: stream,
        logGroupIdentifier: `123456789012:${GROUP}`,
        message,
        timestamp: atMs,
        ingestionTime: atMs + 900,
      })),
    },
  }),
  'OpenTelemetry file exporter': (events) => ({
    resourceLogs: events.map(({ stream, atMs, message }) => ({
      resource: {
        attributes: [
          { key: 'aws.log.group.names', value: { arrayValue: { values: [{ stringValue: GROUP }] } } },
          { key: 'aws.log.stream.names', value: { arrayValue: { values: [{ stringValue: stream }] } } },
        ],
      },
      scopeLogs: [{ logRecords: [{ timeUnixNano: ns(atMs), body: { stringValue: message } }] }],
    })),
  }),
};

/** Ways to write a list of JSON values into a file. */
const LAYOUTS = {
  lines: (all: readonly object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join(''),
  array: (all: readonly object[]) => JSON.stringify(all),
  'indented array': (all: readonly object[]) => JSON.stringify(all, null, 2),
  'one after the other': (all: readonly object[]) => all.map((one) => JSON.stringify(one)).join(''),
} as const;

describe('law: what a shipper writes of any invocations is read back, with times and log streams', () => {
  const forms: readonly (readonly [string, (events: readonly StreamEvent[]) => readonly object[]])[] = [
    ...Object.entries(SHIPPERS).map(
      ([name, render]) => [name, (events: readonly StreamEvent[]) => events.map(render)] as const,
    ),
    ...Object.entries(WHOLES).map(
      ([name, render]) => [name, (events: readonly StreamEvent[]) => [render(events)]] as const,
    ),
  ];
  test.each(forms)('%s', (_name, render) => {
    law(
      fc.property(
        fc.array(run, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(textEvents, jsonEvents),
        fc.constantFrom(...(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])),
        fc.constantFrom(...(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])),
        (runs, eventsOf, layout, encoding) => {
          const events = eventsOf(runs);
          const read = readForm(ENCODINGS[encoding](LAYOUTS[layout](render(events))));
          expect(read.reasons).toEqual([]);
          expect(read.events.map((one) => [one.timestampMs, one.stream, one.group, one.message]).toSorted()).toEqual(
            events.map((one) => [one.atMs, one.stream, GROUP, one.message]).toSorted(),
          );
        },
      ),
      { numRuns: 20 },
    );
  });
});

test.each(Object.entries(WHOLES))('law: %s, with any message', (_name, render) => {
  expectFormToBeRead((events) =>
    JSON.stringify(
      render(
        events.map(({ timestampMs, message }, at) => ({ stream: STREAM, id: `${at}`, atMs: timestampMs, message })),
      ),
    ),
  );
});
