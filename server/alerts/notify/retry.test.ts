/** Retries of deliveries: which answers are retried, the schedule, Retry-After. */

import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { decideRetry, retryAfterMs } from './retry.ts';

describe('retries', () => {
  const answered = (status: number, retryAfter: string | null = null) => ({
    kind: 'answered' as const,
    status,
    retryAfter,
  });
  test.each([200, 201, 204])('%i is delivered', (status) => {
    expect(decideRetry(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'delivered' });
  });
  test.each([301, 302, 307, 408, 425, 429, 500, 502, 503, 504])('%i is retried', (status) => {
    expect(decideRetry(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'retry', atMs: 5000 });
  });
  test('410 disables the receiver; no response is retried', () => {
    expect(decideRetry(answered(410), 1, 0, 0, 0.5)).toEqual({ kind: 'gone' });
    expect(decideRetry({ kind: 'failed' }, 1, 0, 0, 0.5)).toEqual({ kind: 'retry', atMs: 5000 });
  });

  test.each([400, 401, 403, 404, 405, 406, 413, 415, 422, 451, 499])('%i rejects this message', (status) => {
    expect(decideRetry(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'refused' });
  });

  test('the whole schedule with and without jitter, up to 24 hours', () => {
    const play = (random: number): number[] => {
      const at = [0];
      for (let attempt = 1; ; attempt += 1) {
        const decision = decideRetry(answered(500), attempt, 0, at.at(-1) ?? 0, random);
        if (decision.kind !== 'retry') {
          expect(decision.kind).toBe('exhausted');
          return at;
        }
        at.push(decision.atMs);
      }
    };
    const steps = (at: readonly number[]): number[] => at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    const usual = [
      5000,
      30_000,
      2 * MINUTE_MS,
      10 * MINUTE_MS,
      30 * MINUTE_MS,
      HOUR_MS,
      2 * HOUR_MS,
      4 * HOUR_MS,
      4 * HOUR_MS,
      4 * HOUR_MS,
      4 * HOUR_MS,
      4 * HOUR_MS,
    ];
    expect(steps(play(0.5))).toEqual(usual);
    expect(play(0.5).at(-1)).toBeLessThanOrEqual(24 * HOUR_MS);
    for (const [at, step] of steps(play(0)).entries()) expect(step).toBeCloseTo((usual[at] ?? 4 * HOUR_MS) * 0.8, 3);
    for (const [at, step] of steps(play(1)).entries()) expect(step).toBeCloseTo((usual[at] ?? 4 * HOUR_MS) * 1.2, 3);
  });

  test('Retry-After in seconds and as a date, an hour at most', () => {
    const now = Date.UTC(2026, 10, 21);
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('86400', now)).toBe(HOUR_MS);
    expect(retryAfterMs(new Date(now + 90_000).toUTCString(), now)).toBe(90_000);
    expect(retryAfterMs(new Date(now - 90_000).toUTCString(), now)).toBe(0);
    for (const wrong of [null, '', 'soon', '-5', '1e9']) expect(retryAfterMs(wrong, now)).toBe(0);
    expect(decideRetry(answered(429, '120'), 1, now, now, 0.5)).toEqual({ kind: 'retry', atMs: now + 120_000 });
  });
});
