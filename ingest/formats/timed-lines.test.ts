/** Rows whose time has no date. */
import { expect, test } from 'vitest';
import { readForm } from '../../test/support/export-forms.ts';

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
