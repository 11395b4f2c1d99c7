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
  test('lists the most attempts first, then the newest, at most fifty', () => {
    const found = retriesOf([request(2, 1, 5), request(4, 1, 1), request(2, 1, 9), request(3, 0, 2), request(1, 1, 7)]);
    expect(found.most.map((one) => one.requestId)).toEqual(['4/1/1', '3/0/2', '2/1/9', '2/1/5']);
    const many = retriesOf(Array.from({ length: 60 }, (_, n) => request(2, 2, n)));
    expect([many.retried, many.most.length, many.poison.length]).toEqual([60, 50, 50]);
    expect([many.most.at(0)?.lastMs, many.poison.at(-1)?.lastMs]).toEqual([59, 10]);
  });
  test('no requests give no retries', () =>
    expect(retriesOf([])).toEqual({ retried: 0, recovered: 0, unexplained: 0, poison: [], most: [] }));
});
