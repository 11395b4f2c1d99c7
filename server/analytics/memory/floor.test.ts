import { describe, expect, test } from 'vitest';
import { floorOf, neededMb } from './floor.ts';

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
    // 256 MB and a quarter are 320, which is a size itself; 320 MB and two fifths are 448.
    [{ ...use, maxUsedMb: 256 }, 320],
    [{ ...use, maxUsedMb: 257 }, 384],
    [{ ...use, maxUsedMb: 320, runtime: 'java21' }, 448],
    [{ ...use, maxUsedMb: 321, runtime: 'dotnet8' }, 512],
    // More than the largest size: 8,193 MB and a quarter.
    [{ ...use, maxUsedMb: 8193 }, 10_242],
    // A function that leaks and ran out of memory at its size needs more.
    [{ ...use, leaking: true, outOfMemoryAtMb: [1024] }, 1152],
    [{ ...use, leaking: true, outOfMemoryAtMb: [896] }, 1024],
    [{ ...use, maxUsedMb: null, outOfMemoryAtMb: [256] }, 320],
    [{ ...use, outOfMemoryAtMb: [10_240] }, 10_240],
    [{ ...use, outOfMemoryAtMb: [127] }, 128],
    [{ ...use, outOfMemoryAtMb: [128] }, 192],
  ])('%o', (given, floorMb) => expect(floorOf(given)?.floorMb).toBe(floorMb));
  test.each([
    [
      use,
      'At most 100 MB were used; with 25 % headroom that is 128 MB. Used memory at one size does not bound the need at another.',
    ],
    [{ ...use, outOfMemoryAtMb: [192, 256] }, 'Ran out of memory at 256 MB in the last 30 days.'],
    [{ ...use, leaking: true }, 'Memory use grows with each invocation, so no smaller size is recommended.'],
  ])('%o says why', (given, reason) => expect(floorOf(given)?.reason.text).toBe(reason));
  test('is null if no line reports memory use', () => expect(floorOf({ ...use, maxUsedMb: null })).toBeNull());
});

describe('the memory that a function needs', () => {
  const sizes = [
    { memoryMb: 128, maxUsedMb: 100 },
    { memoryMb: 256, maxUsedMb: 120 },
    { memoryMb: 512, maxUsedMb: null },
  ];
  test.each([
    ['the largest use at any size', 'nodejs22.x', [], 120],
    ['of a managed heap the smallest', 'java21', [], 100],
    ['of those above the size that ran out of memory', 'dotnet8', [64, 128], 120],
    ['or the largest, where every size did', 'java21', [256], 120],
    ['an unknown runtime has no managed heap', null, [], 120],
  ])('%s', (_, runtime, outOfMemoryAtMb, expected) => {
    expect(neededMb(sizes, runtime, outOfMemoryAtMb)).toBe(expected);
  });

  test('is unknown where no line says what was used', () => {
    expect(neededMb(sizes.slice(2), 'java21', [128])).toBeNull();
    expect(neededMb([], null, [])).toBeNull();
  });
});
