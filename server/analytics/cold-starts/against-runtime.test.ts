/** Inits of functions against the median of their runtime. */
import { expect, test } from 'vitest';
import { againstRuntime } from './against-runtime.ts';

test('the init of a function against the median of its runtime', () => {
  const of = (runtime: string | null, initMs: number | null) => ({ runtime, initMs });
  expect(
    againstRuntime([
      of('nodejs:22.v31', 300),
      of('nodejs22.x', 100),
      of('nodejs:22.mainlinev2.v3', 200),
      of('python3.12', 100),
      of('python:3.12.v40', 200),
      of(null, 100),
      of('nodejs22.x', null),
    ]),
  ).toEqual([
    { ratio: 1.5, runtime: 'nodejs22', functions: 3 },
    { ratio: 0.5, runtime: 'nodejs22', functions: 3 },
    { ratio: 1, runtime: 'nodejs22', functions: 3 },
    // Only two functions use it.
    null,
    null,
    null,
    null,
  ]);
  expect(againstRuntime([of('r', 0), of('r', 0), of('r', 0)])).toEqual([null, null, null]);
});
