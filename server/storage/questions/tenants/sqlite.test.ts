/** Totals of tenants, compared with those of a sum over all rows, as SQL returns them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch } from '../../../../bench/fill-store.ts';
import { Random } from '../../../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { TelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { openTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import { tenants } from './sqlite.ts';

const TO_MS = Date.UTC(2026, 10, 20);
/** Function 1 has three tenants and rows without one; function 2 has none. */
const TENANTS = ['blue', 'green', 'red'];

let store: TelemetryWriter;
beforeAll(() => {
  store = openTelemetryWriter();
  const load = { size: 6000, functions: 2, days: 2, toMs: TO_MS };
  store.apply(batch(new Random(5), load.size, load), TO_MS);
  const label = store.db.prepare('INSERT INTO label (text) VALUES (?)');
  const ids = TENANTS.map((name) => Number(label.run(name).lastInsertRowid));
  // One of four environments has no tenant; a label that was lost counts as none.
  const set = store.db.prepare('UPDATE invocation SET tenant_id = ? WHERE function_id = 1 AND environment_id % 5 = ?');
  for (const [at, id] of [...ids, 999_999].entries()) set.run(id, at);
  // Some rows without what is not always known.
  store.db.exec('UPDATE invocation SET billed_ms = NULL WHERE end_ms % 3 = 0');
  store.db.exec('UPDATE invocation SET duration_us = 100000 WHERE end_ms % 2 = 0');
});
afterAll(() => store.close());

const databases = (): Databases =>
  ({ telemetry: new ReadConnection(store.db), files: { telemetry: store.db.name } }) as unknown as Databases;

const SUMS = `SELECT text AS tenant, count(*) AS invocations, sum(status <> 0) AS errors, sum(cold IS NOT NULL) AS coldStarts,
    sum(ifnull(user_felt, 0)) AS userFelt, count(DISTINCT environment_id) AS environments, sum(billed_ms) AS billedMs, max(end_ms) AS lastMs
  FROM invocation LEFT JOIN label ON label.id = tenant_id WHERE function_id = ? AND end_ms >= ? AND end_ms < ?
  GROUP BY text ORDER BY invocations DESC, text`;

test.each([
  [1, 2 * DAY_MS, 0],
  [1, 7 * HOUR_MS, 12_345],
  [1, HOUR_MS, HOUR_MS],
  [1, 1, 0],
  [2, 2 * DAY_MS, 0],
  [2, 13 * HOUR_MS, 98_765],
  [3, DAY_MS, 0],
])('function %i over %i ms, %i ms ago', async (functionId, spanMs, agoMs) => {
  const range = { functionId, fromMs: TO_MS - agoMs - spanMs, toMs: TO_MS - agoMs };
  const found = await tenants(databases(), { ...range, limit: 10 });
  const sums = store.rows(SUMS, functionId, range.fromMs, range.toMs);
  expect(found.withoutTenant).toBe(sums.find(({ tenant }) => tenant === null)?.['invocations'] ?? 0);
  expect(found.items.map(({ durationMs: _, blocks: __, ...item }) => item)).toEqual(
    sums.filter(({ tenant }) => tenant !== null),
  );
  for (const { tenant, invocations, durationMs, blocks } of found.items) {
    const durations = store
      .rows(
        `SELECT duration_us AS us FROM invocation JOIN label ON label.id = tenant_id WHERE text = ? AND function_id = ?
         AND end_ms >= ? AND end_ms < ? ORDER BY duration_us`,
        tenant,
        functionId,
        range.fromMs,
        range.toMs,
      )
      .map(({ us }) => Number(us) / 1000);
    expect(durationMs).toEqual({
      p50: durations[Math.ceil(0.5 * invocations) - 1],
      p95: durations[Math.ceil(0.95 * invocations) - 1],
    });
    expect(blocks.n.reduce((sum, n) => sum + n, 0)).toBe(invocations);
  }
});
