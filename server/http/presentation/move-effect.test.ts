/** Dollars by AWS's list prices for us-east-1, worked out by hand: $0.20 per million requests, $0.0000166667 and $0.0000133334 per GB-second. */
import { expect, test } from 'vitest';
import { moveEffect } from './move-effect.ts';

const MOVE = { kinds: ['architecture'], before: { architecture: 'x86_64' }, after: { architecture: 'arm64' } };
const SIDE = { change: null, low: null, high: null, verdict: 'no-evidence' } as const;

test('a move to Graviton with its saving', () => {
  // 1 GB for 100 ms: 0.20 + 1.66667; for 95 ms on arm64: 0.20 + 1.26667. 1.46667 / 1.86667 = 0.7857.
  const cost = {
    ...SIDE,
    metric: 'costPer1k',
    before: 0.00186667,
    after: 0.00146667,
    change: -0.2143,
    low: -0.22,
    high: -0.2,
  } as const;
  const time = { ...SIDE, metric: 'p50', before: 100, after: 95, change: -0.05, low: -0.06, high: -0.04 } as const;
  expect(moveEffect(MOVE, [time, cost])?.text).toBe(
    'Moved from x86_64 to arm64: cost per million invocations $1.87 → $1.47 (-21 %, 95 % CI -22 % to -20 %); ' +
      'median duration 100 ms → 95 ms (-5.0 %, 95 % CI -6.0 % to -4.0 %)',
  );
});

test('too few invocations, and an unknown price', () => {
  const cost = { ...SIDE, metric: 'costPer1k', before: null, after: null } as const;
  const time = { ...SIDE, metric: 'p50', before: 100, after: 80 } as const;
  expect(moveEffect(MOVE, [cost, time])?.text).toBe(
    'Moved from x86_64 to arm64: cost per million invocations not known, because one side has no invocations that can be ' +
      'priced or timed; median duration 100 ms → 80 ms (-20 %, too few invocations for an interval)',
  );
  expect(moveEffect(MOVE, [])?.text).toContain('median duration not known');
});

test('what changed at the same time is said; other changes have no such sentence', () => {
  expect(moveEffect({ ...MOVE, kinds: ['architecture', 'runtime', 'layers'] }, [])?.text).toMatch(
    /\. runtime, layers changed at the same time: the effect is of all together$/,
  );
  expect(moveEffect({ ...MOVE, kinds: ['memory'] }, [])).toBeNull();
});
