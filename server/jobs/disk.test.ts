/** When low disk space pauses writes, and when the ballast file is released or created. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { ballastBytes, decideDisk } from './disk.ts';

const MB = 1_048_576;
const MIN = 256 * MB;
const facts = { freeBytes: 0, reusableBytes: 0, minFreeBytes: MIN, hasBallast: true, wasPaused: false };

test.each([
  ['plenty', { freeBytes: 10 * MIN }, { paused: false, ballast: 'keep' }],
  ['just enough', { freeBytes: MIN }, { paused: false, ballast: 'keep' }],
  ['one byte short', { freeBytes: MIN - 1 }, { paused: true, ballast: 'keep' }],
  [
    'paused: resuming needs more than the minimum',
    { freeBytes: MIN, wasPaused: true },
    { paused: true, ballast: 'keep' },
  ],
  [
    'paused: resumes at 110 % of the minimum',
    { freeBytes: 1.1 * MIN, wasPaused: true },
    { paused: false, ballast: 'keep' },
  ],
  ['full', { freeBytes: 0 }, { paused: true, ballast: 'release' }],
  [
    'reusable space in the files, but too little disk to write',
    { freeBytes: MB, reusableBytes: 9 * MIN },
    { paused: true, ballast: 'release' },
  ],
  [
    'enough reusable space in the files',
    { freeBytes: MIN / 2, reusableBytes: 9 * MIN },
    { paused: false, ballast: 'keep' },
  ],
  ['enough space for a new ballast', { freeBytes: 2 * MIN, hasBallast: false }, { paused: false, ballast: 'create' }],
  ['not enough space for a new ballast', { freeBytes: MIN, hasBallast: false }, { paused: false, ballast: 'keep' }],
] as const)('%s', (_name, given, expected) => {
  expect(decideDisk({ ...facts, ...given })).toEqual(expected);
});

test('creating a ballast never pauses writes, and a new ballast is not released at once', () => {
  let laid = 0;
  law(
    fc.property(fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 0, max: 10_000 }), (minMb, freeMb) => {
      const given = { ...facts, minFreeBytes: minMb * MB, freeBytes: freeMb * MB, hasBallast: false };
      const before = decideDisk(given);
      if (before.ballast !== 'create') return;
      laid += 1;
      const freeBytes = given.freeBytes - ballastBytes(given.minFreeBytes);
      expect(before.paused).toBe(false);
      expect(decideDisk({ ...given, freeBytes, hasBallast: true })).toEqual({ paused: false, ballast: 'keep' });
    }),
  );
  expect(laid).toBeGreaterThan(10);
});
