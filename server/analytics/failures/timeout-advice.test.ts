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

  test('infers the timeout from the shared duration of all timeouts', () => {
    const inferred = adviseTimeout({ ...evidence, configuredMs: null, timedOutMs: [3000, 3002.1, 2999.5] });
    expect(inferred).toMatchObject({ timeoutMs: 3000, source: 'inferred' });
    const mixed = adviseTimeout({ ...evidence, configuredMs: null, timedOutMs: [3000, 3002.1, 900] });
    expect(mixed).toMatchObject({ timeoutMs: null, source: null, verdict: 'insufficient-data' });
  });
});
