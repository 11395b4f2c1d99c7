/** Records of log shippers, their times and places: names are those of the tools' documentation. */
import { describe, expect, test } from 'vitest';
import { exportEvent as event, GROUP, ID, iso, START, STREAM, T } from '../../test/support/export-forms.ts';
import { holdsPlatformLine } from './stated-line.ts';
import { placeOf, readWrapped, recordTime } from './wrapped-event.ts';

const EVENT_ID = '3'.repeat(56);
const read = (value: unknown) => readWrapped(value, 'as it was written');
const events = (...all: readonly object[]) => ({ events: all, problems: [] });

describe('records of shippers', () => {
  const FAILED = `${iso(T)}\t${ID}\tERROR\tInvoke Error \t{"errorType":"E","errorMessage":"m"}`;
  test.each(['message', 'log', 'msg', 'line', 'textPayload', 'full_message', 'short_message', '_raw', '_msg', 'event'])(
    'the message as %s',
    (name) => {
      expect(read({ [name]: START, time: T })).toEqual(events(event()));
      // Another text may be an application's own.
      expect(read({ [name]: 'order 7', time: T })).toBeNull();
      expect(read({ [name]: { a: 1 }, time: T })).toBeNull();
    },
  );

  test.each(['event', 'content', 'jsonPayload'])('the message within %s', (name) => {
    expect(read({ [name]: { message: START }, time: T })).toEqual(events(event()));
    expect(read({ [name]: { original: START }, time: T })).toEqual(events(event()));
    expect(read({ [name]: { message: START, original: 'x' }, time: T })).toEqual(events(event()));
    expect(read({ [name]: { message: START, timestamp: T } })).toEqual(events(event()));
    expect(read({ [name]: { message: START, timestamp: T + 5 }, time: T })).toEqual(events(event()));
    expect(read({ [name]: { text: START }, time: T })).toBeNull();
    expect(read({ [name]: { message: START } })).toBeNull();
  });

  test('of several names the first counts, and a member of the record before one within it', () => {
    expect(read({ message: START, log: 'x', time: T })).toEqual(events(event()));
    expect(read({ message: 'x', log: START, time: T })).toBeNull();
    expect(read({ msg: START, event: { message: 'x' }, time: T })).toEqual(events(event()));
    expect(read({ content: { message: START }, event: 'x', time: T })).toEqual(events(event()));
  });

  test.each(['time', '_time', '_sysTime', '_rowId', 'samplerate'])('data of Honeycomb and Axiom, beside %s', (name) => {
    const value = { _time: iso(T), data: { message: START }, [name]: name === 'samplerate' ? 1 : iso(T) };
    expect(read(value)).toEqual(events(event()));
  });

  test('data beside other members is an application’s', () => {
    expect(read({ time: T, data: { message: START }, level: 'INFO' })).toBeNull();
    expect(read({ time: T, data: [{ message: START }] })).toBeNull();
  });

  test('a text of Coralogix stands beside its subsystem', () => {
    expect(read({ text: START, subsystemName: 'f', timestamp: T })).toEqual(events(event()));
    expect(read({ text: START, timestamp: T })).toBeNull();
    expect(read({ text: { a: 1 }, subsystemName: 'f', timestamp: T })).toBeNull();
  });

  test('errors that runtimes report are lines, too', () => {
    expect(read({ log: FAILED, time: T })).toEqual(events(event({ message: FAILED })));
    expect(read({ log: 'panic: no such order', time: T })).toEqual(events(event({ message: 'panic: no such order' })));
  });

  test('the time of the line itself counts, not that of its arrival', () => {
    const timeout = `${iso(T)} ${ID} Task timed out after 3.00 seconds`;
    expect(read({ log: timeout, time: T + 9000 })).toEqual(events(event({ message: timeout })));
    expect(read({ log: timeout })).toEqual(events(event({ message: timeout })));
    expect(read({ log: START })).toBeNull();
  });

  test('the place is read', () => {
    expect(read({ log: START, time: T, logGroup: GROUP, fields: { logStream: STREAM }, id: EVENT_ID })).toEqual(
      events(event({ group: GROUP, stream: STREAM, id: EVENT_ID })),
    );
  });
});

describe('the time of a record', () => {
  test.each(['timestamp', '@timestamp', 'time', 'date', '_time', '_messagetime'])('%s', (name) => {
    expect(recordTime({ [name]: iso(T) })).toEqual({ timestampMs: T, isConverted: false });
    expect(recordTime({ [name]: T / 1000 })).toEqual({ timestampMs: T, isConverted: true });
    expect(recordTime({ [name]: 'soon' })).toBeNull();
  });

  test('of several names the first counts, unless it is null', () => {
    expect(recordTime({ date: iso(T + 9), timestamp: iso(T) })?.timestampMs).toBe(T);
    expect(recordTime({ date: iso(T), timestamp: null })?.timestampMs).toBe(T);
    expect(recordTime({ date: iso(T), timestamp: 'soon' })).toBeNull();
    expect(recordTime({ when: iso(T) })).toBeNull();
    expect(recordTime({})).toBeNull();
  });
});

describe('whether a platform line is a member', () => {
  const wide = (n: number) => ({
    ...Object.fromEntries(Array.from({ length: n }, (_, at) => [`m${at}`, at])),
    last: START,
  });
  test.each([
    ['the line', START, true],
    ['a member', { a: START }, true],
    ['a member of a member', { a: { b: START } }, true],
    ['a member deeper than that', { a: { b: { c: START } } }, false],
    ['the hundredth member', wide(99), true],
    ['the member after it', wide(100), false],
    ['a member after others', { a: 1, b: null, c: START }, true],
    ['a text that quotes it', { a: `got ${START}` }, false],
    ['a list', { a: [START] }, false],
    ['null', null, false],
    ['a number', 5, false],
    ['nothing', {}, false],
  ])('%s: %s', (_, value, is) => {
    expect(holdsPlatformLine(value)).toBe(is);
  });
});

describe('the place of a record', () => {
  const NOWHERE = { stream: '', id: '', group: null };
  test.each([
    'logGroup',
    'logGroupName',
    'log_group',
    'log_group_name',
    'group',
    '__aws_cloudwatch_log_group',
    'aws.cloudwatch.log_group',
    'aws.logGroup',
    'aws.log.group.names',
  ])('%s is the group', (name) => {
    expect(placeOf({ [name]: GROUP })).toEqual({ ...NOWHERE, group: GROUP });
    expect(placeOf({ [name]: 5 })).toEqual(NOWHERE);
    expect(placeOf({ [name]: '' })).toEqual(NOWHERE);
  });

  test.each([
    'logStream',
    'logStreamName',
    'log_stream',
    'log_stream_name',
    '__aws_cloudwatch_log_stream',
    'aws.cloudwatch.log_stream',
    'aws.logStream',
    'aws.log.stream.names',
  ])('%s is the stream', (name) => {
    expect(placeOf({ [name]: STREAM })).toEqual({ ...NOWHERE, stream: STREAM });
    expect(placeOf({ [name]: [STREAM] })).toEqual(NOWHERE);
  });

  test.each(['eventId', 'event_id', 'id'])('%s is the id of the event: 56 digits', (name) => {
    expect(placeOf({ [name]: EVENT_ID })).toEqual({ ...NOWHERE, id: EVENT_ID });
    for (const other of ['3'.repeat(55), '3'.repeat(57), `${'3'.repeat(55)}x`, 5])
      expect(placeOf({ [name]: other })).toEqual(NOWHERE);
  });

  test.each([
    'aws',
    'aws.cloudwatch',
    'awscloudwatch',
    'cloudwatch',
    'cloudwatch_logs',
    'event',
    'fields',
    'kubernetes',
    'labels',
  ])('members of %s name it, and of its cloudwatch', (name) => {
    const place = { logGroup: GROUP, logStream: STREAM };
    expect(placeOf({ [name]: place })).toEqual({ ...NOWHERE, group: GROUP, stream: STREAM });
    expect(placeOf({ [name]: { cloudwatch: place } })).toEqual({ ...NOWHERE, group: GROUP, stream: STREAM });
    expect(placeOf({ [name]: { other: place } })).toEqual(NOWHERE);
    expect(placeOf({ [name]: [place] })).toEqual(NOWHERE);
    expect(placeOf({ [name]: null })).toEqual(NOWHERE);
  });

  test('a name of the record comes before one within it, and a text before none', () => {
    expect(placeOf({ group: '/outer', aws: { logGroup: '/inner' } }).group).toBe('/outer');
    expect(placeOf({ group: '', aws: { logGroup: '/inner' } }).group).toBe('/inner');
    expect(placeOf({ group: '/b', logGroup: '/a' }).group).toBe('/a');
    expect(placeOf({ other: { logGroup: '/x' }, constructor: 'x' })).toEqual(NOWHERE);
  });
});

test('a key of an OpenTelemetry attribute that is an object names nothing', () => {
  const attributes = [{ key: { toString: 1 }, value: { stringValue: '/aws/lambda/f' } }];
  const record = { timeUnixNano: '1795888751426000000', body: { stringValue: 'x' } };
  const read = readWrapped({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] }, '');
  expect(read?.events.map(({ message, group }) => [message, group])).toEqual([['x', null]]);
});
