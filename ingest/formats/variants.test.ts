/** Forms that tools print, as their documentation shows them. Expected values are those that were rendered. */
import { describe, expect, test } from 'vitest';
import { leastCpuMs } from '../../test/support/cpu.ts';
import { readRawLogs } from './raw-logs.ts';

const SOURCE = { account: '', region: '', logGroup: '/aws/lambda/orders', logStream: '' };
const STREAM = '2026/11/26/[$LATEST]0123456789abcdef0123456789abcdef';
const ID = '00000001-0016-4000-8000-000000000016';
const START = `START RequestId: ${ID} Version: $LATEST`;
const REPORT = `REPORT RequestId: ${ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\t`;
const T = Date.UTC(2026, 10, 26, 10, 0, 1);

function read(text: string) {
  const logs = readRawLogs(Buffer.from(text), SOURCE);
  if (!logs.ok) throw new Error(logs.message);
  const events = logs.streams.flatMap(({ identity, events }) =>
    events.map(({ timestampMs, message }) => [timestampMs, identity.logStream, message.trim()] as const),
  );
  return { events, reasons: logs.unreadable.map(({ reason }) => reason) };
}

const green = (text: string): string => `\u001b[32m${text}\u001b[0m`;

const FORMS: readonly (readonly [form: string, text: string, stream: string])[] = [
  [
    'sam logs with colours',
    `${green(STREAM)} \u001b[33m2026-11-26T10:00:01.000000\u001b[0m ${START}\n${green(STREAM)} \u001b[33m2026-11-26T10:00:01.012000\u001b[0m ${REPORT}\n`,
    STREAM,
  ],
  [
    'sam logs --output json',
    [START, REPORT]
      .map((message, at) =>
        JSON.stringify({ logStreamName: STREAM, timestamp: T + at * 12, message, ingestionTime: T, eventId: '1' }),
      )
      .join('\n'),
    STREAM,
  ],
  [
    'awslogs get --timestamp with colours',
    `${green('/aws/lambda/orders')} \u001b[36m${STREAM}\u001b[0m \u001b[33m2026-11-26T10:00:01.000Z\u001b[0m ${START}\n${green('/aws/lambda/orders')} \u001b[36m${STREAM}\u001b[0m \u001b[33m2026-11-26T10:00:01.012Z\u001b[0m ${REPORT}\n`,
    STREAM,
  ],
  [
    'aws logs tail --format detailed, with an offset',
    `2026-11-26T11:00:01.000000+01:00 ${STREAM} ${START}\n2026-11-26T11:00:01.012000+01:00 ${STREAM} ${REPORT}\n`,
    STREAM,
  ],
  [
    'filter-log-events --output table',
    [
      '-----------------------------------',
      '|         FilterLogEvents         |',
      '+---------------------------------+',
      '||            events             ||',
      '|+---------+---------------+-----+|',
      '||  eventId  |  ingestionTime  |  logStreamName  |  message  |  timestamp  ||',
      '|+---------+---------------+-----+|',
      `||  ${'3'.repeat(56)}  |  ${T + 5}  |  ${STREAM}  |  ${START}\n  |  ${T}  ||`,
      `||  ${'4'.repeat(56)}  |  ${T + 17}  |  ${STREAM}  |  ${REPORT}\n  |  ${T + 12}  ||`,
      '|+---------+---------------+-----+|',
    ].join('\n'),
    STREAM,
  ],
  [
    'console CSV of a spreadsheet with semicolons and CRLF',
    `timestamp;message;logStreamName\r\n${T};"${START}\r\n";${STREAM}\r\n${T + 12};"${REPORT}\r\n";${STREAM}\r\n`,
    STREAM,
  ],
  [
    'Fluentd',
    [START, REPORT]
      .map((message, at) =>
        JSON.stringify({ '@timestamp': new Date(T + at * 12).toISOString(), message, log_stream: STREAM }),
      )
      .join('\n'),
    STREAM,
  ],
  [
    'YAML with a token after the list',
    `events:\n${[START, REPORT].map((message, at) => `- logStreamName: ${STREAM}\n  message: ${JSON.stringify(`${message}\n`)}\n  timestamp: ${T + at * 12}`).join('\n')}\nnextToken: abc\n`,
    STREAM,
  ],
];

describe('the same two events', () => {
  test.each(FORMS)('%s', (_name, text, stream) => {
    expect(read(text)).toEqual({
      events: [
        [T, stream, START],
        [T + 12, stream, REPORT.trim()],
      ],
      reasons: [],
    });
  });
});

test('a query that still runs, pointers alone, and a time without a message name what is wrong', () => {
  expect(read(JSON.stringify({ results: [], status: 'Running' })).reasons).toEqual(['insights-still-running']);
  expect(read('@timestamp,@ptr\n2026-11-26 10:00:01.000,CmA\n').reasons).toEqual(['insights-without-message']);
  expect(read('@message\nSTART\n').reasons).toEqual(['insights-without-timestamp']);
});

test('a time without a zone is UTC, wherever it is read', () => {
  const event = JSON.stringify({ timestamp: '2026-11-26 10:00:01.000', message: START });
  expect(read(event).events).toEqual([[T, '', START]]);
});

test('a CSV whose last quote is not closed gives the rows before it', () => {
  const { events, reasons } = read(`timestamp,message\n${T},"${START}\n"\n${T + 12},"END`);
  expect(events).toEqual([[T, '', START]]);
  expect(reasons).toEqual(['csv-unreadable']);
});

test.each([
  ['objects that never end', '{aaaaaaaaaaaaaaaaaaaa\n'],
  ['bars', '| |'],
  ['times alone', '2026-11-26T10:00:01.000Z\n'],
  ['EVENTS without fields', 'EVENTS\tx\n'],
  ['quotes', '"a,'],
  ['blanks', ' '],
  ['items of YAML', '- a: [\n'],
  ['rows of a CSV without end', '1,"a\n'],
  ['escape sequences', '\u001b[3'],
])('1 MB of %s takes seconds, not minutes', (_name, unit) => {
  const heads: Readonly<Record<string, string>> = { '- a: [\n': 'events:\n- b: 1\n', '1,"a\n': 'timestamp,message\n' };
  const text = (heads[unit] ?? '') + unit.repeat(1_000_000 / unit.length);
  expect(leastCpuMs(() => readRawLogs(Buffer.from(text), SOURCE), 3000)).toBeLessThan(3000);
});
