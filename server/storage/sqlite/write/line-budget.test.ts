/** docs/operations.md: 10 GiB, or a fifth of the disk if that is less. */
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { lineBudget } from './line-budget.ts';

// A disk, which may have 50 GiB, and memory, which has less on most machines.
test.each([tmpdir(), '/dev/shm'].filter((folder) => existsSync(folder)))('of the disk of %s', (folder) => {
  const { blocks, bsize } = statfsSync(folder);
  const [budget, fifth] = [lineBudget(folder), (blocks * bsize) / 5];
  expect(budget).toBeGreaterThan(0);
  expect(budget / Math.min(fifth, 10_737_418_240)).toBeCloseTo(1, 9);
});
