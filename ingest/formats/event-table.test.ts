import { expect, test } from 'vitest';
import { readCsv, readTable } from './event-table.ts';

const AT_MS = Date.UTC(2026, 10, 26, 10, 0, 1);

test('a CSV cell holds quotes, commas and line ends; columns are found by name in any order', () => {
  const csv =
    '@logStream,@message,@timestamp,@log\n2026/11/26/[7]ab,"a ""b"", c\nd",2026-11-26 10:00:01.000,123456789012:/aws/lambda/x\n';
  expect(readCsv(csv)).toEqual({
    events: [
      {
        timestampMs: AT_MS,
        isConverted: false,
        message: 'a "b", c\nd',
        stream: '2026/11/26/[7]ab',
        id: '',
        group: '/aws/lambda/x',
        account: '123456789012',
      },
    ],
    problems: [],
  });
});

test('an export of pointers alone names what is missing', () => {
  expect(readCsv('@ptr\nCmAK\n')?.problems.map(({ reason }) => reason)).toEqual(['insights-without-message']);
});

test('a table row without a closing bar, with a zone, and with a bar inside the message', () => {
  const table = '| time | message |\n|---|---|\n| 2026-11-26T11:00:01.000+01:00 | a | b\n';
  expect(readTable(table)?.events).toMatchObject([{ timestampMs: AT_MS, message: 'a | b' }]);
});

test('a row with a long run of blanks is read whole', () => {
  const blanks = ' '.repeat(2_000_000);
  expect(readTable(`| 2026-11-26T10:00:01.000Z | a${blanks}b |\n`)?.events[0]?.message).toHaveLength(2_000_002);
});

const STREAM = '2026/11/26/[$LATEST]0123456789abcdef0123456789abcdef';
const TIME = '2026-11-26T10:00:01.000Z';
test.each([
  ['a message', `| ${TIME} | a |`, { stream: '', message: 'a' }],
  ['a message with bars', `| ${TIME} | a | b | c |`, { stream: '', message: 'a | b | c' }],
  ['a stream and a message', `| ${TIME} | ${STREAM} | a |`, { stream: STREAM, message: 'a' }],
  ['a stream and a message with a bar', `| ${TIME} | ${STREAM} | a | b |`, { stream: STREAM, message: 'a | b' }],
  ['a number before the time', `| 17 | ${TIME} | ${STREAM} | a |`, { stream: STREAM, message: 'a' }],
  ['a message that is the name of a stream', `| ${TIME} | ${STREAM} |`, { stream: '', message: STREAM }],
])('rows without names of columns: %s', (_, row, expected) => {
  expect(readTable(`${row}\n${row}\n`)).toMatchObject({
    events: [
      { timestampMs: AT_MS, ...expected },
      { timestampMs: AT_MS, ...expected },
    ],
    problems: [],
  });
});

test.each([
  ...['timestamp', '@timestamp', 'Time', 'DATE', 'datetime', 'event_time', 'EventTime', '_time', '_messagetime'],
  ...['Timestamp (UTC)'],
])('a table whose column of times is named %s', (name) => {
  // Without names, the message would be what follows the time.
  const table = `| message | ${name} |\n|---|---|\n| a | 2026-11-26T10:00:01.000Z |\n`;
  expect(readTable(table)?.events).toMatchObject([{ timestampMs: AT_MS, message: 'a' }]);
});

test('a table of Grafana has its exact times in nanoseconds', () => {
  const table = `| message | tsNs |\n|---|---|\n| a | ${AT_MS}000000 |\n`;
  expect(readTable(table)?.events).toMatchObject([{ timestampMs: AT_MS, message: 'a' }]);
});

test('an escaped bar is part of its cell', () => {
  const table = '| time | message | other |\n|---|---|---|\n| 2026-11-26T10:00:01.000Z | a \\| b | c |\n';
  expect(readTable(table)?.events).toMatchObject([{ message: 'a | b' }]);
});

test('rows pasted from the old console: the first without a bar, an expanded one with the label of its button', () => {
  const rows = [
    '2026-11-26T11:00:01.000+01:00 | START a',
    '-- | --',
    '  | 2026-11-26T11:00:01.000+01:00 | END a | b',
    '  | 2026-11-26T11:00:01.000+01:00CopyTask\ttimed out | Task timed out',
    '  | 2026-11-26T11:00:01.000+01:00Copyone | two | three',
  ].join('\n');
  const read = readTable(rows);
  expect(read?.problems).toEqual([]);
  expect(read?.events).toMatchObject([
    { timestampMs: AT_MS, message: 'START a' },
    { timestampMs: AT_MS, message: 'END a | b' },
    { timestampMs: AT_MS, message: 'Task\ttimed out' },
    { timestampMs: AT_MS, message: 'one | two | three' },
  ]);
});

test('lines with a bar after their time are no table by themselves', () => {
  expect(readTable('2026-11-26T10:00:01.000Z | INFO | a\n2026-11-26T10:00:01.000Z | INFO | b\n')).toBeNull();
});

test('the title of a table without column names is no row', () => {
  const read = readTable(`-----\n|  FilterLogEvents  |\n+---+---+\n|  ${AT_MS}|  END a |\n-----\n`);
  expect(read?.problems).toEqual([]);
  expect(read?.events).toMatchObject([{ timestampMs: AT_MS, message: 'END a' }]);
});

test('each row without a time is a problem with its text, and each of a multitude counts', () => {
  const rows = ['x', '1.79589E+12,rounded', ' ', ...Array.from({ length: 6000 }, (_, at) => `r${at}`)];
  const problems = readCsv(`timestamp,message\n${rows.join('\n')}\n1.8E+12,also\n`)?.problems ?? [];
  // The blank row is none.
  expect(problems).toHaveLength(6003);
  expect(problems.slice(0, 3)).toEqual([
    { reason: 'row-without-time', text: 'x' },
    { reason: 'time-rounded', text: '1.79589E+12,rounded' },
    { reason: 'row-without-time', text: 'r0' },
  ]);
  expect(problems[4999]).toEqual({ reason: 'row-without-time', text: 'r4997' });
  expect(problems.filter(({ reason }) => reason === 'row-without-time')).toHaveLength(6001);
  expect(problems.at(-1)).toEqual({ reason: 'time-rounded', text: '1.8E+12,also' });
});

test.each([
  ['one blank around a cell', '| time | message |\n| 2026-11-26T10:00:01.000Z | a |\n', 'a'],
  ['none', '|time|message|\n|2026-11-26T10:00:01.000Z|a|\n', 'a'],
  ['many, and tabs', '|  time |\tmessage |\n|   2026-11-26T10:00:01.000Z\t | \t a b \t|\n', 'a b'],
  ['no-break spaces', '| time | message |\n| 2026-11-26T10:00:01.000Z\u00a0| \u00a0a\u00a0 |\n', 'a'],
  ['an empty cell', '| time | message |\n| 2026-11-26T10:00:01.000Z |  |\n', ''],
  ['three cells', '| id | time | message |\n| 1 | 2026-11-26T10:00:01.000Z | a |\n', 'a'],
  ['four cells for two columns', '| time | message |\n| 2026-11-26T10:00:01.000Z | a | b | c |\n', 'a | b | c'],
])('cells of a table with %s', (_, table, message) => {
  expect(readTable(table)?.events).toMatchObject([{ timestampMs: AT_MS, message }]);
});
