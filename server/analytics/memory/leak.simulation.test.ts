import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { leakOf } from './leak.ts';

test('the maximum of noisy memory use flattens out and is not a leak', () => {
  const random = new Random(26);
  let leaks = 0;
  for (let round = 0; round < 100; round += 1) {
    const noisy = Array.from({ length: 12 }, () => {
      let highest = 0;
      return Array.from({ length: 200 }, (_, x) => {
        highest = Math.max(highest, Math.round(random.logNormal(150, 0.08)));
        return { x, y: highest };
      });
    });
    if (leakOf(noisy, 512)?.leaking === true) leaks += 1;
  }
  expect(leaks).toBeLessThanOrEqual(2);
});
