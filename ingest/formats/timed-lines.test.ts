/** Rows whose time has no date. */
import { expect, test, vi } from 'vitest';
import { readForm } from '../../test/support/export-forms.ts';
import { decodeStreams } from '../decode/pipeline.ts';
import { readRawText } from './raw-logs.ts';
import { readTimedLines } from './timed-lines.ts';

const START = 'START RequestId: 2d5a1b1c-0000-4000-8000-000000000001 Version: $LATEST';

test.each(['03:22:53', '3:22:53 AM', ' 03:22:53.123 '])('rows below %j lack the date of their time', (time) => {
  expect(readForm(`${time}\n${START}\n\n${time}\nError: x\n`)).toMatchObject({
    events: [],
    reasons: ['time-incomplete', 'time-incomplete', 'time-incomplete', 'time-incomplete'],
  });
});

test('lines without any time, and after a complete one, lack a time', () => {
  expect(readForm(`${START}\n`).reasons).toEqual(['line-without-time']);
  expect(readForm(`03:22:53\n2026-11-26T10:00:00Z a\n${START}\n`).reasons).toEqual([
    'time-incomplete',
    'line-without-time',
  ]);
});

test('lines too short for one of Lambda lack a time: before an event they are rejected, after it they continue it', () => {
  expect(readForm('{\nLOGS x\n2026-11-26T10:00:00Z a\n{\n').reasons).toEqual([
    'line-without-time',
    'line-without-time',
  ]);
  expect(readForm('2026-11-26T10:00:00Z a\n{\n').events.map(({ message }) => message)).toEqual(['a\n{']);
});

test('carriage returns alone end lines, wherever in the text they are', () => {
  const line = `2026-11-26T10:00:00Z ${'x'.repeat(978)}\r`;
  // 1,000 characters each: the 4,096th and the 8,192nd are within a line.
  const { events } = readForm(line.repeat(9));
  expect(events.map(({ message }) => message.length)).toEqual(Array.from({ length: 9 }, () => 978));
});

test('short rows with bars are no table', () => {
  expect(readForm('2026-11-26T10:00:00Z a\n|1\n|2\n').events.map(({ message }) => message)).toEqual(['a\n|1\n|2']);
});

const RECORD = '{"time":"2026-11-20T10:00:00.250Z","type":"platform.extension","record":{"name":"a"}}';

test('the time of a record behind other text is read by its characters, also where a label may stand before it', () => {
  const parse = vi.spyOn(JSON, 'parse');
  const read: unknown[] = [];
  readTimedLines(`1e400,${RECORD}\n[[${RECORD}\n`, (_place, time, message) => read.push([time, message]), expect.fail);
  expect(parse.mock.calls.filter(([text]) => text.includes('platform.'))).toEqual([]);
  parse.mockRestore();
  const time = { timestampMs: Date.UTC(2026, 10, 20, 10, 0, 0, 250), isConverted: false };
  expect(read).toEqual([
    [time, RECORD],
    [time, RECORD],
  ]);
});

test.each([
  ['a zone in brackets', RECORD.replace('.250Z', ' (+0100)'), Date.UTC(2026, 10, 20, 9)],
  ['no zone', RECORD.replace('.250Z', ''), Date.UTC(2026, 10, 20, 10)],
  ['a number', '{"time":1795888751426,"type":"platform.extension","record":{}}', null],
  ['no such day', RECORD.replace('11-20', '02-30'), null],
  ['a day before Lambda', RECORD.replace('2026', '2013'), null],
  ['text behind the time', RECORD.replace('.250Z', '.250Zx'), null],
  [
    'another member behind the time',
    RECORD.replace('","type"', '","a":1,"type"'),
    Date.UTC(2026, 10, 20, 10, 0, 0, 250),
  ],
  ['the type in another member', '{"time":"2026-11-20T10:00:00Z","a":{"type":"platform.extension"},"record":{}}', null],
])('a record behind other text with %s has the time %j', (_, record, expected) => {
  const times: (number | null)[] = [];
  readTimedLines(
    `x${record}`,
    (_place, { timestampMs }) => times.push(timestampMs),
    (reason) => times.push(reason === 'line-without-time' ? null : Number.NaN),
  );
  expect(times).toEqual([expected]);
});

test('a damaged record behind other text is a dead letter with what is wrong with it', () => {
  const damaged = RECORD.slice(0, -1);
  const source = { account: '1', region: 'r', logGroup: '/aws/lambda/f', logStream: '' };
  const context = { raw: 'platform', region: 'r', selfLogGroups: [] } as const;
  const { deadLetters } = decodeStreams(readRawText(`x${damaged}\n`, source), source, context);
  expect(deadLetters.map(({ reason }) => reason)).toEqual(['platform-json-unreadable']);
});

test('a record behind other text below an event is one of its own, damaged or not, unless an application printed it', () => {
  const messages = (line: string): readonly string[] =>
    readForm(`2026-11-26T10:00:00Z a\n${line}\n`).events.map(({ message }) => message);
  const damaged = RECORD.slice(0, -1);
  expect(messages(`!${RECORD}`)).toEqual(['a', RECORD]);
  expect(messages(`!${damaged}`)).toEqual(['a', damaged]);
  expect(messages(`x = ${RECORD}`)).toEqual([`a\nx = ${RECORD}`]);
});
