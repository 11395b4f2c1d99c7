import { expect, test } from 'vitest';
import { Batches } from './batches.ts';

test('items are handed on in their order, 256 at a time, and the rest at last', () => {
  const taken: number[] = [];
  const items = new Batches<number>((item) => taken.push(item));
  for (let item = 0; item < 255; item += 1) items.add(item);
  expect(taken).toEqual([]);
  items.add(255);
  expect(taken).toHaveLength(256);
  for (let item = 256; item < 300; item += 1) items.add(item);
  expect(taken).toHaveLength(256);
  items.flush();
  expect(taken).toEqual(Array.from({ length: 300 }, (_, item) => item));
  items.flush();
  expect(taken).toHaveLength(300);
});
