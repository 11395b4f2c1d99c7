import { expect, test } from 'vitest';
import { rowsInWindows } from './windows.ts';

/** Rows are their times, newest first; a range with more than twice the limit is refused, as in the store. */
function reader(times: readonly number[], limit: number) {
  const asked: (readonly [number, number])[] = [];
  const rowsOf = ({ fromMs, upTo }: { readonly fromMs: number; readonly upTo: number }) => {
    asked.push([fromMs, upTo]);
    const found = times.filter((at) => at >= fromMs && at <= upTo).toSorted((a, b) => b - a);
    return found.length > 2 * limit ? null : found;
  };
  return { asked, rowsOf };
}

const WHOLE = { fromMs: 1, upTo: 1000 };

test('a range that reaches the beginning is the last page', () => {
  const { rowsOf, asked } = reader([5, 900], 10);
  expect(rowsInWindows(WHOLE, 10, 1000, rowsOf)).toMatchObject({ rows: [900, 5], more: false });
  expect(asked).toEqual([[1, 1000]]);
});

test.each([1, 10])('ranges without rows become eight times as long, each before the last: limit %i', (limit) => {
  const { rowsOf, asked } = reader([5], limit);
  expect(rowsInWindows(WHOLE, limit, 10, rowsOf)).toMatchObject({ rows: [5], more: false });
  expect(asked).toEqual([
    [991, 1000],
    [911, 990],
    [271, 910],
    [1, 270],
  ]);
});

test('half a page is enough, and the next range is as long as four fifths of a page need', () => {
  const { rowsOf } = reader([1000, 999, 998, 997, 996, 900], 10);
  // Five rows in 10 ms: eight of them need 16 ms.
  expect(rowsInWindows(WHOLE, 10, 10, rowsOf)).toEqual({ rows: [1000, 999, 998, 997, 996], more: true, spanMs: 16 });
});

test('rows beyond the limit are left to the next page', () => {
  const { rowsOf } = reader([1000, 999, 998, 997, 996], 4);
  expect(rowsInWindows(WHOLE, 4, 1000, rowsOf)).toMatchObject({ rows: [1000, 999, 998, 997], more: true });
});

test('a range with too many rows is read an eighth as long', () => {
  const times = Array.from({ length: 100 }, (_, n) => 1000 - n);
  const { rowsOf, asked } = reader(times, 10);
  expect(rowsInWindows(WHOLE, 10, 80, rowsOf)).toMatchObject({ rows: times.slice(0, 10), more: true });
  expect(asked).toEqual([
    [921, 1000],
    [991, 1000],
  ]);
});

test('a millisecond with too many rows cannot be read', () => {
  const { rowsOf } = reader(Array<number>(21).fill(1000), 10);
  expect(rowsInWindows(WHOLE, 10, 64, rowsOf)).toBeNull();
});
