import { describe, expect, test } from 'vitest';
import { leakOf as leakOfPoints } from './leak.ts';

describe('leak', () => {
  const leakOf = (used: readonly (readonly number[])[], memoryMb: number) =>
    leakOfPoints(
      used.map((environment) => environment.map((y, x) => ({ x, y }))),
      memoryMb,
    );
  const environments = (used: (n: number) => number) =>
    Array.from({ length: 8 }, () => Array.from({ length: 120 }, (_, n) => Math.round(used(n))));
  test('detects a steady rise and gives the time to the limit', () => {
    const leak = leakOf(
      environments((n) => 80 + n * 0.2),
      128,
    );
    expect(leak?.leaking).toBe(true);
    expect(leak?.mbPer1k).toBeGreaterThan(180);
    expect(leak?.mbPer1k).toBeLessThan(220);
    expect(leak?.invocationsToLimit).toBeGreaterThan(80);
    expect(leak?.invocationsToLimit).toBeLessThan(160);
  });
  test('a heap that reaches a plateau, or a flat line, is not a leak', () => {
    expect(
      leakOf(
        environments((n) => 80 + Math.min(n, 20)),
        128,
      )?.leaking,
    ).toBe(false);
    expect(
      leakOf(
        environments(() => 80),
        128,
      ),
    ).toMatchObject({ leaking: false, invocationsToLimit: null });
    expect(leakOf(environments(() => 80).slice(0, 3), 128)).toBeNull();
  });
});
