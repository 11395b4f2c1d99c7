/** JSON values that hold log events, member by member: names are those of the tools' documentation. */
import { describe, expect, test } from 'vitest';
import { blank, exportEvent as event, GROUP, ID, REPORT, START, STREAM, T } from '../../test/support/export-forms.ts';
import type { ExportProblem } from './export-event.ts';
import { readWrapped } from './wrapped-event.ts';

const EVENT_ID = '3'.repeat(56);
/** Reads a value; texts of problems, which are made when a problem is kept, are made here. */
function read(value: unknown) {
  const found = readWrapped(value, 'as it was written');
  const written = (text: ExportProblem['text']): string => (typeof text === 'string' ? text : text());
  return found && { ...found, problems: found.problems.map((one) => ({ ...one, text: written(one.text) })) };
}

const events = (...all: readonly object[]) => ({ events: all, problems: [] });
const problem = (reason: string, text = 'as it was written') => ({ events: [], problems: [{ reason, text }] });

test.each([null, undefined, 5, 'text', true, [], {}, [[]], { a: 1 }, { message: 'x', timestamp: T }])(
  '%j is none of these',
  (value) => {
    expect(read(value)).toBeNull();
  },
);

describe('pairs of --query', () => {
  test.each([
    ['time and message', [T, START], event()],
    ['message and time', [START, T], event()],
    ['any message', [T, 'x'], event({ message: 'x' })],
    ['with the stream', [T, START, STREAM], event({ stream: STREAM })],
    ['with a null', [T, START, null], event()],
    ['seconds', [T / 1000, START], event({ isConverted: true })],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(events(expected));
  });

  test.each([
    [[T]],
    [[START]],
    [[T, 5]],
    [[START, REPORT]],
    [[T, T]],
    [[0, START]],
    [[START, String(T)]],
    [[null, START]],
    [[T, START, STREAM, 1]],
  ])('%j is none', (value) => {
    expect(read(value)).toBeNull();
  });
});

describe('rows of Logs Insights', () => {
  const row = { '@timestamp': blank(T), '@message': START };
  const fields = (of: object) => Object.entries(of).map(([field, value]) => ({ field, value: value as unknown }));

  test.each([
    ['a row', row, event()],
    ['a message that was parsed', { ...row, '@message': { a: 1 } }, event({ message: '{"a":1}' })],
    ['the stream', { ...row, '@logStream': STREAM }, event({ stream: STREAM })],
    [
      'account and group',
      { ...row, '@log': `123456789012:${GROUP}` },
      event({ account: '123456789012', group: GROUP }),
    ],
    ['the group alone', { ...row, '@log': GROUP }, event({ group: GROUP })],
    ['a log that is no text', { ...row, '@log': 5 }, event()],
    [
      'the log before what OpenSearch stores',
      { ...row, '@log': GROUP, '@log_group': '/other', '@log_stream': 'x', '@owner': '123456789012', '@id': EVENT_ID },
      event({ group: GROUP }),
    ],
    [
      'what OpenSearch stores',
      { ...row, '@log_group': GROUP, '@log_stream': STREAM, '@owner': '123456789012', '@id': EVENT_ID },
      event({ group: GROUP, stream: STREAM, account: '123456789012', id: EVENT_ID }),
    ],
    [
      'an owner of 11 digits and an id of 55',
      { ...row, '@log_group': GROUP, '@owner': '12345678901', '@id': '3'.repeat(55) },
      event({ group: GROUP }),
    ],
    [
      'an owner of 13 digits and an id of 57',
      { ...row, '@log_group': GROUP, '@owner': '1234567890123', '@id': '3'.repeat(57) },
      event({ group: GROUP }),
    ],
    ['an empty group', { ...row, '@log_group': '' }, event()],
    ['a group that is no text', { ...row, '@log_group': 5 }, event()],
    ['parsed fields beside the message', { ...row, '@ptr': 'x', '@requestId': ID, message: REPORT }, event()],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(events(expected));
    expect(read(fields(value))).toEqual(events(expected));
    expect(read({ results: [fields(value)], status: 'Complete' })).toEqual(events(expected));
  });

  test.each([
    [{ '@ptr': 'x' }, 'insights-without-message'],
    [{ '@ptr': 'x', message: START, '@timestamp': blank(T) }, 'insights-without-message'],
    [{ '@timestamp': blank(T) }, 'insights-without-message'],
    [{ '@timestamp': blank(T), '@duration': '1' }, 'insights-without-message'],
    [{ '@message': START }, 'insights-without-timestamp'],
    [{ '@message': START, '@timestamp': 'yesterday' }, 'insights-without-timestamp'],
  ])('%j: %s', (value, reason) => {
    expect(read(value)).toEqual(problem(reason));
    expect(read(fields(value))).toEqual(problem(reason));
    const own = JSON.stringify(fields(value));
    expect(read({ results: [fields(value)] })).toEqual(problem(reason, own));
  });

  test('statistics have no messages', () => {
    expect(read([{ field: 'count(*)', value: '5' }])).toEqual(problem('insights-without-message'));
    expect(read({ results: [[]] })).toEqual(problem('insights-without-message', '[]'));
    expect(read({ results: [[5]] })).toEqual(problem('insights-without-message', '[5]'));
  });

  test.each([
    [[{ field: 5, value: START }]],
    [[{ value: START }]],
    [['@message']],
    [[{ field: '@message', value: START }, 'x']],
  ])('%j is no row', (value) => {
    expect(read(value)).toBeNull();
  });

  test.each([
    ['Running', ['insights-still-running']],
    ['Scheduled', ['insights-still-running']],
    ['Complete', []],
    ['Failed', []],
    [undefined, []],
  ])('a query of status %s', (status, reasons) => {
    const found = read({ results: [fields(row)], status });
    expect(found?.events).toEqual([event()]);
    expect(found?.problems).toEqual(reasons.map((reason) => ({ reason, text: 'as it was written' })));
  });

  test('rows keep their order, and an unreadable one costs only itself', () => {
    const later = { ...row, '@timestamp': blank(T + 12), '@message': REPORT };
    expect(read({ results: [row, { '@ptr': 'x' }, later].map(fields) })).toEqual({
      events: [event(), event({ timestampMs: T + 12, message: REPORT })],
      problems: [{ reason: 'insights-without-message', text: '[{"field":"@ptr","value":"x"}]' }],
    });
    expect(read({ results: [] })).toEqual(events());
  });

  test.each([[{ results: 'x' }], [{ results: [{}] }], [{ results: [[], {}] }]])('%j is no result', (value) => {
    expect(read(value)).toBeNull();
  });
});

describe('live tail', () => {
  const row = { message: START, timestamp: T };
  test.each([
    ['an update', { sessionUpdate: { sessionResults: [row] } }, [event()]],
    ['its results alone', { sessionResults: [row] }, [event()]],
    ['no results', { sessionUpdate: { sessionResults: [] } }, []],
    [
      'group and stream',
      { sessionResults: [{ ...row, logStreamName: STREAM, logGroupIdentifier: `123456789012:${GROUP}` }] },
      [event({ stream: STREAM, group: GROUP, account: '123456789012' })],
    ],
    ['a group alone', { sessionResults: [{ ...row, logGroupIdentifier: GROUP }] }, [event({ group: GROUP })]],
    [
      'rows without a time or a message',
      { sessionResults: [{ message: START }, { timestamp: T }, { ...row, message: {} }, 'x', null, row] },
      [event()],
    ],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(events(...expected));
  });

  test.each([[{ sessionUpdate: {} }], [{ sessionUpdate: 'x' }], [{ sessionResults: {} }]])('%j is none', (value) => {
    expect(read(value)).toBeNull();
  });
});

describe('Loki', () => {
  const ns = `${T}000000`;
  const labels = { log_group: GROUP, log_stream: STREAM };
  const placed = event({ isConverted: true, group: GROUP, stream: STREAM });
  test.each([
    ['a push', { streams: [{ stream: labels, values: [[ns, START]] }] }, [placed]],
    ['an answer', { data: { result: [{ stream: labels, values: [[ns, START]] }] } }, [placed]],
    ['with metadata', { streams: [{ stream: labels, values: [[ns, START, { a: '1' }]] }] }, [placed]],
    ['without labels', { streams: [{ values: [[ns, START]] }] }, [event({ isConverted: true })]],
    [
      'labels that are no object',
      { streams: [{ stream: 'x', values: [[ns, START]] }] },
      [event({ isConverted: true })],
    ],
    [
      'lines that cannot be read',
      { streams: [{ values: [[ns], ['x', START], [ns, 5], 'x', null, [ns, START]] }, { values: 'x' }, 'x'] },
      [event({ isConverted: true })],
    ],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(events(...expected));
  });

  test.each([
    [{ streams: [] }],
    [{ streams: 'x' }],
    [{ data: [] }],
    [{ data: { result: [] } }],
    [{ streams: [{ values: [[ns]] }] }],
  ])('%j holds no line', (value) => {
    expect(read(value)).toBeNull();
  });
});

describe('OpenTelemetry', () => {
  const ns = `${T}000000`;
  const attributes = (of: Readonly<Record<string, unknown>>) =>
    Object.entries(of).map(([key, value]) => ({ key, value }));
  const logs = (record: object, resource: unknown = {}) => ({
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }],
  });
  const record = { timeUnixNano: ns, body: { stringValue: START } };
  const converted = event({ isConverted: true });
  test.each([
    ['a record', logs(record), converted],
    ['the observed time', logs({ body: record.body, observedTimeUnixNano: ns }), converted],
    ['the time before the observed one', logs({ ...record, observedTimeUnixNano: `${T + 900}000000` }), converted],
    ['a time of 0 is none', logs({ ...record, timeUnixNano: '0', observedTimeUnixNano: ns }), converted],
    [
      'group and stream as text',
      logs(record, {
        attributes: attributes({
          'aws.log.group.names': { stringValue: GROUP },
          'aws.log.stream.names': { stringValue: STREAM },
        }),
      }),
      event({ isConverted: true, group: GROUP, stream: STREAM }),
    ],
    [
      'group and stream as lists',
      logs(record, {
        attributes: attributes({
          'aws.log.group.names': { arrayValue: { values: [{ stringValue: GROUP }, { stringValue: '/other' }] } },
          'aws.log.stream.names': { arrayValue: { values: [{ stringValue: STREAM }] } },
        }),
      }),
      event({ isConverted: true, group: GROUP, stream: STREAM }),
    ],
    [
      'attributes without a text',
      logs(record, {
        attributes: attributes({
          'aws.log.group.names': { arrayValue: { values: [] } },
          'aws.log.stream.names': 'x',
          logGroup: { intValue: 5 },
        }),
      }),
      converted,
    ],
    ['a resource that is no object', logs(record, 'x'), converted],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(events(expected));
  });

  test.each([
    ['no time', logs({ body: { stringValue: START } })],
    ['no body', logs({ timeUnixNano: ns })],
    ['a body that is no text', logs({ timeUnixNano: ns, body: { kvlistValue: {} } })],
    ['a body that is a text', logs({ timeUnixNano: ns, body: START })],
    ['no records', { resourceLogs: [{ scopeLogs: [{}] }] }],
    ['no scopes', { resourceLogs: [{}] }],
    ['nothing', { resourceLogs: [] }],
    ['no list', { resourceLogs: {} }],
  ])('%s', (_, value) => {
    expect(read(value)).toBeNull();
  });
});

describe('New Relic', () => {
  const row = { timestamp: T, message: START };
  test.each([
    ['lines', { common: {}, logs: [row] }, [event()]],
    [
      'attributes that they share',
      { common: { attributes: { logGroup: GROUP, logStream: STREAM } }, logs: [row] },
      [event({ group: GROUP, stream: STREAM })],
    ],
    ['attributes that are no object', { common: { attributes: 'x' }, logs: [row] }, [event()]],
    [
      'lines without a time or a message',
      { common: {}, logs: [{ message: START }, { timestamp: T }, 5, row] },
      [event()],
    ],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(events(...expected));
  });

  test.each([
    [{ logs: [row] }],
    [{ common: 'x', logs: [row] }],
    [{ common: {} }],
    [{ common: {}, logs: {} }],
    [{ common: {}, logs: [] }],
  ])('%j is none', (value) => {
    expect(read(value)).toBeNull();
  });
});
