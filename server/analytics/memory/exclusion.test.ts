/** Which memory sizes are not safe, and why. */
import { expect, test } from 'vitest';
import type { Candidate } from './candidates.ts';
import type { SafetyLimits } from './exclusion.ts';
import { exclusionOf } from './exclusion.ts';

const LIMITS = { currentMb: 1024, nowMs: 100, floorMb: 256, failingMb: [], maxDurationMs: null, maxSlower: 0.1 };
const CANDIDATE = { memoryMb: 512, durationMs: 110, costPerMillionUsd: 1, basis: 'fitted' } as const;

test.each([
  ['as slow as is allowed', {}, {}, null],
  ['slower', { durationMs: 110.1 }, {}, 'too-slow'],
  ['slower than any allowed duration', {}, { maxDurationMs: 109 }, 'too-slow'],
  ['at the minimum', { memoryMb: 256 }, {}, null],
  ['below the minimum', { memoryMb: 255, basis: 'bound' }, {}, 'below-minimum'],
  ['bounds of the duration only', { basis: 'bound' }, {}, 'duration-unknown'],
  ['a size at which more fail', {}, { failingMb: [512] }, 'fails-more'],
  ['a size below one at which more fail', {}, { failingMb: [768] }, 'fails-more'],
  ['a size above one at which more fail', {}, { failingMb: [384] }, null],
  ['a larger size fails more', {}, { failingMb: [2048] }, null],
  ['the current size', { memoryMb: 1024, durationMs: 300, basis: 'bound' }, {}, null],
  ['the current size below the minimum', { memoryMb: 1024 }, { floorMb: 2048 }, 'below-minimum'],
  ['without a current duration', { durationMs: 900 }, { nowMs: null }, null],
] satisfies readonly (readonly [string, Partial<Candidate>, Partial<SafetyLimits>, string | null])[])(
  '%s',
  (_, candidate, limits, exclusion) => {
    expect(exclusionOf({ ...CANDIDATE, ...candidate }, { ...LIMITS, ...limits })).toBe(exclusion);
  },
);
