import { describe, expect, test } from 'vitest';
import { floorOf } from './floor.ts';

describe('floor', () => {
  const use = {
    maxUsedMb: 100,
    currentUsedMb: 100,
    outOfMemoryAtMb: [],
    runtime: 'nodejs22.x',
    leaking: false,
    currentMb: 1024,
  };
  test.each([
    [use, 128],
    [{ ...use, maxUsedMb: 110 }, 192],
    [{ ...use, runtime: 'java21' }, 192],
    [{ ...use, runtime: null }, 128],
    [{ ...use, outOfMemoryAtMb: [256] }, 320],
    [{ ...use, leaking: true }, 1024],
  ])('%o', (given, floorMb) => expect(floorOf(given)?.floorMb).toBe(floorMb));
  test('is null if no line reports memory use', () => expect(floorOf({ ...use, maxUsedMb: null })).toBeNull());
});
