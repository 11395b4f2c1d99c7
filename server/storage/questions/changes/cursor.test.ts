import { expect, test } from 'vitest';
import { compareChanges, readChangeCursor, writeChangeCursor } from './cursor.ts';

test('a cursor reads back as it was written, and no other text is one', () => {
  const cursor = { atMs: 1_795_000_000_000, functionId: 7, source: 'level' } as const;
  expect(readChangeCursor(writeChangeCursor(cursor))).toEqual(cursor);
  for (const text of ['', 'x', 'WzFd', btoa('[1,2,"other"]')])
    expect(() => readChangeCursor(text)).toThrow('cursor: not a cursor of this version');
});

test('the newest change comes first, at the same time the function with the lower id, then the inventory', () => {
  const at = (atMs: number, functionId: number, source: 'logs' | 'inventory' | 'level') => ({
    atMs,
    functionId,
    source,
  });
  const sorted = [at(2, 1, 'logs'), at(1, 1, 'inventory'), at(1, 1, 'level'), at(1, 1, 'logs'), at(1, 2, 'inventory')];
  expect(sorted.toReversed().toSorted(compareChanges)).toEqual(sorted);
});
