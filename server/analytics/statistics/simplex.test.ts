import { expect, test } from 'vitest';
import { leastBySimplex } from './simplex.ts';

test('finds the minimum of a bowl and of the valley of Rosenbrock', () => {
  const bowl = leastBySimplex(([x = 0, y = 0]) => (x - 3) ** 2 + 10 * (y + 1) ** 2 + 5, [0, 0], [1, 1]);
  expect(bowl.value).toBeCloseTo(5, 3);
  expect(bowl.point[0]).toBeCloseTo(3, 1);
  // Minimum 0 at (1, 1), by construction.
  const valley = leastBySimplex(([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1], [0.5, 0.5]);
  expect(valley.value).toBeLessThan(1e-3);
});
