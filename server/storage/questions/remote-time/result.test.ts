import { expect, test } from 'vitest';
import type { CallSegment } from './result.ts';
import { remoteMsOf } from './result.ts';

const ns = (ms: number): string => `${ms}000000`;
const segment = (id: string, parentId: string | null, requestId: string | null, toMs: number): CallSegment => ({
  id,
  parentId,
  name: 'f',
  origin: requestId === null ? 'AWS::Lambda::Function' : 'AWS::Lambda',
  startNs: ns(1000),
  endNs: ns(toMs),
  requestId,
  subsegments: [],
});
const run = (id: string, parentId: string | null, toMs: number, callMs: number): CallSegment => ({
  ...segment(id, parentId, null, toMs),
  subsegments: [
    { id: `${id}-1`, parentId: id, name: 'S3', namespace: 'aws', startNs: ns(1100), endNs: ns(1100 + callMs) },
  ],
});

test('finds the function’s segment by its parent, in any order', () => {
  const segments = [run('f2', 's2', 1900, 70), run('f1', 's1', 1500, 40), segment('s1', null, 'one', 1501)];
  segments.push(segment('s2', null, 'two', 1901));
  expect(remoteMsOf(segments, 'one', 1500)).toBe(40);
  expect(remoteMsOf(segments.toReversed(), 'two', 1900)).toBe(70);
});

test('of the attempts of one request, takes the one that ended when the invocation did', () => {
  const segments = [
    segment('s1', null, 'one', 1501),
    run('f1', 's1', 1500, 40),
    segment('s2', null, 'one', 62_001),
    run('f2', 's2', 62_000, 90),
  ];
  expect(remoteMsOf(segments, 'one', 1503)).toBe(40);
  expect(remoteMsOf(segments, 'one', 61_998)).toBe(90);
});

test('is unknown without a parent, without the service’s segment, or while in progress', () => {
  expect(remoteMsOf([segment('s', null, 'one', 1501), run('f', null, 1500, 40)], 'one', 1500)).toBeNull();
  expect(remoteMsOf([run('f', 's', 1500, 40)], 'one', 1500)).toBeNull();
  const open = { ...run('f', 's', 1500, 40), endNs: null };
  expect(remoteMsOf([segment('s', null, 'one', 1501), open], 'one', 1500)).toBeNull();
});
