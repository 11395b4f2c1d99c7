import { expect, test } from 'vitest';
import { IgnoredCounter } from './ignored-counter.ts';

test('reasons in the order of their first event, each with its number, however they alternate', () => {
  const counter = new IgnoredCounter();
  expect([counter.counts(), counter.total()]).toEqual([[], 0]);
  counter.add('end');
  counter.add('application');
  counter.add('end', 5);
  counter.add('application');
  const counts = [
    ['end', 6],
    ['application', 2],
  ];
  expect([counter.counts(), counter.total()]).toEqual([counts, 8]);
  // Counted once, however often it is asked.
  expect([counter.counts(), counter.total()]).toEqual([counts, 8]);
  counter.add('application', 3);
  expect(counter.total()).toBe(11);
});
