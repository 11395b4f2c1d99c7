/** Advice on the configured timeout. */
import { describe, expect, test } from 'vitest';
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
      reason:
        '5 of 5000 attempts timed out after 3000 ms; 99 % of attempts end within 1000 ms: no evidence that a longer timeout would help',
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
});
