import { expect, test } from 'vitest';
import { StrangerBodies } from './stranger-bodies.ts';

test('one address has a few places, all have sixty-four, and places are given back', () => {
  const bodies = new StrangerBodies();
  const own = Array.from({ length: 10 }, () => bodies.enter('203.0.113.7'));
  expect(own.filter((leave) => leave !== null)).toHaveLength(4);
  expect(bodies.enter('203.0.113.8')).not.toBeNull();
  own[0]?.();
  expect(bodies.enter('203.0.113.7')).not.toBeNull();
  const others = Array.from({ length: 100 }, (_, n) => bodies.enter(`198.51.100.${n}`));
  expect(others.filter((leave) => leave !== null)).toHaveLength(59);
  for (const leave of others) leave?.();
  expect(bodies.enter('192.0.2.1')).not.toBeNull();
});
