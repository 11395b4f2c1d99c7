import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { chunkLines } from './chunk-lines.ts';
import { compareLines, eventOf, keyOf, mergedLines, sequenceOf } from './kept-line.ts';

const AT = Date.UTC(2026, 10, 20);
const gz = (value: unknown): Buffer => gzipSync(JSON.stringify(value));

test('ids of one batch count up, and differ in their last digits alone', () => {
  // GetLogEvents in the CloudWatch Logs API reference: 1396035378988 ms and 1396035394997 ms, each times 2^144.
  expect(sequenceOf('31132629274945519779805322857203735586714454643391594505')).toBe(
    Number(31132629274945519779805322857203735586714454643391594505n % 2n ** 40n),
  );
  const id = (AT_ID: bigint, n: bigint): string => String((AT_ID << 144n) + n);
  expect(sequenceOf(id(BigInt(AT), 7n))).toBe(7);
  expect(sequenceOf(id(BigInt(AT), 2n ** 41n + 8n))).toBe(8);
  expect(sequenceOf('')).toBe(-1);
  expect(sequenceOf('a')).not.toBe(sequenceOf('b'));
});

test('a line becomes an event that is kept as the same line', () => {
  law(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 144n - 1n }), fc.string(), (low, message) => {
      const [line] = chunkLines(1, gz([{ id: String((BigInt(AT) << 144n) + low), timestampMs: AT, message }]));
      if (line === undefined) throw new Error('no line');
      expect(chunkLines(1, gz([eventOf(line)]))).toEqual([line]);
    }),
  );
});

test('lines of subscription documents and of lists of events', () => {
  const document = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup: '/aws/lambda/f',
    logStream: 's',
    subscriptionFilters: [],
    logEvents: [
      { id: '12', timestamp: AT, message: 'one\n' },
      { id: '13', timestamp: AT, message: 'two \ud800' },
    ],
  };
  const expected = [
    { environmentId: 4, timestampMs: AT, sequence: 12, rank: 0, occurrence: 0, message: 'one\n' },
    { environmentId: 4, timestampMs: AT, sequence: 13, rank: 0, occurrence: 0, message: 'two \ufffd' },
  ];
  expect(chunkLines(4, gz(document))).toEqual(expected);
  // Other spelling of the same document: not scanned in place.
  expect(chunkLines(4, gzipSync(JSON.stringify(document, null, 1)))).toEqual(expected);
  expect(chunkLines(4, gz(document.logEvents))).toEqual(expected);
  for (const nothing of [null, 5, 'x', {}, { logEvents: 5 }, [null, 5, { message: 'x' }, { timestamp: AT }]])
    expect(chunkLines(4, gz(nothing))).toEqual([]);
});

test('without ids, equal lines of one time are told apart by how often they occurred', () => {
  const events = ['a', 'b', 'a'].map((message) => ({ timestampMs: AT, message }));
  expect(chunkLines(1, gz(events))).toMatchObject([
    { message: 'a', rank: 0, occurrence: 0 },
    { message: 'b', rank: 1, occurrence: 0 },
    { message: 'a', rank: 2, occurrence: 1 },
  ]);
  expect(
    mergedLines([...chunkLines(1, gz(events)), ...chunkLines(1, gz(events))]).map(({ message }) => message),
  ).toEqual(['a', 'b', 'a']);
});

test('merging is independent of the order and of repetitions, and gives lines in order', () => {
  const line = fc.record({
    environmentId: fc.constantFrom(-3, 1, 2),
    timestampMs: fc.constantFrom(AT, AT + 1),
    sequence: fc.constantFrom(-1, 0, 5, 2 ** 40 - 1),
    rank: fc.constantFrom(0, 1),
    occurrence: fc.constantFrom(0, 1),
    message: fc.constantFrom('', 'a', 'b'),
  });
  law(
    fc.property(fc.array(line), fc.array(line), (a, b) => {
      // An event has one text.
      const events = [...a, ...b].map((one) =>
        one.sequence === -1 ? one : { ...one, rank: 0, occurrence: 0, message: 'e' },
      );
      const merged = mergedLines(events);
      expect(mergedLines(events.toReversed())).toEqual(merged);
      expect(mergedLines([...merged, ...events, ...merged])).toEqual(merged);
      expect(merged.toSorted(compareLines)).toEqual(merged);
      expect(new Set(merged.map(keyOf))).toEqual(new Set(events.map(keyOf)));
    }),
  );
});
