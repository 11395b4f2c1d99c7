import { expect, test } from 'vitest';
import { leastCpuMs, leastCpuRatio } from '../../test/support/cpu.ts';
import { parseDocuments } from '../formats/json-documents.ts';
import { readMessage } from '../formats/subscription.ts';
import { exceededJsonLimit, measuredJson, parseLimited } from './json-limits.ts';

const nested = (depth: number, open = '[', close = ']'): string =>
  `${open.repeat(depth)}${' '.repeat(2000)}${close.repeat(depth)}`;

test.each([
  ['256 levels', nested(256), null],
  ['257 levels', nested(257), 'json-nested-too-deep'],
  ['257 levels after one that closed', `[[],${nested(256)}]`, 'json-nested-too-deep'],
  ['300 neighbours', `[${'[1],'.repeat(300)}[1]${' '.repeat(2000)}]`, null],
  ['300 objects', `[${'{"a":1},'.repeat(300)}1${' '.repeat(2000)}]`, null],
  ['brackets that never close', '['.repeat(1_000_000), 'json-nested-too-deep'],
  ['objects', '{"a":'.repeat(5000), 'json-nested-too-deep'],
  ['brackets in a string', JSON.stringify('['.repeat(1_000_000)), null],
  ['an escaped quote before brackets', `"\\"${'['.repeat(5000)}"`, null],
  ['millions of empty objects', `[${'{},'.repeat(500_000)}{}]`, 'json-too-dense'],
  ['millions of members', `{${'"a":1,'.repeat(300_000)}"b":1}`, 'json-too-dense'],
  ['as many objects as fit into a small text', `[${'{},'.repeat(20_000)}{}]`, null],
])('%s', (_, text, expected) => {
  expect(exceededJsonLimit(text)?.limit ?? null).toBe(expected);
  expect(parseLimited(text) === undefined).toBe(expected !== null);
});

const BLANKS = ' '.repeat(2000);

test.each([
  ['a value', `{"a":[1,"]}"]}${BLANKS}`, true],
  ['two values', `{}${BLANKS}{}`, true],
  ['an open bracket', `{"a":[${BLANKS}`, false],
  ['an open string', `"a${BLANKS}`, false],
  ['an open string behind an escaped quote', `"a\\"${BLANKS}`, false],
  ['one bracket too many, and one too few', `]${BLANKS}[`, false],
  ['one bracket too many', `{"a":1}}${BLANKS}`, false],
  ['a comma before a bracket', `[1,${BLANKS}]`, false],
  ['a comma before a brace', `{"a":1,}${BLANKS}`, false],
  ['a comma in a string before a bracket', `["1,"]${BLANKS}`, true],
  ['a comma before a bracket in a string', `[",]"]${BLANKS}`, true],
  ['a short text, which is not measured', '[', true],
])('whether %s may be one value', (_, text, expected) => {
  expect(measuredJson(text).mayBeWhole).toBe(expected);
  if (!expected) expect(() => void JSON.parse(text)).toThrow();
});

test('what goes beyond a limit is told with what was found and what is allowed', () => {
  expect(exceededJsonLimit(`[[],${nested(256)}]`)?.message).toBe(
    // The outer array and 255 of the 256 are allowed: "[[]," and 255 brackets come before the one too many.
    'JSON nested 257 levels deep at character 260; at most 256 are read. Log documents need less than a hundred.',
  );
  // "[", 500,000 times "{},", "{}]": 1,500,004 characters with an array and 500,001 objects; an eighth of them is 187,500.
  expect(exceededJsonLimit(`[${'{},'.repeat(500_000)}{}]`)?.message).toBe(
    'JSON of 1,500,004 characters with 500,002 objects and arrays and 0 members; at most 187,500 and 187,500 are read. Send it in smaller documents: up to 65,536 characters they are not counted.',
  );
});

test('lines that cannot be parsed do not take their neighbours with them', () => {
  const lines = ['{"a":"first object"}', '{'.repeat(400), '{"b":', '{"c":"last object"}'];
  const text = `${lines.join('\n')}\n${' '.repeat(2000)}`;
  const { values, undecodable } = parseDocuments(text);
  expect(values.map(({ value }) => value)).toEqual([{ a: 'first object' }, { c: 'last object' }]);
  expect(undecodable.map(({ text: piece, limit }) => [piece, limit])).toEqual([[`${'{'.repeat(400)}\n{"b":`, null]]);
});

test.each([
  ['open braces', (n: number) => '{\n'.repeat(n)],
  ['objects that end and cannot be parsed', (n: number) => `${'{x\n'.repeat(n)}${'}'.repeat(n)}`],
  ['an object inside of each other', (n: number) => `${'{"a":\n'.repeat(n)}${'}'.repeat(n)}x`],
])('%s: the work grows with the text', (_, make) => {
  const [short, long] = [make(20_000), make(160_000)];
  parseDocuments(short);
  const times = leastCpuRatio(
    () => parseDocuments(long),
    () => parseDocuments(short),
    24,
  );
  // Eight times the text in quadratic time would take 64 times as long.
  expect(times).toBeLessThan(24);
});

test('a message may name 1,000 accounts and regions; further events are counted', () => {
  const event = (at: number) => ({
    id: String(at),
    timestamp: Date.UTC(2026, 10, 20),
    message: 'x',
    extractedFields: { '@aws.account': String(at).padStart(12, '0'), '@aws.region': `eu-west-${at % 8}` },
  });
  const read = (n: number) =>
    readMessage(
      {
        messageType: 'DATA_MESSAGE',
        owner: '123456789012',
        logGroup: '/g',
        logStream: 's',
        logEvents: Array.from({ length: n }, (_, at) => event(at)),
      },
      { region: 'eu-west-1' },
    );
  const found = read(10_000);
  // The owner's own account and region take a place as well.
  expect(found.kind === 'data' && [found.streams.length, found.beyond]).toEqual([999, 9001]);
  expect(leastCpuMs(() => read(10_000), 1000)).toBeLessThan(1000);
});
