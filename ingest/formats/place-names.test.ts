/** Names under which tools and services keep the parts of an event, from the documentation of each. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../documents/json.ts';
import { readCsv } from './event-table.ts';
import { holdsPlatformLine, statesPlatformLine } from './stated-line.ts';
import { placeOf, readWrapped, recordTime } from './wrapped-event.ts';

const ISO = '2026-11-20T12:15:30.123Z';
const T = 1_795_176_930_123;
const ID = '1'.repeat(56);

describe('the place of a record', () => {
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
  ])('its group as %s', (name) => {
    expect(placeOf({ [name]: 'g' })).toEqual({ group: 'g', stream: '', id: '' });
    expect(placeOf({ [name]: 5 })).toEqual({ group: null, stream: '', id: '' });
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
  ])('its stream as %s', (name) => {
    expect(placeOf({ [name]: 's' })).toEqual({ group: null, stream: 's', id: '' });
  });

  test.each(['eventId', 'event_id', 'id'])('its id as %s, of 56 digits', (name) => {
    expect(placeOf({ [name]: ID })).toEqual({ group: null, stream: '', id: ID });
    for (const other of [`${ID}1`, ID.slice(1), `x${ID.slice(1)}`, 5])
      expect(placeOf({ [name]: other })).toEqual({ group: null, stream: '', id: '' });
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
  ])('in an object named %s, or in its cloudwatch', (name) => {
    const expected = { group: 'g', stream: 's', id: ID };
    expect(placeOf({ [name]: { log_group: 'g', log_stream: 's', id: ID } })).toEqual(expected);
    expect(placeOf({ [name]: { cloudwatch: { log_group: 'g', log_stream: 's', id: ID } } })).toEqual(expected);
  });

  test('not in an object of another name', () => {
    expect(placeOf({ other: { log_group: 'g' } })).toEqual({ group: null, stream: '', id: '' });
    expect(placeOf({ aws: { other: { log_group: 'g' } } })).toEqual({ group: null, stream: '', id: '' });
    expect(placeOf({ other: { log_group: 'g' } }, true)).toEqual({ group: null, stream: '', id: '' });
    expect(placeOf({ log_group: 'g' }, true)).toEqual({ group: 'g', stream: '', id: '' });
  });

  test('its own before that of an object in it, the first name before the next, and none that is empty', () => {
    expect(placeOf({ log_group: 'own', aws: { logGroup: 'inner' } }).group).toBe('own');
    expect(placeOf({ log_group: '', aws: { logGroup: 'inner' } }).group).toBe('inner');
    expect(placeOf({ log_group: 'second', logGroup: 'first' }).group).toBe('first');
    expect(placeOf({ aws: { cloudwatch: { logGroup: 'deep' }, logGroup: 'inner' } }).group).toBe('inner');
    expect(placeOf({ log_stream: 'second', logStream: 'first' }).stream).toBe('first');
    expect(placeOf({ id: ID, eventId: '2'.repeat(56) }).id).toBe('2'.repeat(56));
  });
});

describe('the time of a record', () => {
  test.each(['timestamp', '@timestamp', 'time', 'date', '_time', '_messagetime'])('as %s', (name) => {
    expect(recordTime({ [name]: ISO })).toEqual({ timestampMs: T, isConverted: false });
    expect(recordTime({ [name]: null })).toBeNull();
    expect(recordTime({ [name]: 'x' })).toBeNull();
  });

  test('is that of the first name that is no null', () => {
    expect(recordTime({ time: ISO, timestamp: null })?.timestampMs).toBe(T);
    expect(recordTime({ time: ISO, timestamp: T + 1 })?.timestampMs).toBe(T + 1);
    expect(recordTime({ time: ISO, timestamp: 'x' })).toBeNull();
    expect(recordTime({ datum: ISO })).toBeNull();
  });
});

describe('a message that is a platform line', () => {
  const START = 'START RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab Version: 7';
  const event = (more: object = {}) => ({
    events: [
      { timestampMs: T, isConverted: false, message: START, stream: '', id: '', group: null, account: null, ...more },
    ],
    problems: [],
  });

  test.each(['message', 'log', 'msg', 'line', 'textPayload', 'full_message', 'short_message', '_raw', '_msg'])(
    'as %s',
    (name) => {
      expect(readWrapped({ time: ISO, [name]: START }, '')).toEqual(event());
      expect(readWrapped({ time: ISO, [name]: 'hello' }, '')).toBeNull();
      expect(readWrapped({ [name]: START }, '')).toBeNull();
    },
  );

  test.each<[string, object]>([
    ['text of Coralogix', { time: ISO, text: START, subsystemName: 'x' }],
    ['an event that is text', { time: ISO, event: START }],
    ['an event', { time: ISO, event: { message: START } }],
    ['the original of an event', { time: ISO, event: { original: START } }],
    ['the message of an event before its original', { time: ISO, event: { message: START, original: 'x' } }],
    ['content', { time: ISO, content: { message: START } }],
    ['content with the time in it', { content: { message: START, timestamp: ISO } }],
    ['a payload of Google Cloud', { timestamp: ISO, jsonPayload: { message: START } }],
    ['data with a time', { time: ISO, data: { message: START } }],
    ['data with what the services add', { _time: ISO, _sysTime: ISO, _rowId: 'x', data: { message: START } }],
    ['data of a sample', { time: ISO, samplerate: 1, data: { message: START } }],
    ['its own before that of an event', { time: ISO, message: START, event: { message: 'x' } }],
  ])('in %s', (_, record) => {
    expect(readWrapped(record, '')).toEqual(event());
  });

  test.each<[string, object]>([
    ['text of another service', { time: ISO, text: START }],
    ['data beside other members', { time: ISO, data: { message: START }, level: 'x' }],
    ['data that is a list', { time: ISO, data: [{ message: START }] }],
    ['another object', { time: ISO, inner: { message: START } }],
    ['an event without a time', { event: { message: START } }],
    ['nothing', {}],
  ])('not in %s', (_, record) => {
    expect(readWrapped(record, '')).toBeNull();
  });

  test('has the time of the line before that of the record', () => {
    const line = JSON.stringify({ time: ISO, type: 'platform.start', record: { requestId: 'a' } });
    expect(readWrapped({ timestamp: T + 5, message: line }, '')).toEqual(event({ message: line }));
  });

  test('is found in a member, or in that of an object, among the first hundred', () => {
    const others = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`a${at}`, 1]));
    expect(holdsPlatformLine({ a: START })).toBe(true);
    expect(holdsPlatformLine({ a: { b: START } })).toBe(true);
    expect(holdsPlatformLine({ a: { b: { c: START } } })).toBe(false);
    expect(holdsPlatformLine({ a: [START] })).toBe(false);
    expect(holdsPlatformLine({ a: 'hello', b: 5, c: null })).toBe(false);
    expect(holdsPlatformLine({ ...others, z: START })).toBe(true);
    expect(holdsPlatformLine({ ...others, y: 1, z: START })).toBe(false);
  });

  test.each(['', 'x'.repeat(4096)])('is found so in the text of a record, which is large with %#', (long) => {
    const others = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`a${at}`, 1]));
    const states = (record: Json): boolean => {
      const own = { ...record, long };
      return statesPlatformLine(own, JSON.stringify(own));
    };
    expect(states({ a: START })).toBe(true);
    expect(states({ a: `\t${START}` })).toBe(true);
    expect(states({ a: { b: START } })).toBe(true);
    expect(states({ a: { b: { c: START } } })).toBe(false);
    expect(states({ a: [START] })).toBe(false);
    expect(states({ a: { ...others, z: START } })).toBe(true);
    expect(states({ a: { ...others, y: 1, z: START } })).toBe(false);
    expect(states({ ...others, z: START })).toBe(true);
    expect(states({ ...others, y: 1, z: START })).toBe(false);
  });
});

describe('columns of a table in CSV', () => {
  const read = (header: string, row: string) => readCsv(`${header}\n${row}\n`);
  const event = (more: object = {}) => ({
    events: [
      { timestampMs: T, isConverted: false, message: 'x', stream: '', id: '', group: null, account: null, ...more },
    ],
    problems: [],
  });

  test.each([
    'timestamp',
    'time',
    'date',
    'datetime',
    'event_time',
    'eventTime',
    '_time',
    '_messagetime',
    'Timestamp (UTC)',
  ])('a time as %s', (name) => {
    expect(read(`${name},message`, `${ISO},x`)).toEqual(event());
  });

  test.each(['message', 'msg', 'line', 'content', '_raw', '_msg', 'textPayload', 'Message'])(
    'a message as %s',
    (name) => {
      expect(read(`${name},timestamp`, `x,${ISO}`)).toEqual(event());
    },
  );

  test.each([
    'logStream',
    'logStreamName',
    'log_stream',
    'log_stream_name',
    'aws.cloudwatch.log_stream',
    'aws.logStream',
    '@logStream',
  ])('a stream as %s', (name) => {
    expect(read(`timestamp,message,${name}`, `${ISO},x, s `)).toEqual(event({ stream: 's' }));
  });

  test.each([
    '@log',
    'log',
    'logGroup',
    'logGroupName',
    'log_group',
    'log_group_name',
    'aws.cloudwatch.log_group',
    'aws.logGroup',
  ])('a group as %s, with its account or without', (name) => {
    expect(read(`timestamp,message,${name}`, `${ISO},x, g `)).toEqual(event({ group: 'g' }));
    expect(read(`timestamp,message,${name}`, `${ISO},x,123456789012:g`)).toEqual(
      event({ group: 'g', account: '123456789012' }),
    );
    expect(read(`timestamp,message,${name}`, `${ISO},x,`)).toEqual(event());
  });

  test.each(['eventId', 'event_id', 'id'])('an id as %s', (name) => {
    expect(read(`timestamp,message,${name}`, `${ISO},x, ${ID} `)).toEqual(event({ id: ID }));
    expect(read(`timestamp,message,${name}`, `${ISO},x,${ID}1`)).toEqual(event());
    expect(read(`timestamp,message,${name}`, `${ISO},x,7`)).toEqual(event());
  });

  test('the exact time of Grafana before the one that it shows', () => {
    expect(read('Time,Line,tsNs', `2026-01-01 00:00:00,x,${T}000000`)).toEqual({
      events: [{ ...event().events[0], isConverted: true }],
      problems: [],
    });
  });

  test.each([
    ['a comma within a message', 'timestamp,message', `${ISO},x,y`, ['x | y']],
    ['two commas before a stream', 'timestamp,message,logStream', `${ISO},x,y,z,s`, ['x | y | z']],
    ['a quoted message', 'timestamp,message', `${ISO},"x, ""y""\nz"`, ['x, "y"\nz']],
    ['semicolons', 'timestamp;message', `${ISO};x,y`, ['x,y']],
    ['tabs', 'timestamp\tmessage', `${ISO}\tx,y`, ['x,y']],
    ['a line that names the delimiter', 'sep=;\ntimestamp;message', `${ISO};x`, ['x']],
    ['the same in quotes', '"sep=;"\r\ntimestamp;message', `${ISO};x`, ['x']],
    ['a row of blanks', 'timestamp,message', `${ISO},x\n , `, ['x']],
    ['no message in a row', 'timestamp,other,message', `${ISO},y`, ['']],
  ])('%s', (_, header, row, messages) => {
    const found = read(header, row);
    expect([found?.events.map(({ message }) => message), found?.problems]).toEqual([messages, []]);
  });

  test.each([
    ['a row without a time', 'timestamp,message', 'soon,x', [{ reason: 'row-without-time', text: 'soon,x' }]],
    ['a quote that is not closed', 'timestamp,message', '"x', [{ reason: 'csv-unreadable', text: '"x\n' }]],
    [
      'no message',
      '@timestamp,@logStream',
      'a,b',
      [{ reason: 'insights-without-message', text: '@timestamp,@logStream\na,b\n' }],
    ],
    [
      'no time',
      '@message,@logStream',
      'a,b',
      [{ reason: 'insights-without-timestamp', text: '@message,@logStream\na,b\n' }],
    ],
  ])('%s is a problem', (_, header, row, problems) => {
    expect(read(header, row)).toEqual({ events: [], problems });
  });

  test.each([
    ['no time', 'name,message'],
    ['no message', 'timestamp,name'],
    ['one column', 'message'],
    ['bars', '|timestamp,message'],
    ['more than 2,000 characters', `timestamp,message,${'x'.repeat(1983)}`],
  ])('a header with %s is none', (_, header) => {
    expect(read(header, `${ISO},x`)).toBeNull();
  });

  test('a header of 2,000 characters is one', () => {
    expect(read(`timestamp,message,${'x'.repeat(1982)}`, `${ISO},x,y`)).toEqual(event());
  });
});
