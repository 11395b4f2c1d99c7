/** JSON in which log shippers and loggers wrap a line: Vector, Fluent Bit, Filebeat, Logstash, Splunk, Loki, live tail. */
import { expect, test } from 'vitest';
import type { FormEvent, Variant } from '../../test/support/export-forms.ts';
import { expectVariant, GROUP, iso, REPORT, readForm, START, STREAM, T } from '../../test/support/export-forms.ts';

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
