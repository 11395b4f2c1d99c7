/** Retry outcomes of failed invocations, and advice on the configured timeout. */
import { describe, expect, test } from 'vitest';
import { retriesOf } from '../../server/analytics/failures/retries.ts';
import { adviseTimeout } from '../../server/analytics/failures/timeout-advice.ts';

describe('retries', () => {
  const request = (attempts: number, failed: number, lastMs = 0) => ({
    requestId: `${attempts}/${failed}/${lastMs}`,
    attempts,
    failed,
    lastMs,
    errorType: null,
  });
  test('classifies requests as tried once, recovered or poison', () => {
    const found = retriesOf([request(1, 1), request(3, 2), request(2, 1), request(3, 3, 1), request(2, 2, 5)]);
    expect(found).toMatchObject({ retried: 4, recovered: 2 });
    expect(found.poison.map((one) => one.requestId)).toEqual(['2/2/5', '3/3/1']);
  });
  test('no failures give no retries', () => expect(retriesOf([])).toEqual({ retried: 0, recovered: 0, poison: [] }));
});

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
