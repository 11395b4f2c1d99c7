import { expect, test } from 'vitest';
import { figuresIn, formsOf, otherNumbers, unknownFigures } from './shown-figures.ts';

test('other numbers keep what they are, and names keep theirs', () => {
  const answer = { n: 12, share: 0.5, range: { bucketMs: 3600 }, list: [{ usd: 12.5 }, null], name: 'p95', less: -3 };
  const other = otherNumbers(answer, 1, ['bucketMs']);
  expect(other).toEqual(otherNumbers(answer, 1, ['bucketMs']));
  expect(other).not.toEqual(otherNumbers(answer, 2, ['bucketMs']));
  expect(Number.isInteger(other.n)).toBe(true);
  expect([other.share > 0, other.share < 1, other.less < 0, other.range.bucketMs, other.name]).toEqual([
    ...[true, true, true, 3600, 'p95'],
  ]);
  expect(other.n).not.toBe(12);
});

test('figures of a text, without times, names and what is known', () => {
  const text =
    'p95 1.20 s of python3.13 since 2026-11-27 14:02, 1,234 of 12.3 k (+15 %, −0.70 points), $0.00031, /v1/x n=64';
  expect(figuresIn(text)).toEqual(['1.20 s', '1,234', '12.3 k', '+15 %', '−0.70', '$0.00031', '64']);
  expect(figuresIn('95 % interval of 3 min', ['95 % interval'])).toEqual(['3 min']);
});

test('a figure that no number of the answers gives is unknown', () => {
  const forms = formsOf({ n: 12_345, rate: 0.0714 }, [{ costUsd: 4321.5 }]);
  expect(unknownFigures('12.3 k, 7.1 %, $4,322, 7.1–7.1 %', forms, [])).toEqual([]);
  expect(unknownFigures('12.4 k, 7.1 ms, $4,321', forms, [])).toEqual(['12.4 k', '7.1 ms', '$4,321']);
});
