/** The timeline of environments, compared with one that is made of one object for each row, as SQL returns them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch } from '../../../../bench/fill-store.ts';
import { Random } from '../../../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { TelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { openTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { concurrency, mostAtOnce } from '../../../analytics/metrics/concurrency.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import { environments } from './sqlite.ts';

const TO_MS = Date.UTC(2026, 10, 20);
const SUPPRESSED = COLD_START_KINDS.indexOf('suppressed');

let store: TelemetryWriter;
beforeAll(() => {
  store = openTelemetryWriter();
  const load = { size: 6000, functions: 2, days: 2, toMs: TO_MS };
  store.apply(batch(new Random(9), load.size, load), TO_MS);
  // Ends at the same time, runs without START, inits in another attempt, times of restores, and runs that overlap.
  store.db.exec(`UPDATE invocation SET run_ms = NULL WHERE duration_us % 7 = 0;
    UPDATE invocation SET cold = ${SUPPRESSED}, init_us = NULL WHERE duration_us % 11 = 0;
    UPDATE invocation SET restore_us = 250000, user_felt = 1 WHERE duration_us % 13 = 0;
    UPDATE OR IGNORE invocation SET end_ms = end_ms / 60000 * 60000 WHERE duration_us % 5 = 0;
    UPDATE invocation SET duration_us = duration_us * 1000, run_ms = -3 WHERE duration_us % 17 = 0;`);
});
afterAll(() => store.close());

const databases = (): Databases =>
  ({ telemetry: new ReadConnection(store.db), files: { telemetry: store.db.name } }) as unknown as Databases;

interface Row {
  readonly [column: string]: number | null;
}

const started = ({ end_ms, run_ms, duration_us, cold }: Row): number => {
  const hidesInit = cold === SUPPRESSED || run_ms === null;
  return (end_ms ?? 0) - Math.max(run_ms ?? 0, hidesInit ? (duration_us ?? 0) / 1000 : 0);
};
const initOf = ({ init_us, restore_us }: Row): number | null =>
  init_us === null && restore_us === null ? null : ((init_us ?? 0) + (restore_us ?? 0)) / 1000;

test.each([
  { spanMs: 2 * DAY_MS, limit: 200, maxRuns: 50_000 },
  { spanMs: 2 * DAY_MS, limit: 3, maxRuns: 1000 },
  { spanMs: 2 * DAY_MS, limit: 200, maxRuns: 1 },
  { spanMs: 3 * HOUR_MS, limit: 2, maxRuns: 100 },
  { spanMs: 1, limit: 2, maxRuns: 100 },
])('over $spanMs ms, $limit environments, $maxRuns runs', async ({ spanMs, limit, maxRuns }) => {
  const query = { functionId: 1, fromMs: TO_MS - spanMs, toMs: TO_MS, limit, maxRuns };
  const found = await environments(databases(), query);
  const all = store.rows(
    `SELECT * FROM invocation WHERE function_id = 1 AND environment_id > 0 AND end_ms >= ? AND end_ms < ? ORDER BY end_ms DESC LIMIT ?`,
    query.fromMs,
    query.toMs,
    maxRuns + 1,
  ) as readonly Row[];
  const rows = all.slice(0, maxRuns);
  const { widthMs } = found.concurrency;
  const fromMs = all.length > maxRuns ? Math.min(...rows.map(started)) : query.fromMs;
  const waits = rows.map((row) => ({
    startMs: started(row) - (row['user_felt'] === 1 ? (initOf(row) ?? 0) : 0),
    endMs: row['end_ms'] ?? 0,
  }));
  expect(found.concurrency).toEqual({
    ...concurrency(waits, Math.floor(fromMs / widthMs) * widthMs, query.toMs, widthMs),
    widthMs,
  });
  expect(found.truncated).toBe(all.length > maxRuns || found.total > limit);
  expect(found.environments.length).toBe(Math.min(limit, found.total));
  for (const { environmentId, runs, mostAtOnce: most } of found.environments) {
    const mine = rows
      .filter((row) => row['environment_id'] === environmentId)
      .map((row) => ({
        startMs: started(row),
        endMs: row['end_ms'],
        cold: row['cold'] === null ? null : COLD_START_KINDS[row['cold'] ?? -1],
        initMs: initOf(row),
      }))
      .toSorted((a, b) => a.startMs - b.startMs);
    expect(runs.map(({ status: _, ...run }) => run)).toEqual(mine);
    expect(most).toBe(mostAtOnce(runs));
  }
});
