/** Why parts of an upload are not read: one input for each reason, and what is read beside it. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GROUP, ID, iso, REPORT, START, STREAM, T } from '../../test/support/export-forms.ts';
import type { RawLogsSource } from './raw-logs.ts';
import { readRawLogs, readRawText } from './raw-logs.ts';

const SOURCE: RawLogsSource = { account: '', region: '', logGroup: GROUP, logStream: '' };
const read = (text: string, source: Partial<RawLogsSource> = {}) => {
  const { streams, unreadable, ignored, records, converted } = readRawText(text, { ...SOURCE, ...source });
  return {
    events: streams.flatMap(({ identity, events }) => events.map((event) => ({ ...identity, ...event }))),
    unreadable,
    ignored,
    records,
    converted,
  };
};
const reasonsOf = (text: string): readonly string[] => read(text).unreadable.map(({ reason }) => reason);
const messagesOf = (text: string): readonly string[] => read(text).events.map(({ message }) => message);

const subscription = (more: object = {}, events: readonly object[] = [{ id: '1', timestamp: T, message: START }]) => ({
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: GROUP,
  logStream: STREAM,
  subscriptionFilters: ['all'],
  logEvents: events,
  ...more,
});
const packed = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');
const failed = (rawData: string): object => ({ attemptsMade: 4, errorCode: 'Lambda.x', rawData });

describe('a document', () => {
  test.each<[string, unknown, string]>([
    ['an event without a message', { events: [{ timestamp: T }] }, 'log-event-without-message'],
    ['an event whose message is an object', { events: [{ timestamp: T, message: {} }] }, 'log-event-without-message'],
    ['an event that is null', { events: [null] }, 'log-event-without-message'],
    ['an event without a time', { events: [{ message: START }] }, 'line-without-time'],
    ['an event of a time before Lambda', { events: [{ message: START, timestamp: 5 }] }, 'timestamp-impossible'],
    ['an event of a time that is none', { events: [{ message: START, eventTime: 'soon' }] }, 'timestamp-impossible'],
    ['a number', [5], 'not-a-log-event'],
    ['null', [null], 'not-a-log-event'],
    ['a text in a list', [['x']], 'not-a-log-event'],
    ['an empty object', {}, 'not-a-log-event'],
    ['one short member', { level: 'INFO' }, 'not-a-log-event'],
    ['an object without a time', { level: 'INFO', text: 'a long enough text' }, 'not-a-log-event'],
    [
      'a line in a member that is not known',
      { time: iso(T), body: { text: START } },
      'platform-line-in-unknown-member',
    ],
    ['a message of an unknown type', subscription({ messageType: 'X' }), 'unknown-message-type'],
    ['a message without an owner', subscription({ owner: '' }), 'owner-missing'],
    ['a message without a group', subscription({ logGroup: undefined }), 'log-group-missing'],
    ['a message without a stream', subscription({ logStream: 5 }), 'log-stream-missing'],
    ['a message without events', subscription({ logEvents: {} }), 'log-events-missing'],
    ['a failed delivery that is no base64', failed('x'), 'record-not-base64'],
    ['a failed delivery of text', failed(Buffer.from('hello').toString('base64')), 'not-a-subscription-message'],
    ['a failed delivery of another object', failed(packed({ a: 1 })), 'not-a-subscription-message'],
    ['a failed delivery that is damaged', failed(packed({ a: 1 }).slice(0, 16)), 'gzip-truncated'],
    ['messages alone', [START, REPORT], 'messages-without-times'],
  ])('%s', (_, value, reason) => {
    expect(read(JSON.stringify(value))).toMatchObject({ events: [], unreadable: [{ reason }] });
    expect(reasonsOf(JSON.stringify(value))).toEqual([reason]);
  });

  test('beside others costs only itself', () => {
    const events = [{ timestamp: T, message: START }, { timestamp: T }, { timestamp: T + 12, message: REPORT }];
    expect(messagesOf(JSON.stringify({ events }))).toEqual([START, REPORT]);
    expect(reasonsOf(JSON.stringify({ events }))).toEqual(['log-event-without-message']);
    const list = JSON.stringify([{ timestamp: T, message: START }, 5, { timestamp: T, message: REPORT }]);
    expect([messagesOf(list), reasonsOf(list)]).toEqual([[START, REPORT], ['not-a-log-event']]);
  });

  test('states the text as it was written', () => {
    const text = '{ "level":\t"INFO" }';
    expect(read(text).unreadable).toEqual([{ reason: 'not-a-log-event', text }]);
    expect(read(`[${text}]`).unreadable).toEqual([{ reason: 'not-a-log-event', text: '{"level":"INFO"}' }]);
    expect(read(JSON.stringify([START])).unreadable[0]?.text).toBe(JSON.stringify([START]));
  });

  test('that a bulk request says is ignored, and counted', () => {
    const action = '{"index":{"_index":"a"}}';
    expect(read(`${action}\n${action}\n`)).toMatchObject({ events: [], unreadable: [], ignored: [['bulk-action', 2]] });
  });
});

describe('a subscription message', () => {
  const good = { id: '1', timestamp: T, message: START };
  test.each([
    ['an event without a time', [{ id: '2', message: 'x' }], ['timestamp-impossible']],
    ['an event without a message', [{ id: '2', timestamp: T }], ['log-event-without-message']],
    [
      'several of both',
      [{ message: 'x' }, { message: 'y' }, {}, {}],
      ['timestamp-impossible', 'log-event-without-message'],
    ],
    ['nothing else', [], []],
  ])('with %s beside another', (_, others, reasons) => {
    const message = subscription({}, [good, ...others]);
    for (const text of [JSON.stringify(message), JSON.stringify(failed(packed(message)))]) {
      expect(messagesOf(text)).toEqual([START]);
      expect(reasonsOf(text)).toEqual(reasons);
    }
    expect(read(JSON.stringify(message)).unreadable.map(({ text }) => text)).toEqual(
      reasons.map(() => JSON.stringify(message)),
    );
  });

  test('with more than a thousand accounts states how many events were not read', () => {
    const named = Array.from({ length: 1002 }, (_, at) => ({
      ...good,
      extractedFields: { '@aws.account': String(100_000_000_000 + at) },
    }));
    const found = read(JSON.stringify(subscription({}, named)));
    // The message's own account is one of the thousand.
    expect(found.events).toHaveLength(999);
    const [problem] = found.unreadable;
    expect(found.unreadable).toHaveLength(1);
    expect(problem).toMatchObject({ reason: 'too-many-accounts', n: 3 });
    expect(typeof problem?.detail === 'function' ? problem.detail() : problem?.detail).toBe(
      'logEvents: 3 of 1,002 events name accounts and regions beyond the first 1,000 of the message, and were not read.',
    );
  });

  test('that is a heartbeat holds nothing', () => {
    expect(read(JSON.stringify(subscription({ messageType: 'CONTROL_MESSAGE' })))).toMatchObject({
      events: [],
      unreadable: [],
    });
  });

  test('has account, region, group and stream of its own, unless the caller names them', () => {
    const text = JSON.stringify(subscription({ logGroup: '/aws/lambda/other' }));
    expect(read(text, { region: 'eu-west-1' }).events).toMatchObject([
      { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/other', logStream: STREAM },
    ]);
  });

  test('counts times in seconds', () => {
    expect(read(JSON.stringify(subscription({}, [{ ...good, timestamp: T / 1000 }, good]))).converted).toBe(1);
  });
});

describe('whose an event is', () => {
  const event = { timestamp: T, message: START };
  const GIVEN = { account: '999999999999', region: 'eu-west-1', logGroup: '/aws/lambda/given', logStream: 'given' };
  test.each([
    ['the caller', { ...event, logStreamName: STREAM, logGroupName: GROUP }, GIVEN, '/aws/lambda/given', STREAM],
    ['the caller, without a stream of its own', event, GIVEN, '/aws/lambda/given', 'given'],
    ['the event', { ...event, logGroup: GROUP }, { logGroup: '', logStream: 'given' }, GROUP, 'given'],
  ])('as %s says', (_, value, source, logGroup, logStream) => {
    expect(read(JSON.stringify(value), source).events).toMatchObject([{ logGroup, logStream }]);
  });

  test.each(['logGroup', 'logGroupName'])('%s beside the events names the group of all', (name) => {
    const text = JSON.stringify({ [name]: '/aws/lambda/all', events: [{ ...event, logGroup: '/aws/lambda/one' }] });
    expect(read(text, { logGroup: '' }).events).toMatchObject([{ logGroup: '/aws/lambda/all' }]);
    const other = JSON.stringify({ [name]: 5, events: [{ ...event, logGroup: '/aws/lambda/one' }] });
    expect(read(other, { logGroup: '' }).events).toMatchObject([{ logGroup: '/aws/lambda/one' }]);
  });

  test('ids of events are kept; what is no text is none', () => {
    expect(
      read(
        JSON.stringify([
          { ...event, eventId: '7' },
          { ...event, id: '8' },
          { ...event, id: 9 },
        ]),
      ).events,
    ).toMatchObject([{ id: '7' }, { id: '8' }, { id: '' }]);
  });

  test('an account of the log counts where the caller names none', () => {
    const row = JSON.stringify({ '@timestamp': iso(T), '@message': START, '@log': '123456789012:/aws/lambda/f' });
    expect(read(row, { logGroup: '' }).events).toMatchObject([{ account: '123456789012', logGroup: '/aws/lambda/f' }]);
    expect(read(row, { account: '999999999999' }).events).toMatchObject([{ account: '999999999999', logGroup: GROUP }]);
  });

  test('without any name an event is reported with its time', () => {
    expect(read(JSON.stringify(event), { logGroup: '' }).unreadable).toEqual([
      { reason: 'function-not-named', text: JSON.stringify({ timestamp: T, message: START }) },
    ]);
  });
});

describe('lines', () => {
  const at = (ms: number, line: string): string => `${iso(ms)} ${line}\n`;
  const own = `{"time":"${iso(T)}","type":"platform.start","record":{"requestId":"${ID}"}}`;

  test.each([
    ['a line without a time', REPORT, ['line-without-time'], []],
    ['text alone', 'hello, this is text', ['line-without-time'], []],
    [
      'lines without a time, each',
      'first line of text\nsecond line of text\n',
      ['line-without-time', 'line-without-time'],
      [],
    ],
    ['a platform line without a time after one with it', at(T, START) + REPORT, ['line-without-time'], [START]],
    ['a record behind another text', `some text before it${own}`, [], [own]],
    ['a record on a line of its own', own, [], [own]],
    ['a record after a line with a time', at(T, START) + own, [], [START, own]],
    ['blank lines within a message', `${at(T, 'first')}\n \n  second\n`, [], ['first\n  second']],
    ['a short line before any', 'x\n', ['line-without-time'], []],
    ['a short line after one', `${at(T, 'first')}x\n`, [], ['first\nx']],
  ])('%s', (_, text, reasons, messages) => {
    expect([reasonsOf(text), messagesOf(text)]).toEqual([reasons, messages]);
  });

  test('without anything are nothing', () => {
    for (const text of ['', ' \n\t\n'])
      expect(readRawText(text, SOURCE)).toEqual({ ok: true, streams: [], unreadable: [], records: [], ignored: [] });
  });

  test('that end in carriage returns alone are lines', () => {
    expect(messagesOf(`${iso(T)} ${START}\r${iso(T + 12)} ${REPORT}`)).toEqual([START, REPORT]);
  });

  test('between JSON documents are read', () => {
    const text = `${JSON.stringify({ timestamp: T, message: START })}\n${at(T + 12, REPORT)}`;
    expect([messagesOf(text), reasonsOf(text)]).toEqual([[START, REPORT.trimEnd()], []]);
  });

  test('lone surrogates become U+FFFD', () => {
    expect(messagesOf(`${iso(T)} a\ud800b`)).toEqual(['a\ufffdb']);
    expect(messagesOf(`[{"timestamp":${T},"message":"a\\ud800b"}]`)).toEqual(['a\ufffdb']);
  });
});

describe('JSON beyond a limit', () => {
  const deep = `${'['.repeat(300)}${' '.repeat(1000)}${']'.repeat(300)}`;
  const nested = `{"a":${deep}}`;
  const detail = expect.stringMatching(/^JSON nested 257 levels deep at character \d+; at most 256 are read\./);
  test.each([
    ['a list', deep],
    ['an object', nested],
    ['an object in a failed delivery', JSON.stringify(failed(gzipSync(nested).toString('base64')))],
  ])('%s that is nested too deep', (_, text) => {
    expect(read(text)).toMatchObject({ events: [], unreadable: [{ reason: 'json-nested-too-deep', detail }] });
    expect(reasonsOf(text)).toHaveLength(1);
  });

  test('beside others costs only itself', () => {
    const text = `${JSON.stringify({ timestamp: T, message: START })}\n${nested}\n`;
    expect([messagesOf(text), reasonsOf(text)]).toEqual([[START], ['json-nested-too-deep']]);
  });
});

describe('a body', () => {
  const bodyOf = (body: Buffer) => {
    const found = readRawLogs(body, SOURCE);
    return found.ok ? found.streams.flatMap(({ events }) => events.map(({ message }) => message)) : found;
  };
  const text = Buffer.from(`${iso(T)} ${START}\n`);

  test('is read plain and in one or two layers of gzip', () => {
    for (const body of [text, gzipSync(text), gzipSync(gzipSync(text))]) expect(bodyOf(body)).toEqual([START]);
  });

  test.each<[string, Buffer, string | RegExp, string | null]>([
    [
      'three layers',
      gzipSync(gzipSync(gzipSync(text))),
      'body: Compressed with gzip at least 3 times; at most 2 layers are read.',
      'gzip-nested-too-deep',
    ],
    [
      'gzip that ends too early',
      gzipSync(text).subarray(0, 20),
      'body: The gzip stream of 20 bytes ends too early.',
      null,
    ],
    [
      'a zip archive',
      Buffer.from('504b030400', 'hex'),
      'body: zip data. Expected text or JSON, plain or compressed with gzip',
      null,
    ],
    [
      'a zip archive in gzip',
      gzipSync(Buffer.from('504b030400', 'hex')),
      'body: zip data. Expected text or JSON, plain or compressed with gzip',
      null,
    ],
  ])('of %s is refused', (_, body, message, limit) => {
    expect(bodyOf(body)).toEqual({ ok: false, message, limit });
  });
});
