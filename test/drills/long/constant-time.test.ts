/** S-10: whether a wrong key shares its beginning with a right one makes no difference in time. A figure, from a busy machine. */
import { expect, test } from 'vitest';
import { Authenticator, sha256 } from '../../../server/api/auth.ts';
import { figure } from '../../support/drill.ts';

const COMPARES = 100_000;
const TOKEN = `tc_read_${'a'.repeat(32)}`;
/** Collections of garbage and interrupts: the slowest are left out, of both alike. */
const KEPT = 0.95;

test('two hundred thousand comparisons', async () => {
  const token = { id: 't', name: 't', scope: 'read', createdMs: 0, expiresMs: null, lastUsedMs: null, revokedMs: null };
  const credentials = { tokens: [{ ...token, sha256: sha256(TOKEN) }], sessions: [] };
  const store = { read: { credentials: async () => credentials }, control: {} };
  const auth = new Authenticator(store as never, () => 0, null);
  await auth.refresh();
  expect(auth.byToken(TOKEN)).not.toBeNull();
  const near = `${TOKEN.slice(0, -1)}b`;
  const far = `tc_read_${'z'.repeat(32)}`;
  const times: Record<string, number[]> = { near: [], far: [] };
  for (let round = 0; round < COMPARES; round += 1) {
    for (const [name, text] of round % 2 === 0
      ? [
          ['near', near],
          ['far', far],
        ]
      : [
          ['far', far],
          ['near', near],
        ]) {
      const began = process.hrtime.bigint();
      auth.byToken(text ?? '');
      times[name ?? '']?.push(Number(process.hrtime.bigint() - began));
    }
  }
  const [a, b] = [moments(times['near'] ?? []), moments(times['far'] ?? [])];
  const t = (a.mean - b.mean) / Math.sqrt(a.variance / a.n + b.variance / b.n);
  figure(
    'constant time',
    `${2 * COMPARES} comparisons, near miss ${a.mean.toFixed(0)} ns, far miss ${b.mean.toFixed(0)} ns, t = ${t.toFixed(2)} (4.5 would be a difference)`,
  );
  expect(Math.abs(t)).toBeLessThan(4.5);
});

function moments(values: readonly number[]): { n: number; mean: number; variance: number } {
  const kept = values.toSorted((x, y) => x - y).slice(0, Math.floor(values.length * KEPT));
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1);
  return { n: kept.length, mean, variance };
}
