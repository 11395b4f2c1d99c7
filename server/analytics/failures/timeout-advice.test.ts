/** Advice on the configured timeout. */
import { describe, expect, test } from 'vitest';
import type { TimeoutEvidence } from './timeout-advice.ts';
import { adviseTimeout } from './timeout-advice.ts';

describe('timeout', () => {
  const evidence = { configuredMs: 3000, timedOutMs: [], p99Ms: 200, p999Ms: 400, invocations: 5000 };
  test.each([
    ['fits', {}],
    ['too-tight', { p999Ms: 2500 }],
    ['too-loose', { configuredMs: 60_000, timedOutMs: [60_000] }],
    // No invocation ran into the timeout, so a long timeout costs nothing.
    ['fits', { configuredMs: 60_000 }],
    ['insufficient-data', { invocations: 999 }],
    ['insufficient-data', { p99Ms: null, p999Ms: null }],
  ])('%s: %j', (verdict, given) => expect(adviseTimeout({ ...evidence, ...given }).verdict).toBe(verdict));

  test('at eight tenths of the limit it is too tight, unless one in a thousand timed out', () => {
    const verdictOf = (p999Ms: number, timeouts: number) =>
      adviseTimeout({ ...evidence, p99Ms: 1000, p999Ms, timedOutMs: Array.from({ length: timeouts }, () => 3000) });
    expect(verdictOf(2400, 4).verdict).toBe('too-tight');
    expect(verdictOf(2399, 4).verdict).toBe('fits');
    expect(verdictOf(3000, 5)).toMatchObject({
      verdict: 'fits',
      reason: {
        code: 'timeout-no-evidence',
        parameters: { timedOut: 5, invocations: 5000, timeoutMs: 3000, p99Ms: 1000 },
        text: '5 of 5000 attempts timed out after 3.00 s; 99 % of attempts end within 1.00 s: no evidence that a longer timeout would help',
      },
    });
  });

  test('the limit of the inventory counts, whatever the attempts ended at', () => {
    const timedOutMs = [900, 900, 900];
    expect(adviseTimeout({ ...evidence, timedOutMs })).toMatchObject({ timeoutMs: 3000, source: 'inventory' });
  });

  test('infers the timeout from the shared duration of all timeouts', () => {
    const inferred = adviseTimeout({ ...evidence, configuredMs: null, timedOutMs: [3000, 3002.1, 2999.5] });
    expect(inferred).toMatchObject({ timeoutMs: 3000, source: 'inferred' });
    const mixed = adviseTimeout({ ...evidence, configuredMs: null, timedOutMs: [3000, 3002.1, 900] });
    expect(mixed).toMatchObject({ timeoutMs: null, source: null, verdict: 'insufficient-data' });
  });

  test.each<[string, Partial<TimeoutEvidence>, string, string]>([
    [
      'a limit that is not known',
      { configuredMs: null, timedOutMs: [3000, 3000] },
      'insufficient-data',
      'the timeout is unknown: the inventory does not contain it, and too few attempts timed out to infer it',
    ],
    ['few invocations', { invocations: 999 }, 'insufficient-data', '999 invocations: at least 1000 are required'],
    ['a thousand', { invocations: 1000 }, 'fits', '99.9 % of attempts end within 400 ms; the timeout is 3.00 s'],
    ['tight', { p999Ms: 2400.4 }, 'too-tight', '0.1 % of attempts take 2.40 s or more; the timeout is 3.00 s'],
    [
      'loose: more than ten times the p99',
      { p99Ms: 299.9, timedOutMs: [3000, 3000] },
      'too-loose',
      '2 attempts timed out after 3.00 s; 99 % of attempts end within 300 ms',
    ],
    [
      'ten times the p99',
      { p99Ms: 300, timedOutMs: [3000, 3000] },
      'fits',
      '99.9 % of attempts end within 400 ms; the timeout is 3.00 s',
    ],
  ])('%s', (_, given, verdict, reason) => {
    expect(adviseTimeout({ ...evidence, ...given })).toMatchObject({ verdict, reason: { text: reason } });
  });

  test('eight of ten attempts that end within 2 % of the middle one show the limit', () => {
    const inferred = (...timedOutMs: readonly number[]) =>
      adviseTimeout({ ...evidence, configuredMs: null, timedOutMs }).timeoutMs;
    const eight = Array.from({ length: 8 }, () => 3000);
    expect(inferred(...eight, 900, 950)).toBe(3000);
    expect(inferred(...eight.slice(1), 900, 950, 970)).toBeNull();
    expect(inferred(2941, 3000, 3059)).toBe(3000);
    expect(inferred(2939, 3000, 3061)).toBeNull();
    expect(inferred(3000.4, 3000.4, 3000.4)).toBe(3000);
  });
});
