import { expect, test } from 'vitest';
import { nextCursorOf } from './packed.ts';

test('only a page that is not the last has a cursor', () => {
  expect(nextCursorOf({ items: [], nextCursor: 'here' })).toBe('here');
  expect(nextCursorOf({ items: [], nextCursor: null })).toBeNull();
  for (const answer of [{ range: {} }, { nextCursor: 7 }, null, 7, undefined]) expect(nextCursorOf(answer)).toBeNull();
});
