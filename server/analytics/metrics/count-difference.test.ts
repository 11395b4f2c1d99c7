/** Differences between what CloudWatch counts and what lines show, and their reasons. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { CountContext, CountedPart } from './count-difference.ts';
import { compareCounts } from './count-difference.ts';

const context: CountContext = {
  widthMs: HOUR_MS,
  nowMs: 10 * HOUR_MS,
  pointsUntilMs: 10 * HOUR_MS,
  hasLines: true,
  unknownParts: new Set(),
  missingParts: null,
};

const parts = (...counts: readonly (readonly [aws: number | null, ours: number])[]): readonly CountedPart[] =>
  counts.map(([aws, ours], at) => ({ atMs: at * HOUR_MS, aws, ours }));

const reasonsOf = (counts: readonly CountedPart[], given: Partial<CountContext> = {}) =>
  compareCounts(counts, { ...context, ...given }).parts.map(({ reason }) => reason);

test('equal counts have no reason', () => {
  expect(compareCounts(parts([3, 3], [1, 1]), context)).toEqual({
    aws: 4,
    ours: 4,
    share: 1,
    reasons: [],
    parts: [
      { atMs: 0, aws: 3, ours: 3, share: 1, reason: null },
      { atMs: HOUR_MS, aws: 1, ours: 1, share: 1, reason: null },
    ],
  });
});

describe('unknown sides are null', () => {
  test('no point came', () => {
    expect(compareCounts(parts([null, 3]), { ...context, pointsUntilMs: null })).toMatchObject({
      aws: null,
      ours: 3,
      share: null,
      reasons: [],
    });
  });
  test('no line came', () => {
    expect(compareCounts(parts([3, 0]), { ...context, hasLines: false })).toMatchObject({
      aws: 3,
      ours: null,
      share: null,
      reasons: [],
    });
  });
  test('an hour without a point is 0 once points of later hours came', () => {
    expect(compareCounts(parts([3, 3], [null, 0]), context).parts[1]).toMatchObject({ aws: 0, ours: 0, share: null });
    const until = { ...context, pointsUntilMs: HOUR_MS };
    expect(compareCounts(parts([3, 3], [null, 2]), until).parts[1]).toMatchObject({ aws: null, ours: 2, reason: null });
  });
});

describe('reasons', () => {
  test('lines of invocations are missing', () => {
    expect(reasonsOf(parts([5, 3]))).toEqual(['lines-missing']);
  });
  test('fewer points than lines', () => {
    expect(reasonsOf(parts([3, 5]))).toEqual(['points-missing']);
    expect(reasonsOf(parts([3, 5]), { pointsUntilMs: HOUR_MS - 1 })).toEqual(['stream-delayed']);
  });
  test('an hour that is not over, for ten minutes longer', () => {
    const nowMs = HOUR_MS + 10 * MINUTE_MS;
    expect(reasonsOf(parts([5, 3]), { nowMs: nowMs - 1, pointsUntilMs: nowMs - MINUTE_MS })).toEqual(['not-over']);
    expect(reasonsOf(parts([5, 3]), { nowMs: nowMs - 1, pointsUntilMs: HOUR_MS - 2 })).toEqual(['stream-delayed']);
    expect(reasonsOf(parts([5, 3]), { nowMs })).toEqual(['lines-missing']);
  });
  test('an invocation that ends in the next hour', () => {
    expect(reasonsOf(parts([5, 4], [2, 3]))).toEqual(['another-hour', 'another-hour']);
    expect(reasonsOf(parts([5, 4], [2, 2]))).toEqual(['lines-missing', null]);
  });
  test('errors that cannot be told from lines, or whose lines are missing', () => {
    const missingParts = new Set([HOUR_MS]);
    const unknownParts = new Set([0, HOUR_MS]);
    expect(reasonsOf(parts([5, 3], [5, 3], [5, 2]), { missingParts, unknownParts })).toEqual([
      'errors-not-in-lines',
      'lines-missing',
      'not-known',
    ]);
  });
});
