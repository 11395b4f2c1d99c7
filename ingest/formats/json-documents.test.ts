/** Short and many documents in one text. */
import { describe, expect, test } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import { longItems, parseDocuments } from './json-documents.ts';
import { readRawText } from './raw-logs.ts';

const source = { account: '', region: '', logGroup: '/aws/lambda/f', logStream: '' };
const EVENT = '{"time":1795888751426,"log":"END RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab"}';

test('the shortest document with a time and a message is parsed; a shorter one is text between documents', () => {
  const { values, undecodable } = parseDocuments('{"time":1,"log":""}\n{}{"a":1}\n{"b":2}\n{"time":2,"log":""}');
  expect(values.map(({ value }) => value)).toEqual([
    { time: 1, log: '' },
    { time: 2, log: '' },
  ]);
  expect(undecodable).toEqual([{ text: '{}{"a":1}\n{"b":2}', limit: null }]);
});

test('events between empty objects are read, and each line of empty objects is reported', () => {
  const read = readRawText(['{}', EVENT, '{}{}', '{"a":1}', EVENT, '{ }'].join('\n'), source);
  expect(read.streams.flatMap(({ events }) => events)).toHaveLength(2);
  expect(read.unreadable.map(({ text }) => text)).toEqual(['{}', '{}{}', '{"a":1}', '{ }']);
});

test('short lines of a bulk request are ignored, as long ones are', () => {
  const read = readRawText(['{"index":{}}', EVENT, '{ "create":{} }', EVENT].join('\n'), source);
  expect(read.streams.flatMap(({ events }) => events)).toHaveLength(2);
  expect([read.unreadable, read.ignored]).toEqual([[], [['bulk-action', 2]]]);
});

test('a document alone keeps its reason', () => {
  for (const text of ['{}', '{"a":1}', '{"message":"x"}', '[{},{"a":null}]'])
    expect([text, ...readRawText(text, source).unreadable.map(({ reason }) => reason)]).toEqual([
      text,
      ...(text.startsWith('[') ? ['not-a-log-event'] : []),
      'not-a-log-event',
    ]);
});

test.each([
  ['empty objects in one line', '{}'],
  ['objects in one line', '{"time":1,"log":""}'],
  ['objects that are no JSON', '{x}\n'],
  ['names without values', '{"":}\n'],
])('%s: the work grows with the text', (_, piece) => {
  const [short, long] = [piece.repeat(20_000), piece.repeat(160_000)];
  parseDocuments(short);
  // Quadratic work would take 64 times as long.
  const times = leastCpuRatio(
    () => parseDocuments(long),
    () => parseDocuments(short),
    24,
  );
  expect(times).toBeLessThan(24);
});

describe('documents in a text', () => {
  const A = '{"time":1,"log":"a"}';
  const B = '{"time":2,"log":"b"}';
  const parts = (text: string) => {
    const { values, undecodable } = parseDocuments(text);
    return [values.map(({ text: own }) => own), undecodable.map(({ text: own }) => own)];
  };

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['one', A, [A], []],
    ['one among blanks is given as it is', ` ${A}\n`, [` ${A}\n`], []],
    ['two on a line', A + B, [A, B], []],
    ['two, with a blank between', `${A} ${B}`, [A, B], []],
    ['two lines', `${A}\n${B}\n`, [A, B], []],
    ['behind byte order marks', `\ufeff${A}\ufeff${B}`, [A, B], []],
    ['indented', `{\n "time": 1,\n "log": "a"\n}\n${B}`, ['{\n "time": 1,\n "log": "a"\n}', B], []],
    ['text first', `hello there\n${A}`, [A], ['hello there']],
    ['text last', `${A}\nhello there`, [A], ['hello there']],
    ['text between', `${A}\nhello\nthere\n${B}`, [A, B], ['hello\nthere']],
    ['text on the line of a document', `${A}hello\n${B}`, [A, B], ['hello']],
    ['text before a document on its line', `hello ${A}\n${B}`, [B], [`hello ${A}`]],
    ['a comma between', `${A},${B}`, [A], [`,${B}`]],
    ['braces in a text', `{"time":1,"log":"}{"}${B}`, ['{"time":1,"log":"}{"}', B], []],
    ['a quote in a text', `{"time":1,"log":"\\"}"}${B}`, ['{"time":1,"log":"\\"}"}', B], []],
    ['a backslash at the end of a text', `{"time":1,"log":"\\\\"}${B}`, ['{"time":1,"log":"\\\\"}', B], []],
    ['lists and objects in one', `{"time":1,"log":[{"a":[1]}]}${B}`, ['{"time":1,"log":[{"a":[1]}]}', B], []],
    ['one that is cut off', `{"time":1,"log":"a\n${B}`, [B], ['{"time":1,"log":"a']],
    ['one that is no JSON', `{time:1, log: "abcdef"}\n${B}`, [B], ['{time:1, log: "abcdef"}']],
    ['a number', '5', ['5'], []],
    ['a list', '[1]', ['[1]'], []],
    ['two lists', '[1][2]', [], ['[1][2]']],
    ['nothing but blanks', ' \n', [], []],
  ])('%s', (_, text, values, undecodable) => {
    expect(parts(text)).toEqual([values, undecodable]);
  });

  test('a document of 18 characters is parsed, one of 17 only in a bulk request', () => {
    const short = '{"a":"123456789"}';
    expect([short.length, parts(`${A}\n${short}`)]).toEqual([17, [[A], [short]]]);
    expect(parts(`${A}\n{"a":"1234567890"}`)).toEqual([[A, '{"a":"1234567890"}'], []]);
    for (const name of ['index', 'create', 'update', 'delete'])
      expect(parts(`${A}\n{ "${name}":{}}`)).toEqual([[A, `{ "${name}":{}}`], []]);
  });

  test('one that is too deep is told with its limit, and the others are read', () => {
    const deep = `{"a":${'['.repeat(600)}${']'.repeat(600)}}`;
    expect(parseDocuments(`${A}\n${deep}\n${B}`)).toMatchObject({
      values: [{ text: A }, { text: B }],
      undecodable: [{ text: deep, limit: { limit: 'json-nested-too-deep' } }],
    });
    expect(parseDocuments(deep)).toMatchObject({
      values: [],
      undecodable: [{ text: deep, limit: { limit: 'json-nested-too-deep' } }],
    });
  });

  test('one that never ends has the limit of the text where it is all of it', () => {
    const open = `{"a":${'['.repeat(1100)}`;
    const limit = { limit: 'json-nested-too-deep' };
    expect(parseDocuments(open)).toMatchObject({ values: [], undecodable: [{ text: open, limit }] });
    for (const text of [`hello\n${open}`, `${open}\nhello`])
      expect(parseDocuments(text)).toEqual({ values: [], undecodable: [{ text, limit: null }] });
  });
});

describe('long items of an array', () => {
  const pad = 'x'.repeat(20);

  test.each([
    [
      'objects and arrays, by their index',
      `[1,{"a":"${pad}"},[], ["${pad}"]]`,
      [1, `{"a":"${pad}"}`],
      [3, `["${pad}"]`],
    ],
    ['with brackets and commas in texts', `["],{",{"a":"\\"}],${pad}"},2]`, [1, `{"a":"\\"}],${pad}"}`]],
    [
      'with objects and commas in them',
      `[{"a":{"b":[1,2]},"c":["${pad}"]},{}]`,
      [0, `{"a":{"b":[1,2]},"c":["${pad}"]}`],
    ],
    ['no texts and numbers', `["${pad}",${'1'.repeat(20)}]`],
    ['none in an empty array', `[${' '.repeat(20)}]`],
  ])('%s', (_, text, ...expected) => {
    expect([...longItems(text, 20)]).toEqual(expected);
    expect(JSON.parse(text)).toBeInstanceOf(Array);
  });

  test('are longer than the bound', () => {
    // `{"a":1}` has seven characters.
    expect([...longItems('[{"a":1},{"a":12}]', 7)]).toEqual([[1, '{"a":12}']]);
    expect([...longItems('[{"a":1}]', 9)]).toEqual([]);
  });

  test('keep their text as it was sent, and are read as documents of their own are', () => {
    const long = `{"time": "2026-11-20T10:00:00Z", "a": "${'x'.repeat(4096)}", "b": 1.0}`;
    const short = '{"time": "2026-11-20T10:00:00Z", "b": 1.0}';
    const messages = (text: string) =>
      readRawText(text, source).streams.flatMap(({ events }) => events.map(({ message }) => message));
    expect(messages(`[${long},${short}]`)).toEqual([long, '{"time":"2026-11-20T10:00:00Z","b":1}']);
    expect(messages(long)).toEqual([long]);
  });
});
