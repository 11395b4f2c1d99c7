/** Values as programs print them. Each text is written by hand after what the program prints. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  expectFormToBeRead,
  expectVariant,
  GROUP,
  ID,
  iso,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';
import { readPrintedValues } from './printed-values.ts';

const two = (of: (ms: number, message: string) => string, between = '\n'): string =>
  [of(T, START), of(T + 12, REPORT)].join(between);
const single = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`;
const double = (text: string): string => JSON.stringify(text);

const VARIANTS: readonly Variant[] = [
  [
    'Python, print of a response of boto3',
    `{'events': [${two(
      (ms, text) => `{'logStreamName': '${STREAM}', 'timestamp': ${ms}, 'message': ${single(text)}, 'eventId': '1'}`,
      ', ',
    )}], 'searchedLogStreams': [], 'ResponseMetadata': {'HTTPStatusCode': 200, 'Retry': None, 'ok': True}}\n`,
    STREAM,
  ],
  ['Python, an event a line', two((ms, text) => `{'timestamp': ${ms}, 'message': ${single(text)}}`), ''],
  ['Python 2', `[${two((ms, text) => `{u'timestamp': ${ms}L, u'message': u${single(text)}}`, ', ')}]`, ''],
  [
    'Node.js, console.log',
    `[\n${two(
      (ms, text) => `  {\n    logStreamName: '${STREAM}',\n    timestamp: ${ms},\n    message: ${single(text)}\n  }`,
      ',\n',
    )}\n]\n`,
    STREAM,
  ],
  [
    'Node.js, a long string in pieces',
    `{\n  events: [\n${two(
      (ms, text) =>
        `    {\n      message: ${single(text.slice(0, 20))} +\n        ${single(text.slice(20))},\n      timestamp: ${ms}\n    }`,
      ',\n',
    )}\n  ],\n  nextToken: undefined\n}\n`,
    '',
  ],
  [
    'Logstash, rubydebug',
    two(
      (ms, text) =>
        `{\n       "message" => ${double(text)},\n    "@timestamp" => ${iso(ms)},\n      "@version" => "1"\n}`,
    ),
    '',
  ],
  ['Fluent Bit 2, stdout', two((ms, text) => `[0] lambda: [[${ms / 1000}000000, {}], {"log"=>${double(text)}}]`), ''],
  ['Fluent Bit 1, stdout', two((ms, text) => `[0] cw.app: [${ms / 1000}000000, {"log"=>${double(text)}}]`), ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('what console.log leaves out is reported, the rest is read', () => {
  const read = readForm(`[\n  { timestamp: ${T}, message: ${single(START)} },\n  ... 20 more items\n]\n`);
  expect(read.reasons).toEqual(['printed-value-shortened']);
  expect(read.events).toMatchObject([{ timestampMs: T, message: START }]);
});

test.each([
  ['cut off', `{'events': [{'timestamp': ${T}, 'message': 'START`],
  ['with a constructor', `{'at': datetime.datetime(2026, 11, 26), 'message': 'x'}`],
])('a value that is %s is refused once, by its form', (_name, text) => {
  expect(readForm(text)).toMatchObject({ events: [], reasons: ['printed-value-unreadable'] });
});

test('an object that an application printed does not change how the lines after it are read', () => {
  const lines = `${iso(T)} ${START}\n${iso(T + 12)} ${REPORT}\n`;
  for (const own of ['{ a: 1 }', '{ a: b c', "{'a': 1}"])
    expect(readForm(`${own}\n${lines}`).events.map(({ message }) => message.trim())).toEqual([START, REPORT.trim()]);
});

test('deep nesting and open strings end the reading', () => {
  expect(readForm(`{'a': ${'['.repeat(100_000)}`).reasons).toEqual(['printed-value-unreadable']);
  expect(readForm(`{'a': '${'x'.repeat(3_000_000)}`).reasons).toEqual(['printed-value-unreadable']);
});

test('law: what Python prints of any events is read back', () => {
  expectFormToBeRead(
    (events) =>
      `{'events': [${events
        .map(
          ({ timestampMs, message }) =>
            `{'logStreamName': '${STREAM}', 'timestamp': ${timestampMs}, 'message': ${single(message)}}`,
        )
        .join(', ')}], 'logGroup': '${GROUP}', 'request': '${ID}'}`,
  );
});

function valuesIn(text: string): readonly unknown[] {
  const values: unknown[] = [];
  readPrintedValues(text, (value) => values.push(value));
  return values;
}

test.each([
  ['a time and a record', "[1795687201.5, {'log': 'x'}]", [{ date: 1_795_687_201.5, log: 'x' }]],
  ['a time with metadata', "[[1795687201.5, {}], {'log': 'x'}]", [{ date: 1_795_687_201.5, log: 'x' }]],
])('%s of Fluent Bit', (_, list, expected) => {
  expect(valuesIn(`{'a': 1}\n${list}`).slice(-expected.length)).toEqual(expected);
});

test.each([
  ['a time and a text', "[5, 'x']", [5, 'x']],
  ['a time and a list', '[5, [6]]', [5, [6]]],
  ['a time and nothing', '[5, None]', [5, null]],
  ['a time and a number', '[5, 6]', [5, 6]],
  ['three values', "[5, {'a': 1}, 6]", [5, { a: 1 }, 6]],
  ['a text and a record', "['x', {'a': 1}]", ['x', { a: 1 }]],
])('%s are values of their own', (_, list, expected) => {
  expect(valuesIn(`{'a': 1}\n${list}`).slice(1)).toEqual(expected);
});

test('a printed object of more than 256 members is refused, and one of 256 is read', () => {
  const members = (n: number): string => Array.from({ length: n }, (_, at) => `, 'a${at}': 1`).join('');
  const text = (n: number): string => `{'timestamp': ${T}, 'message': 'x'${members(n - 2)}}\n`;
  expect(readForm(text(256)).events).toHaveLength(1);
  expect(readForm(text(257)).reasons).toEqual(['printed-value-unreadable']);
});
