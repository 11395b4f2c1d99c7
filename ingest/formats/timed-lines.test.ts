/** Rows whose time has no date. */
import { expect, test, vi } from 'vitest';
import { readForm } from '../../test/support/export-forms.ts';
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

test('a record behind other text is parsed once, also where a label may stand before it', () => {
  const parse = vi.spyOn(JSON, 'parse');
  const record = '{"time":"2026-11-20T10:00:00Z","type":"platform.extension","record":{"name":"a"}}';
  const messages: string[] = [];
  readTimedLines(`1e400,${record}\n[[${record}\n`, (_place, _time, message) => messages.push(message), expect.fail);
  expect(messages).toEqual([record, record]);
  expect(parse.mock.calls.filter(([text]) => text === record)).toHaveLength(2);
  parse.mockRestore();
});
