/** Documents of an upload: their place, time and id, and the reason of each that is not read; values worked out by hand. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { RawLogsSource } from './raw-logs.ts';
import { readRawLogs, readRawText, withTrailing } from './raw-logs.ts';

const T = 1_795_176_930_123; // 2026-11-20T12:15:30.123Z
const ISO = '2026-11-20T12:15:30.123Z';
const SOURCE: RawLogsSource = { account: '', region: 'eu-west-1', logGroup: '/aws/lambda/f', logStream: 'own' };
const NOWHERE = { ...SOURCE, logGroup: '', logStream: '' };
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const START = `START RequestId: ${ID} Version: 7`;

/** What is read of a value: `[account, group, stream, ms, id, message]` of each event, and the problems. */
function read(value: unknown, source = SOURCE) {
  const logs = readRawText(typeof value === 'string' ? value : JSON.stringify(value), source);
  return {
    events: logs.streams.flatMap(({ identity, events }) =>
      events.map((event) => [identity.logGroup, identity.logStream, event.timestampMs, event.id, event.message]),
    ),
    problems: logs.unreadable.map(({ reason, text }) => [reason, text]),
    ignored: logs.ignored,
    converted: logs.converted,
    records: logs.records.length,
  };
}

describe('the place of an event', () => {
  const EVENT = { timestamp: T, message: 'x' };
  test.each<[string, object, RawLogsSource, readonly [string, string]]>([
    ['that of the source', { events: [EVENT] }, SOURCE, ['/aws/lambda/f', 'own']],
    [
      'its own stream before that of the source',
      { events: [{ ...EVENT, logStreamName: 's' }] },
      SOURCE,
      ['/aws/lambda/f', 's'],
    ],
    [
      'the group of the source before that of the document',
      { events: [EVENT], logGroup: 'g' },
      SOURCE,
      ['/aws/lambda/f', 'own'],
    ],
    ['the group of the document', { events: [EVENT], logGroup: 'g' }, NOWHERE, ['g', '']],
    ['the group under another name', { events: [EVENT], logGroupName: 'g' }, NOWHERE, ['g', '']],
    ['the first of both names', { events: [EVENT], logGroup: 'g', logGroupName: 'h' }, NOWHERE, ['g', '']],
    [
      'the group of the document before that of the event',
      { events: [{ ...EVENT, logGroup: 'h' }], logGroup: 'g' },
      NOWHERE,
      ['g', ''],
    ],
    ['the group of the event', { events: [{ ...EVENT, logGroup: 'h' }] }, NOWHERE, ['h', '']],
    [
      'the group of the event where that of the document is none',
      { events: [{ ...EVENT, logGroup: 'h' }], logGroup: 5 },
      NOWHERE,
      ['h', ''],
    ],
    ['an event by itself', { ...EVENT, logGroup: 'h', logStream: 's' }, NOWHERE, ['h', 's']],
  ])('%s', (_, document, source, place) => {
    expect(read(document, source)).toMatchObject({ events: [[...place, T, '', 'x']], problems: [] });
  });

  test('an event of no function is a problem, with its time', () => {
    expect(read({ events: [EVENT] }, NOWHERE)).toMatchObject({
      events: [],
      problems: [['function-not-named', `{"timestamp":${T},"message":"x"}`]],
    });
  });

  test('the account of the source comes before that of the line', () => {
    const rows = [
      [
        { field: '@timestamp', value: ISO },
        { field: '@message', value: 'x' },
        { field: '@log', value: '123456789012:g' },
      ],
    ];
    const identityOf = (account: string) =>
      readRawText(JSON.stringify({ results: rows }), { ...NOWHERE, account }).streams[0]?.identity;
    expect(identityOf('')).toMatchObject({ account: '123456789012', logGroup: 'g' });
    expect(identityOf('999999999999')).toMatchObject({ account: '999999999999', logGroup: 'g' });
  });
});

describe('events', () => {
  test.each<[string, object, readonly [number, string, string], number]>([
    ['a time as a number', { timestamp: T, message: 'x' }, [T, '', 'x'], 0],
    ['a time as text', { timestamp: ISO, message: 'x' }, [T, '', 'x'], 0],
    ['a time in seconds, which is counted', { timestamp: 1_795_176_930, message: 'x' }, [T - 123, '', 'x'], 1],
    ['a time under another name', { eventTime: T, message: 'x' }, [T, '', 'x'], 0],
    ['the timestamp before it', { eventTime: 5, timestamp: T, message: 'x' }, [T, '', 'x'], 0],
    ['an id', { timestamp: T, message: 'x', id: '7' }, [T, '7', 'x'], 0],
    ['an eventId before it', { timestamp: T, message: 'x', id: '7', eventId: '8' }, [T, '8', 'x'], 0],
    ['an id that is no text', { timestamp: T, message: 'x', id: 7 }, [T, '', 'x'], 0],
    ['an empty message', { timestamp: T, message: '' }, [T, '', ''], 0],
    ['half a character', { timestamp: T, message: 'a\ud800' }, [T, '', 'a\ufffd'], 0],
  ])('%s', (_, event, [ms, id, message], converted) => {
    expect(read({ events: [event] })).toMatchObject({
      events: [['/aws/lambda/f', 'own', ms, id, message]],
      problems: [],
      converted,
    });
  });

  test.each<[string, unknown, string, string]>([
    ['no message', { timestamp: T }, 'log-event-without-message', `{"timestamp":${T}}`],
    [
      'a message that is no text',
      { timestamp: T, message: { a: 1 } },
      'log-event-without-message',
      `{"timestamp":${T},"message":{"a":1}}`,
    ],
    ['no time', { message: 'x' }, 'line-without-time', 'x'],
    ['an impossible time', { timestamp: 5, message: 'x' }, 'timestamp-impossible', '{"timestamp":5,"message":"x"}'],
    ['null', null, 'log-event-without-message', 'null'],
    ['a text', 'x', 'log-event-without-message', '"x"'],
  ])('with %s: a problem, and its neighbours are read', (_, event, reason, text) => {
    expect(read({ events: [event, { timestamp: T, message: 'y' }] })).toMatchObject({
      events: [['/aws/lambda/f', 'own', T, '', 'y']],
      problems: [[reason, text]],
    });
  });

  test('a record with a level is an application’s, whole', () => {
    const text = `{"timestamp":"${ISO}","message":"x","level":"INFO"}`;
    expect(read(text)).toMatchObject({ events: [['/aws/lambda/f', 'own', T, '', text]], problems: [] });
  });

  test.each([
    ['time', `{"time":"${ISO}","text":"hello world"}`],
    ['timestamp', `{"timestamp":"${ISO}","text":"hello world"}`],
    ['the time before the timestamp', `{"timestamp":"2026-01-01T00:00:00Z","time":"${ISO}"}`],
    ['another name', `{"_time":"${ISO}","text":"hello world"}`],
  ])('a record has its time under %s', (_, text) => {
    expect(read(text)).toMatchObject({ events: [['/aws/lambda/f', 'own', T, '', text]], problems: [] });
  });

  test.each([
    ['no time', '{"text":"hello world"}', 'not-a-log-event'],
    ['one short member', '{"a":1}', 'not-a-log-event'],
    [
      'a platform line in a member of no reader',
      `{"time":"${ISO}","inner":"${START}"}`,
      'platform-line-in-unknown-member',
    ],
  ])('a record with %s is a problem', (_, text, reason) => {
    expect(read(text)).toMatchObject({ events: [], problems: [[reason, text]] });
  });

  test('a platform record is read as it is, whatever it holds', () => {
    const text = `{"time":"${ISO}","type":"platform.fault","record":"RequestId: ${ID} Error: x"}`;
    expect(read(text)).toMatchObject({ events: [['/aws/lambda/f', 'own', T, '', text]], problems: [] });
  });
});

describe('lists', () => {
  test.each<[string, string, readonly (readonly [string, string])[]]>([
    ['a number', '[5]', [['not-a-log-event', '5']]],
    ['a text', '["hello"]', [['not-a-log-event', '"hello"']]],
    ['null', '[null]', [['not-a-log-event', 'null']]],
    ['a list of numbers', '[[5, 6, 7, 8]]', [['not-a-log-event', '[5,6,7,8]']]],
    ['messages alone', `["${START}"]`, [['messages-without-times', `["${START}"]`]]],
  ])('of %s', (_, text, problems) => {
    expect(read(text)).toMatchObject({ events: [], problems });
  });

  test('of pairs, in either order, beside events', () => {
    expect(read([[T, 'a'], ['b', T], [T, 'c', 's'], { timestamp: T, message: 'd' }])).toMatchObject({
      events: [
        ['/aws/lambda/f', 'own', T, '', 'a'],
        ['/aws/lambda/f', 'own', T, '', 'b'],
        ['/aws/lambda/f', 'own', T, '', 'd'],
        ['/aws/lambda/f', 's', T, '', 'c'],
      ],
      problems: [],
    });
  });

  test('nothing in a list is nothing', () => {
    expect(read('[]')).toMatchObject({ events: [], problems: [] });
    expect(read('[ ]\n')).toMatchObject({ events: [], problems: [] });
  });

  test('that is no JSON is text: a line in brackets with its time', () => {
    expect(read(`[${ISO}] hello`)).toMatchObject({ events: [['/aws/lambda/f', 'own', T, '', 'hello']], problems: [] });
  });

  test('beyond a limit of JSON is refused with it, or read line by line where it has lines', () => {
    const deep = `${'['.repeat(600)}${']'.repeat(600)}`;
    expect(read(deep)).toMatchObject({ problems: [['json-nested-too-deep', deep]] });
    expect(read(`${deep}\n`).problems).toEqual([['line-without-time', deep]]);
  });
});

describe('subscription messages', () => {
  const MESSAGE = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'g',
    logStream: 's',
    subscriptionFilters: ['f'],
    logEvents: [{ id: '1', timestamp: T, message: 'x' }],
  };

  test('have a place of their own, and are not ignored', () => {
    const logs = readRawText(JSON.stringify(MESSAGE), SOURCE);
    expect(logs).toMatchObject({
      streams: [
        {
          identity: { account: '123456789012', region: 'eu-west-1', logGroup: 'g', logStream: 's' },
          events: [{ id: '1', timestampMs: T, message: 'x' }],
        },
      ],
      unreadable: [],
      ignored: [],
      converted: 0,
    });
  });

  test('that test the connection are ignored', () => {
    expect(read({ ...MESSAGE, messageType: 'CONTROL_MESSAGE' })).toMatchObject({
      events: [],
      problems: [],
      ignored: [['control-message', 1]],
    });
  });

  test.each<[string, object, string]>([
    ['another type', { messageType: 'OTHER' }, 'unknown-message-type'],
    ['no owner', { owner: '' }, 'owner-missing'],
    ['no group', { logGroup: '' }, 'log-group-missing'],
    ['no stream', { logStream: 5 }, 'log-stream-missing'],
    ['no events', { logEvents: {} }, 'log-events-missing'],
  ])('with %s are problems', (_, more, reason) => {
    const value = { ...MESSAGE, ...more };
    expect(read(value)).toMatchObject({ events: [], problems: [[reason, JSON.stringify(value)]], ignored: [] });
  });

  test('with events that are none: the reasons once, and the others are read', () => {
    const logEvents = [
      { id: '1', timestamp: T / 1000, message: 'x' },
      { id: '2', timestamp: 5, message: 'y' },
      { id: '3', timestamp: T },
      { id: '4', timestamp: 6, message: 'z' },
    ];
    const value = { ...MESSAGE, logEvents };
    const text = JSON.stringify(value);
    expect(read(value)).toMatchObject({
      events: [['g', 's', T, '1', 'x']],
      problems: [
        ['timestamp-impossible', text],
        ['log-event-without-message', text],
      ],
      converted: 1,
    });
  });

  test('that contradict themselves are problems', () => {
    const text = JSON.stringify(MESSAGE).replace('"owner"', '"owner":"999999999999","owner"');
    expect(read(text)).toMatchObject({ events: [], problems: [['message-contradicts', text]] });
  });

  test('that Firehose could not deliver are read from its record', () => {
    const failed = (rawData: string) => ({ attemptsMade: 4, errorCode: 'x', errorMessage: 'y', rawData });
    const data = gzipSync(JSON.stringify(MESSAGE)).toString('base64');
    expect(read(failed(data))).toMatchObject({ events: [['g', 's', T, '1', 'x']], problems: [] });
    expect(read(failed('%')).problems).toEqual([['record-not-base64', JSON.stringify(failed('%'))]]);
    const other = Buffer.from('hello').toString('base64');
    expect(read(failed(other)).problems).toEqual([['not-a-subscription-message', 'hello']]);
    // The same as text, as it is copied.
    expect(read(`${data}\n`)).toMatchObject({ events: [['g', 's', T, '1', 'x']], problems: [] });
  });
});

test.each([
  ['a line of a bulk request', '{"index":{"_index":"x","_id":"1"}}', [['bulk-action', 1]]],
  ['two of them', '{"create":{"_index":"x"}}\n{"delete":{"_id":"1"}}', [['bulk-action', 2]]],
])('%s is ignored', (_, text, ignored) => {
  expect(read(text)).toMatchObject({ events: [], problems: [], ignored });
});

describe('a body', () => {
  const LINE = `${ISO} hello\n`;

  test.each(['', ' ', '\n\t'])('of %j is empty', (text) => {
    expect(readRawText(text, SOURCE)).toEqual({ ok: true, streams: [], unreadable: [], records: [], ignored: [] });
  });

  test('is read, compressed or not', () => {
    for (const body of [Buffer.from(LINE), gzipSync(LINE), gzipSync(gzipSync(LINE))])
      expect(readRawLogs(body, SOURCE)).toMatchObject({
        ok: true,
        streams: [{ events: [{ timestampMs: T, id: '', message: 'hello' }] }],
        unreadable: [],
      });
  });

  test('with bytes behind its gzip data has a problem for them', () => {
    const detail = '2 bytes after the gzip data not read: only further gzip data, or zero bytes, may follow it.';
    expect(readRawLogs(Buffer.concat([gzipSync(LINE), Buffer.from('\0xy')]), SOURCE)).toMatchObject({
      ok: true,
      streams: [{ events: [{ message: 'hello' }] }],
      unreadable: [{ reason: 'gzip-trailing-bytes', text: detail, detail }],
    });
    expect(
      withTrailing({ ok: true, streams: [], unreadable: [{ reason: 'a', text: 'b' }], records: [], ignored: [] }, 2),
    ).toMatchObject({
      unreadable: [{ reason: 'a' }, { reason: 'gzip-trailing-bytes' }],
    });
  });

  test.each<[string, Buffer, string, string | null]>([
    ['cut off', gzipSync(LINE).subarray(0, 20), 'body: The gzip stream of 20 bytes ends too early.', null],
    [
      'an archive',
      Buffer.from('PK\u0003\u0004 and more'),
      'body: zip data. Expected text or JSON, plain or compressed with gzip',
      null,
    ],
    [
      'compressed three times',
      gzipSync(gzipSync(gzipSync(LINE))),
      'body: Compressed with gzip at least 3 times; at most 2 layers are read.',
      'gzip-nested-too-deep',
    ],
  ])('that is %s is refused', (_, body, message, limit) => {
    expect(readRawLogs(body, SOURCE)).toEqual({ ok: false, message, limit });
  });
});
