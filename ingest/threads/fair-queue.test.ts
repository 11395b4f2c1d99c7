import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

test('lanes take turns, items of a lane keep their order', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2']) queue.add(item.slice(0, 1), item);
  const taken: (string | undefined)[] = [];
  for (let at = 0; at < 8; at += 1) taken.push(queue.take(() => true));
  expect(taken).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4', undefined]);
  expect(queue.size).toBe(0);
});

test('a lane that is not admitted waits', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'b1']) queue.add(item.slice(0, 1), item);
  expect(queue.take((lane) => lane !== 'a')).toBe('b1');
  expect(queue.take((lane) => lane !== 'a')).toBeUndefined();
  expect(queue.delete('a', 'a1')).toBe(true);
  expect(queue.delete('a', 'a1')).toBe(false);
  expect(queue.clear()).toEqual(['a2']);
});
