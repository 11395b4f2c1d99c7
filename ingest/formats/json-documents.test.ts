/** Short and many documents in one text. */
import { expect, test } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import { parseDocuments } from './json-documents.ts';
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
