/** Problems of one upload: 5,000 are kept whole, of further ones the number of each reason and its first text. */
import { expect, test } from 'vitest';
import { ProblemList } from './problem-list.ts';

test('each problem, in its order, with what it has', () => {
  const list = new ProblemList();
  expect(list.finish()).toEqual([]);
  list.push({ reason: 'a', text: 'x' });
  list.push({ reason: 'b', text: () => 'y', detail: 'd', n: 3 });
  list.pushExcess({ limit: 'json-too-dense', message: 'm' }, 'z');
  expect(list.finish()).toEqual([
    { reason: 'a', text: 'x' },
    { reason: 'b', text: 'y', detail: 'd', n: 3 },
    { reason: 'json-too-dense', text: 'z', detail: 'm' },
  ]);
});

test('beyond 5,000 they are counted, and their texts are not made', () => {
  const list = new ProblemList();
  for (let at = 0; at < 5000; at += 1) list.push({ reason: 'a', text: `${at}` });
  expect(list.finish()).toHaveLength(5000);
  expect(list.finish()[4999]).toEqual({ reason: 'a', text: '4999' });
  list.push({ reason: 'a', text: 'first' });
  list.push({
    reason: 'a',
    text: () => {
      throw new Error('made');
    },
  });
  list.push({ reason: 'b', text: () => 'other' });
  expect(list.finish().slice(5000)).toEqual([
    { reason: 'a', text: 'first', n: 2 },
    { reason: 'b', text: 'other', n: 1 },
  ]);
});
