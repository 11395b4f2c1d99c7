/** `filter-log-events` and `get-log-events` as JSON, text and YAML, and `--query` pairs. */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cpuMs, leastCpuMs } from '../../test/support/cpu.ts';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  expectFormToBeRead,
  expectVariant,
  iso,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';
import { leastGrowth } from '../../test/support/memory.ts';
import { readTextOutput } from './cli-output.ts';

const event = (ms: number, message: string) => ({
  logStreamName: STREAM,
  timestamp: ms,
  message,
  ingestionTime: ms + 900,
  eventId: '3'.repeat(56),
});

test('any message is read back from JSON', () => {
  expectFormToBeRead((events) =>
    JSON.stringify(
      { events: events.map((one) => event(one.timestampMs, one.message)), searchedLogStreams: [] },
      null,
      4,
    ),
  );
});

test('any message is read back from YAML', () => {
  expectFormToBeRead((events) =>
    stringify({ events: events.map((one) => event(one.timestampMs, one.message)), nextToken: 'abc' }),
  );
});

test('any message is read back from text', () => {
  expectFormToBeRead((events) =>
    events
      .map(
        (one) => `EVENTS\t${'3'.repeat(56)}\t${one.timestampMs + 900}\t${STREAM}\t${one.message}\t${one.timestampMs}\n`,
      )
      .join(''),
  );
});

test('any message is read back from pairs', () => {
  expectFormToBeRead((events) => JSON.stringify(events.map((one) => [one.timestampMs, one.message])), { stream: '' });
});

const two = <Item>(of: (ms: number, message: string) => Item): readonly Item[] => [of(T, START), of(T + 12, REPORT)];
const VARIANTS: readonly Variant[] = [
  [
    'get-log-events',
    JSON.stringify({
      events: two((ms, message) => ({ timestamp: ms, message, ingestionTime: ms })),
      nextForwardToken: 'f/1',
      nextBackwardToken: 'b/1',
    }),
    '',
  ],
  ['--query events[] as an array', JSON.stringify(two(event)), STREAM],
  [
    '--query with names of its own',
    JSON.stringify(two((ms, message) => ({ timestamp: ms, message, stream: STREAM }))),
    '',
  ],
  ['--query pairs with the stream', JSON.stringify(two((ms, message) => [ms, message, STREAM])), STREAM],
  ['--query pairs with the message first', JSON.stringify(two((ms, message) => [message, ms])), ''],
  ['--query pairs as text', two((ms, message) => `${ms}\t${message}`).join('\n'), ''],
  [
    'jq -c',
    two(event)
      .map((one) => JSON.stringify(one))
      .join('\n'),
    STREAM,
  ],
  [
    'get-log-events as text, tokens first',
    `b/371\tf/372\n${two((ms, message) => `EVENTS\t${ms + 900}\t${message}\t${ms}\n`).join('')}`,
    '',
  ],
  [
    'pages one after the other',
    two((ms, message) => JSON.stringify({ events: [event(ms, message)] })).join('\n'),
    STREAM,
  ],
  ['times as ISO text', JSON.stringify(two((ms, message) => ({ ...event(ms, message), timestamp: iso(ms) }))), STREAM],
  [
    'PowerShell: capital names',
    JSON.stringify(two((ms, message) => ({ Timestamp: ms, Message: message, LogStreamName: STREAM }))),
    STREAM,
  ],
  ['YAML with a token first', `nextToken: abc\n${stringify({ events: two(event) })}`, STREAM],
  [
    'YAML in blocks',
    `events:\n${two((ms, message) => `- message: |\n    ${message}\n  timestamp: ${ms}\n`).join('')}`,
    '',
  ],
  [
    'YAML with searched streams after the events',
    `${stringify({ events: two(event), searchedLogStreams: [{ logStreamName: STREAM, searchedCompletely: true }] })}`,
    STREAM,
  ],
  ['YAML list without events:', stringify(two(event)), STREAM],
  ['YAML list in a document with markers', `---\n${stringify(two(event))}...\n`, STREAM],
  ['YAML list with quoted keys', stringify(two(event), { defaultKeyType: 'QUOTE_DOUBLE' }), STREAM],
  [
    'YAML list in single quotes, times as text',
    two((ms, message) => `- message: '${message}'\n  timestamp: '${iso(ms)}'\n`).join(''),
    '',
  ],
  ['YAML pairs', stringify(two((ms, message) => [ms, message])), ''],
  [
    'YAML stream of two pages',
    two((ms, message) => stringify([{ events: [event(ms, message)], nextToken: 'x', searchedLogStreams: [] }])).join(
      '',
    ),
    STREAM,
  ],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

const ID_OF_EVENT = '3'.repeat(56);
const row = (...cells: readonly (string | number)[]): string => ['EVENTS', ...cells].join('\t');
test.each([
  ['a letter in the id', row(`${ID_OF_EVENT.slice(1)}x`, T + 900, STREAM, 'x', T)],
  ['an id of 55 digits', row(ID_OF_EVENT.slice(1), T + 900, STREAM, 'x', T)],
  ['no time of receipt', row(ID_OF_EVENT, STREAM, 'x', T)],
  ['a letter in the time of receipt', row(ID_OF_EVENT, `${T}`.replace(/.$/, 'x'), STREAM, 'x', T)],
  ['a stream without a name', row(ID_OF_EVENT, T + 900, '', 'x', T)],
  ['a stream of 601 characters', row(ID_OF_EVENT, T + 900, 's'.repeat(601), 'x', T)],
  ['no message', row(ID_OF_EVENT, T + 900, STREAM, T)],
  ['no time', row(ID_OF_EVENT, T + 900, STREAM, 'x')],
  ['a letter in the time', row(ID_OF_EVENT, T + 900, STREAM, 'x', `${T}`.replace(/.$/, 'x'))],
  ['a time in seconds', row(ID_OF_EVENT, T + 900, STREAM, 'x', T / 1000)],
  ['a time of receipt alone, in seconds', row(T / 1000, 'x', T)],
])('a row of text with %s is a problem, and its neighbours are read', (_, text) => {
  const read = readTextOutput(`${row(T + 900, START, T)}\n${text}\n${row(T + 912, REPORT, T + 12)}\n`);
  expect(read?.events.map(({ message }) => message)).toEqual([START, REPORT]);
  expect(read?.problems).toEqual([{ reason: 'not-a-log-event', text }]);
});

test('rows of text with an empty message, the longest name of a stream, and a line end in the message', () => {
  const longest = 's'.repeat(600);
  const rows = [row(ID_OF_EVENT, T + 900, STREAM, '', T), row(ID_OF_EVENT, T + 901, longest, 'two\nlines\n', T + 1)];
  expect(readTextOutput(`${rows.join('\n')}\n`)).toMatchObject({
    events: [
      { id: ID_OF_EVENT, stream: STREAM, message: '', timestampMs: T },
      { id: ID_OF_EVENT, stream: longest, message: 'two\nlines', timestampMs: T + 1 },
    ],
    problems: [],
  });
});

test('an application line that looks like the output of a command does not swallow the file', () => {
  const before = `${iso(T)} ${START}\n`;
  const yaml = readForm(`${before}${iso(T + 1)} config:\nevents:\n  - a: b\n${iso(T + 12)} ${REPORT}\n`);
  expect(yaml.events.map(({ timestampMs }) => timestampMs)).toEqual([T, T + 1, T + 12]);
  const text = readForm(`${before}${iso(T + 1)} a table\nEVENTS\tx\n${iso(T + 12)} ${REPORT}\n`);
  expect(text.events.map(({ timestampMs }) => timestampMs)).toEqual([T, T + 1, T + 12]);
});

test('a YAML message that holds a list is one event', () => {
  const list = readForm(`- message: |\n    ${START}\n    - a: b\n  timestamp: ${T}\n`);
  expect(list.events).toHaveLength(1);
  expect(list.reasons).toEqual([]);
});

test('lines that look like a YAML list without messages and times stay lines', () => {
  const lines = readForm(`- a: b\n- c: d\n${iso(T)} ${START}\n`);
  expect(lines.events.map(({ timestampMs }) => timestampMs)).toEqual([T]);
});

/** Sixty times the text. */
const MOST_BYTES = 200_000_000;
const bomb = (levels: number): string =>
  Array.from({ length: levels }, (_, at) => `  a${at}: &a${at} [${`*a${at - 1},`.repeat(at === 0 ? 0 : 9)}x]`).join(
    '\n',
  );
test.each([
  ['aliases of aliases', `events:\n- b: 1\n${bomb(30)}\n`],
  ['one item of 5 MB', `events:\n- message: ${'x'.repeat(5_000_000)}\n`],
  ['3 MB of nested lists', `events:\n- a: ${'['.repeat(3_000_000)}\n`],
  [
    '5 MB of nested maps',
    `events:\n- a:\n${Array.from({ length: 3000 }, (_, at) => `${' '.repeat(at + 3)}b:\n`).join('')}`,
  ],
  ['3 MB of anchors', `events:\n- a:\n${'  - &x y\n'.repeat(360_000)}`],
  ['3 MB of aliases', `events:\n- a: &x y\n  b:\n${'  - *x\n'.repeat(420_000)}`],
  ['3 MB of flow maps', `events:\n- a: ${'{b: '.repeat(750_000)}\n`],
  ['a quoted text with 4 MB after it', `events:\n- a: "${'"'.repeat(3_900_000)}\n`],
  ['100,000 braces', `events:\n- a: ${'{'.repeat(100_000)}\n`],
  ['3 MB of items', `events:\n${'- m: [\n'.repeat(400_000)}`],
  ['3 MB of keys', `events:\n- a: 1\n${Array.from({ length: 200_000 }, (_, at) => `  k${at}: 1\n`).join('')}`],
])('hostile YAML, %s: a reason, in bounded time and memory', async (_name, text) => {
  let read = readForm('');
  let ms = Number.POSITIVE_INFINITY;
  const grown = await leastGrowth(
    () => process.memoryUsage().heapUsed,
    MOST_BYTES,
    () => {
      ms = Math.min(
        ms,
        cpuMs(() => {
          read = readForm(text);
        }),
      );
    },
  );
  expect(read.events).toEqual([]);
  expect(read.reasons.length).toBeGreaterThan(0);
  expect(ms).toBeLessThan(5000);
  expect(grown).toBeLessThan(MOST_BYTES);
});

test('items of YAML that no tool prints are read up to a limit of their characters, and others beyond it', () => {
  const commented = `- message: x # y\n  timestamp: ${T}\n`;
  const printed = `- message: z\n  timestamp: ${T}\n`;
  const read = readForm(`events:\n${commented.repeat(1000)}${printed.repeat(1500)}`);
  const of = (message: string): number => read.events.filter((one) => one.message === message).length;
  // 8,192 characters, of 44 for each item.
  expect(commented).toHaveLength(44);
  expect({ x: of('x'), z: of('z'), reasons: [...new Set(read.reasons)] }).toEqual({
    x: 186,
    z: 1500,
    reasons: ['yaml-unreadable'],
  });
});

const keyed = (message: string, keys: number): string =>
  `events:\n- message: ${message}\n  timestamp: ${T}\n${Array.from({ length: keys }, (_, at) => `  k${at}: 1\n`).join('')}`;

test('an item of YAML with 100,000 keys is refused in time that grows with its bytes', () => {
  let read = readForm('');
  const ms = leastCpuMs(() => {
    read = readForm(keyed('x', 100_000));
  }, 2000);
  expect(read).toMatchObject({ events: [], reasons: ['yaml-unreadable'] });
  expect(ms).toBeLessThan(2000);
});

test.each([
  [190, 1],
  [300, 0],
])(
  '%d keys and a comment in an item of YAML: %d event, since each key is compared with all before it',
  (keys, events) => {
    expect(readForm(keyed('x # y', keys)).events).toHaveLength(events);
  },
);

test('get-query-results as YAML is refused once, with the output format that is read', () => {
  const cell = (field: string, value: string) => ({ field, value });
  const results = two((ms, message) => [cell('@timestamp', iso(ms)), cell('@message', message)]);
  const { events, reasons } = readForm(stringify({ results, statistics: { bytesScanned: 100 }, status: 'Complete' }));
  expect({ events: events.length, reasons }).toEqual({ events: 0, reasons: ['yaml-unreadable'] });
});

const ID = '3'.repeat(56);

test.each([
  ['get-log-events', `EVENTS\t${T + 900}\tx\t${T}`, ['', '', 'x']],
  ['filter-log-events', `EVENTS\t${ID}\t${T + 900}\ts\tx\t${T}`, [ID, 's', 'x']],
  ['an empty message', `EVENTS\t${T + 900}\t\t${T}`, ['', '', '']],
  ['tabs and lines in a message', `EVENTS\t${T + 900}\ta\tb\nc\n\t${T}`, ['', '', 'a\tb\nc']],
  ['a message of one newline', `EVENTS\t${T + 900}\t\n\t${T}`, ['', '', '']],
])('a row of text output: %s', (_, row, [id, stream, message]) => {
  const read = readTextOutput(`${row}\n`);
  expect(read?.events).toEqual([
    { timestampMs: T, isConverted: false, id, stream, message, group: null, account: null },
  ]);
  expect(read?.problems).toEqual([]);
});

test.each([
  `EVENTS\t${T}`,
  `EVENTS\t${T}\t${T}`,
  `EVENTS\t${T}x\tx\t${T}`,
  `EVENTS\t${T + 900}\tx\t${T}0`,
  `EVENTS\t${T + 900}\tx ${T}`,
  `EVENTS\t${ID}\t${T}\t\tx\t${T}`,
  `EVENTS\t${ID}\t${T}\t${'s'.repeat(601)}\tx\t${T}`,
  `EVENTS\t${ID}\t${T}\ta\nb\tx\t${T}`,
  `EVENTS\t${ID}\t${T}\tx\t${T}`,
  `EVENTS\t${ID}\t1\ts\tx\t${T}`,
])('%j is no row of text output', (row) => {
  expect(readTextOutput(row)).toEqual({ events: [], problems: [{ reason: 'not-a-log-event', text: row }] });
});

test('the items of a YAML list use 64 names at most, and those with further ones are refused', () => {
  const item = (names: readonly string[]): string =>
    `- message: x\n  timestamp: 1795888751426\n${names.map((name) => `  ${name}: y\n`).join('')}`;
  const names = Array.from({ length: 62 }, (_, at) => `a${at}`);
  const read = readForm(`events:\n${item(names)}${item(['further'])}${item(['a61'])}`);
  expect({ events: read.events.length, reasons: read.reasons }).toEqual({ events: 2, reasons: ['yaml-unreadable'] });
});
