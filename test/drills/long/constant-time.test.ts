/** Keys are compared in constant time: a wrong key that shares a prefix with a valid one takes no longer. Prints a figure; the machine may be busy. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { median } from '../../../server/analytics/statistics/order.ts';
import { Authenticator, sha256 } from '../../../server/http/access/auth.ts';
import { figure } from '../../support/drill.ts';

const TOKEN = `tc_read_${'a'.repeat(32)}`;
const BLOCKS = 400;
const EACH = 250;

test('200,000 comparisons show no difference in time', async () => {
  const token = { id: 't', name: 't', scope: 'read', createdMs: 0, expiresMs: null, lastUsedMs: null, revokedMs: null };
  const credentials = { tokens: [{ ...token, sha256: sha256(TOKEN) }], sessions: [] };
  const store = { read: { credentials: async () => credentials }, control: {} };
  const auth = new Authenticator(store as never, () => 0, null);
  await auth.refresh();
  expect(auth.byToken(TOKEN)).not.toBeNull();
  // Created in the same way: the representation of a string in memory affects timing more than its content.
  const made = (text: string): string => Buffer.from(text).toString('latin1');
  const [near, far] = [made(`${TOKEN.slice(0, -1)}b`), made('z'.repeat(TOKEN.length))];
  const random = new Random(11);
  const differences: number[] = [];
  let sum = 0;
  for (let block = 0; block < BLOCKS; block += 1) {
    const times: { near: number[]; far: number[] } = { near: [], far: [] };
    while (Math.min(times.near.length, times.far.length) < EACH) {
      const which = random.next() < 0.5 ? 'near' : 'far';
      const began = process.hrtime.bigint();
      auth.byToken(which === 'near' ? near : far);
      times[which].push(Number(process.hrtime.bigint() - began));
    }
    differences.push(median(times.near) - median(times.far));
    sum += median(times.far);
  }
  const mean = differences.reduce((all, one) => all + one, 0) / BLOCKS;
  const variance = differences.reduce((all, one) => all + (one - mean) ** 2, 0) / (BLOCKS - 1);
  const t = mean / Math.sqrt(variance / BLOCKS);
  figure(
    'constant time',
    `${2 * BLOCKS * EACH} comparisons in ${BLOCKS} blocks: a near miss takes ${mean.toFixed(1)} ns more than a far one, of ${(sum / BLOCKS).toFixed(0)} ns; t = ${t.toFixed(2)} (4.5 would be a difference)`,
  );
  expect(Math.abs(t)).toBeLessThan(4.5);
});
