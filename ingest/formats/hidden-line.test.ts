/** Where a platform line begins behind other text, found by its request id or by the expression for all lines. */
import { expect, test } from 'vitest';
import { hiddenLineAt } from './hidden-line.ts';

test.each([
  ['x START RequestId: a', 2],
  ['x END RequestId: a', 2],
  ['x REPORT RequestId: a', 2],
  ['x: START  RequestId:   a', 3],
  ['x START\tRequestId:\ta', 2],
  ['x START RequestId:a', 2],
  ['x START RequestId: é', 2],
  ['x RequestId: a Error: b', 2],
  ['x RequestId: a Process exited', 2],
  // The first id is of an application, or within a word; the second is Lambda's.
  ['RequestId: START RequestId: a', 11],
  ['xSTART RequestId: a END RequestId: b', 20],
  ['"START RequestId: a END RequestId: b', 20],
  ['{START RequestId: -END RequestId: REPORT RequestId: b', 34],
  ['x RequestId: a Status: START RequestId: b', 2],
  // A line of another kind begins before the one of a request.
  ['x {"time":"1","type":"a START RequestId: b","record":', 2],
  ['x EXTENSION Name: START RequestId: b', 2],
  ['x 2026-11-20T10:00:00Z a Task timed out after START RequestId: b', 2],
])('%j', (line, at) => {
  expect(hiddenLineAt(line)).toBe(at);
});

test.each([
  'START RequestId: a',
  'END RequestId: a',
  'REPORT RequestId: a',
  '  START RequestId: a',
  'xSTART RequestId: a',
  "'START RequestId: a",
  '-START RequestId: a',
  'x STARTRequestId: a',
  'x START RequestId:',
  'x START RequestId: \n',
  'x RequestId: a b',
  'x RequestId: a',
  'x y z no line of Lambda',
  'x Name: y',
  `${'x'.repeat(400)} START RequestId: a`,
])('%j holds none behind other text', (line) => {
  expect(hiddenLineAt(line)).toBe(-1);
});

test('a prefix has up to 400 characters', () => {
  expect(hiddenLineAt(`${'x'.repeat(399)} START RequestId: a`)).toBe(400);
});
