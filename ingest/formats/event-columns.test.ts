/** Columns of tables: names as the tools' exports have them, and rows that do not have one cell for each. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../records/time.ts';
import { isCsvHeader, isTableHeader, readCsv, readTable, withoutSeparatorLine } from './event-table.ts';

const AT_MS = Date.UTC(2026, 10, 26, 10, 0, 1);
const TIME = '2026-11-26T10:00:01.000Z';
const STREAM = '2026/11/26/[$LATEST]0123456789abcdef0123456789abcdef';
const EVENT = { timestampMs: AT_MS, isConverted: false, message: 'a', stream: '', id: '', group: null, account: null };

const TIMES = [
  'timestamp',
  '@timestamp',
  'time',
  'date',
  'datetime',
  'event_time',
  'eventtime',
  '_time',
  '_messagetime',
];
const MESSAGES = ['message', '@message', 'msg', 'line', 'content', '_raw', '_msg', 'textpayload'];
const STREAMS = [
  'logstream',
  '@logStream',
  'logStreamName',
  'log_stream',
  'log_stream_name',
  'aws.cloudwatch.log_stream',
];
const LOGS = ['log', '@log', 'loggroup', 'logGroupName', 'log_group', 'log_group_name', 'aws.cloudwatch.log_group'];
const IDS = ['eventId', 'event_id', 'id', '@id'];
const ID = '3'.repeat(56);

describe('names of columns', () => {
  // Beside a column that is not known, so that neither order nor number decides.
  const csv = (name: string, cell: string): string => `other,${name},time,message\nx,${cell},${TIME},a\n`;

  test.each([...TIMES, 'Timestamp (UTC)', ' TIME '])('the time is %j', (name) => {
    expect(readCsv(`other,message,${name}\nx,a,${TIME}\n`)).toEqual({ events: [EVENT], problems: [] });
  });

  test.each([...MESSAGES, 'MESSAGE'])('the message is %s', (name) => {
    expect(readCsv(`other,${name},time\nx,a,${TIME}\n`)).toEqual({ events: [EVENT], problems: [] });
    expect(readTable(`| other | ${name} | time |\n|---|---|---|\n| x | a | ${TIME} |\n`)?.events).toEqual([EVENT]);
  });

  test.each([...STREAMS, 'aws.logStream'])('the stream is %s', (name) => {
    expect(readCsv(csv(name, STREAM))?.events).toEqual([{ ...EVENT, stream: STREAM }]);
  });

  test.each([...LOGS, 'aws.logGroup'])('the log group is %s', (name) => {
    expect(readCsv(csv(name, '/aws/lambda/f'))?.events).toEqual([{ ...EVENT, group: '/aws/lambda/f' }]);
    expect(readCsv(csv(name, '123456789012:/aws/lambda/f'))?.events).toEqual([
      { ...EVENT, group: '/aws/lambda/f', account: '123456789012' },
    ]);
    expect(readCsv(csv(name, ''))?.events).toEqual([EVENT]);
  });

  test.each(IDS)('the id is %s: 56 digits', (name) => {
    expect(readCsv(csv(name, ` ${ID} `))?.events).toEqual([{ ...EVENT, id: ID }]);
    for (const other of [`${ID}3`, ID.slice(1), `${ID.slice(1)}x`, `x${ID}`, ''])
      expect(readCsv(csv(name, other))?.events).toEqual([EVENT]);
  });

  test.each(['stamp', 'text', 'stream', 'group', 'ptr', 'number', 'event', 'timestamps', 'the message'])(
    '%s is none of them',
    (name) => {
      expect(readCsv(csv(name, STREAM))?.events).toEqual([EVENT]);
    },
  );

  test('the exact time of Grafana counts, not that of the browser', () => {
    const row = `2026-11-26 11:00:01,a,${AT_MS}000000`;
    expect(readCsv(`Time,Line,tsNs\n${row}\n`)?.events).toEqual([{ ...EVENT, isConverted: true }]);
    expect(readCsv(`Time,Line,other\n${row}\n`)?.events).toEqual([{ ...EVENT, timestampMs: AT_MS + HOUR_MS }]);
  });

  test('of two columns of a kind the first counts', () => {
    expect(readCsv(`time,timestamp,message,msg\n${TIME},1,a,b\n`)?.events).toEqual([EVENT]);
  });
});

describe('headers', () => {
  test.each([
    ['time,message', true],
    ['message;time', true],
    ['message\ttime\r', true],
    ['"time","message"', true],
    ['a,b,time,c,message', true],
    ['time', false],
    ['message', false],
    ['time,other', false],
    ['other,message', false],
    ['time message', false],
    ['| time,message', false],
    [`time,message,${'x'.repeat(1987)}`, true],
    [`time,message,${'x'.repeat(1988)}`, false],
    ['', false],
  ])('%j is one of CSV: %s', (line, expected) => {
    expect(isCsvHeader(line)).toBe(expected);
  });

  test.each([
    ['|time|msg', true],
    ['| time | message |', true],
    ['  | message | @timestamp |  ', true],
    ['| tsNs | line |', true],
    ['|time|ms', false],
    ['| time | other |', false],
    ['| message | other |', false],
    ['time | message', false],
    ['', false],
  ])('%j is one of a table: %s', (line, expected) => {
    expect(isTableHeader(line)).toBe(expected);
  });

  test.each([
    ['sep=;\na', 'a'],
    ['"sep=,"\r\na', 'a'],
    ['SEP=\t\na', 'a'],
    ['sep=|\na', 'sep=|\na'],
    ['sep=;a', 'sep=;a'],
    ['a\nsep=;\n', 'a\nsep=;\n'],
  ])('%j without the line of the separator', (text, expected) => {
    expect(withoutSeparatorLine(text)).toBe(expected);
  });
});

describe('CSV', () => {
  test('is read without its last line end, and behind blank lines', () => {
    expect(readCsv(`\n \ntime,message\n${TIME},a`)).toEqual({ events: [EVENT], problems: [] });
    expect(readCsv('time,message')).toEqual({ events: [], problems: [] });
    expect(readCsv('time,message\n')).toEqual({ events: [], problems: [] });
    for (const text of ['', 'a,b\n1,2\n', 'START RequestId: a', `${TIME},a`]) expect(readCsv(text)).toBeNull();
  });

  test('cells beyond the columns belong to the message, and those that are missing are empty', () => {
    expect(readCsv(`time,message,logStream\n${TIME},a,b,c,${STREAM}\n`)?.events).toEqual([
      { ...EVENT, message: 'a | b | c', stream: STREAM },
    ]);
    expect(readCsv(`message,time\na,b,${TIME}\n`)?.events).toEqual([{ ...EVENT, message: 'a | b' }]);
    expect(readCsv(`time,message,logStream\n${TIME},a\n${TIME}\n`)?.events).toEqual([EVENT, { ...EVENT, message: '' }]);
  });

  test('rows without a time have a reason, empty ones none', () => {
    expect(readCsv(`time,message\nsoon,a\n,b\n, \n"1,8E+12",c\n3/4/2026 10:00:01,d\n${TIME},a\n`)).toEqual({
      events: [EVENT],
      problems: [
        { reason: 'row-without-time', text: 'soon,a' },
        { reason: 'row-without-time', text: ',b' },
        { reason: 'time-rounded', text: '1,8E+12,c' },
        { reason: 'date-order-ambiguous', text: '3/4/2026 10:00:01,d' },
      ],
    });
  });

  test('one date decides the order of day and month in all rows, also in those before it', () => {
    const rows = (last: string): string => `message,time\na,03/04/2026 10:00:01\nb,${last} 10:00:01\n`;
    const of = (last: string) => readCsv(rows(last))?.events.map(({ timestampMs }) => timestampMs);
    expect(of('26/11/2026')).toEqual([Date.UTC(2026, 3, 3, 10, 0, 1), AT_MS]);
    expect(of('11/26/2026')).toEqual([Date.UTC(2026, 2, 4, 10, 0, 1), AT_MS]);
  });

  test.each([
    ['@message,@other\na,b\n', 'insights-without-timestamp'],
    ['"@timestamp","@duration"\n1,2\n', 'insights-without-message'],
    ['@ptr', 'insights-without-message'],
    ['@message\na\n', 'insights-without-timestamp'],
    ['@timestamp;@duration\n1;2\n', 'insights-without-message'],
    ['@timestamp\t@duration\n1\t2\n', 'insights-without-message'],
  ])('%j is one of Logs Insights without a column', (text, reason) => {
    expect(readCsv(text)).toEqual({ events: [], problems: [{ reason, text }] });
  });

  test.each(['@message is a word', '@a.b,c\n', 'x @ptr\n', `@ptr,${'x'.repeat(2000)}\n`])('%j is none', (text) => {
    expect(readCsv(text)).toBeNull();
  });
});

describe('tables', () => {
  const table = (...rows: readonly string[]): string => `| time | message |\n|---|---|\n${rows.join('\n')}\n`;
  const messages = (text: string) => readTable(text)?.events.map(({ message }) => message);

  test('a third of the lines have to look like rows', () => {
    const rows = (others: number): string => `| ${TIME} | a |\n${'text\n'.repeat(others)}`;
    expect(messages(rows(2))).toEqual(['a']);
    expect(readTable(rows(3))).toBeNull();
    expect(readTable('no rows')).toBeNull();
    expect(readTable('a | b\nc | d\n')).toBeNull();
    expect(readTable('| a | b |\n')).toBeNull();
    expect(readTable('|\n|\n')).toBeNull();
  });

  test('lines that are no rows are problems, those of the console are not', () => {
    expect(readTable(`${table(`| ${TIME} | a |`)}text\nNo newer events at this moment.\nRetry\nmore\n`)).toEqual({
      events: [EVENT],
      problems: [
        { reason: 'line-without-time', text: 'text' },
        { reason: 'line-without-time', text: 'more' },
      ],
    });
  });

  test('a line break within a cell does not end its row, where rows have a closing bar', () => {
    expect(messages(table(`| ${TIME} | a`, 'b', 'c |', `| ${TIME} | d |`))).toEqual(['a\nb\nc', 'd']);
    // A bar divides cells also where it begins a line of the message.
    const closed = `| ${TIME} | x |`;
    expect(messages(table(closed, `| ${TIME} | a`, '| b |', closed))).toEqual(['x', 'a | b', 'x']);
    expect(messages(table(closed, `| ${TIME} | a`, 'b', '', 'c |', closed))).toEqual(['x', 'a\nb\nc', 'x']);
  });

  test('where no row is closed, lines belong to the row before them', () => {
    expect(messages(`| time | message\n|---|---\n| ${TIME} | a\nb\n| ${TIME} | c\n`)).toEqual(['a\nb', 'c']);
  });

  test('a row has at most 500 lines', () => {
    const text = (lines: number): string =>
      `| time | message\n| ${TIME} | a\n${'x\n'.repeat(lines - 1)}| ${TIME} | b\n`.repeat(1);
    const bars = '| |\n'.repeat(600);
    const read = (lines: number) => readTable(text(lines) + bars.replaceAll('| |', `| ${TIME} | c`));
    expect(read(500)?.problems).toEqual([]);
    expect(read(501)?.problems).toEqual([{ reason: 'line-without-time', text: 'x' }]);
    expect(read(500)?.events[0]?.message).toBe(`a${'\nx'.repeat(499)}`);
  });

  test('rulers and blank lines are no rows', () => {
    const rulers = ['+---+---+', '|:--|--:|', '| --- | --- |', '   ', ''];
    expect(messages(table(...rulers, `| ${TIME} | a |`, ...rulers))).toEqual(['a']);
  });

  test('a message that is printed twice in an expanded row counts once', () => {
    const row = (message: string): string => `| ${TIME}Copy${message}\n| ${TIME} | b\n`;
    expect(messages(row('a b | a  b'))).toEqual(['a b', 'b']);
    expect(messages(row('a | b | a | b'))).toEqual(['a | b', 'b']);
    expect(messages(row('a | b'))).toEqual(['a | b', 'b']);
    expect(messages(row('a | b | a'))).toEqual(['a | b | a', 'b']);
    expect(messages(row('a |'))).toEqual(['a', 'b']);
  });
});
