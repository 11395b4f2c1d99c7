/** Retry outcomes of failed invocations. */
import { describe, expect, test } from 'vitest';
import { retriesOf } from './retries.ts';

describe('retries', () => {
  const request = (attempts: number, failed: number, lastMs = 0) => ({
    requestId: `${attempts}/${failed}/${lastMs}`,
    attempts,
    failed,
    lastMs,
    errorType: null,
  });
  test('classifies requests as tried once, recovered or poison', () => {
    const found = retriesOf([request(1, 1), request(3, 2), request(2, 1), request(3, 3, 1), request(2, 2, 5)]);
    expect(found).toMatchObject({ retried: 4, recovered: 2, unexplained: 0 });
    expect(found.poison.map((one) => one.requestId)).toEqual(['2/2/5', '3/3/1']);
  });
  test('a request that ran several times without a known failure is retried, but neither recovered nor poison', () => {
    const found = retriesOf([request(15, 0, 1), request(2, 1, 2)]);
    expect(found).toMatchObject({ retried: 2, recovered: 1, unexplained: 1, poison: [] });
    expect(found.most.map((one) => one.attempts)).toEqual([15, 2]);
  });
  test('no requests give no retries', () =>
    expect(retriesOf([])).toEqual({ retried: 0, recovered: 0, unexplained: 0, poison: [], most: [] }));
});
