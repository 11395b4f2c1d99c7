import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { NO_EVIDENCE } from '../../../../test/support/cause-evidence.ts';
import type { CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import type { AttributedHour, ColdStartRow } from '../../ports.ts';
import { packedParts } from '../../questions/attribution/cold-start-parts.ts';
import { migrate } from '../migrate.ts';
import { AttributionTables } from './attribution.ts';
import { BatchWriter } from './batch-writer.ts';
import { ProactiveThresholds } from './proactive-thresholds.ts';

let folder: string;
let db: Database.Database;
let tables: AttributionTables;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attribution-'));
  const path = join(folder, 'telemetry.db');
  db = new Database(path);
  migrate(db, path, 'migrations/sqlite/telemetry');
  tables = new AttributionTables(db, new BatchWriter(db, 1_000_000));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** A later environment; another one of the same configuration was idle for ten minutes and is not seen again. */
const evidence: CauseEvidence = { ...NO_EVIDENCE, goneIdleMs: 600_000 };

function coldStart(hourMs: number, n: number): ColdStartRow {
  return {
    endMs: hourMs + Math.floor(n / 3),
    requestId: `request-${n}`,
    environmentId: n,
    seriesId: 1,
    atMs: hourMs,
    kind: 'on-demand',
    userFelt: true,
    cause: 'unknown',
    initMs: 1,
    billedInitMs: null,
    durationMs: 1,
    failed: false,
    platformMs: null,
    loop: 0,
    evidence,
  };
}

function hour(hourMs: number, n: number): AttributedHour {
  const coldStarts = packedParts(Array.from({ length: n }, (_, at) => coldStart(hourMs, at)));
  const empty = { changesSeen: 1, unsettled: 0, idleTimes: '[]', carryOut: '{}', changes: [], errors: null };
  return { ...empty, hourMs, runs: n, coldStarts };
}

function causes(): readonly { readonly cause: number; readonly n: number }[] {
  return db.prepare('SELECT cause, count(*) AS n FROM cold_start GROUP BY cause').all() as {
    cause: number;
    n: number;
  }[];
}

const window = { ms: 300_000, surelyMs: 200_000, estimated: true };
const windows = () => db.prepare('SELECT window_ms FROM idle_window').pluck().all();

test('saveHours marks the next hour first, then stores one hour with many cold starts per step', () => {
  const hours = [hour(HOUR_MS, 700), hour(2 * HOUR_MS, 700)];
  const steps = tables.steps({ name: 'saveHours', args: [1, { hours, nextHourMs: 3 * HOUR_MS }] }, 0);
  steps.next();
  expect(db.prepare('SELECT slot_ms FROM dirty_slot').pluck().all()).toEqual([3 * HOUR_MS]);
  expect(db.prepare('SELECT slot_ms FROM derived_slot').pluck().all()).toEqual([HOUR_MS]);
  expect([...steps]).toHaveLength(1);
  expect(db.prepare('SELECT slot_ms FROM derived_slot').pluck().all()).toEqual([HOUR_MS, 2 * HOUR_MS]);
});

test('saveHours stores small hours together, at most 100, and a large one in slices of its own', () => {
  const hours = Array.from({ length: 250 }, (_, at) => ({
    ...hour((10 + at) * HOUR_MS, at === 120 ? 2001 : 0),
    runs: 1,
  }));
  const steps = tables.steps({ name: 'saveHours', args: [2, { hours, nextHourMs: null }] }, 0);
  const stored = () => db.prepare('SELECT count(*) FROM derived_slot WHERE function_id = 2').pluck().get();
  const after: unknown[] = [];
  for (const _ of steps) after.push(stored());
  // 100 and 20 before the large hour; its clearing, two slices and its end; then 100 and 29.
  expect(after).toEqual([100, 120, 120, 120, 120, 121, 221, 250]);
  expect(db.prepare('SELECT count(*) FROM cold_start WHERE function_id = 2').pluck().get()).toBe(2001);
});

test('saveIdleWindows updates causes in slices and stores the window last', () => {
  const hours = [hour(HOUR_MS, 700), hour(2 * HOUR_MS, 700)];
  expect([...tables.steps({ name: 'saveHours', args: [1, { hours, nextHourMs: null }] }, 0)]).not.toEqual([]);
  const [before] = causes();
  expect(before?.n).toBe(1400);
  const steps = tables.steps({ name: 'saveIdleWindows', args: [[{ functionId: 1, window, source: 'own' }]] }, 0);
  steps.next();
  steps.next();
  expect(causes().find((one) => one.cause === before?.cause)?.n).toBe(400);
  expect(windows()).toEqual([]);
  expect([...steps]).toHaveLength(2);
  expect(causes()).toHaveLength(1);
  expect(causes()[0]).toMatchObject({ n: 1400 });
  expect(causes()[0]?.cause).not.toBe(before?.cause);
  expect(windows()).toEqual([300_000]);
});

test('saveProactiveThresholds reclassifies in slices and stores the threshold last', () => {
  const done: string[] = [];
  const ids = Array.from({ length: 250 }, (_, at) => at);
  let failing = false;
  const moving = new AttributionTables(db, {
    thresholds: {
      move: () => ids,
      save: () => void done.push('saved'),
      abandon: () => void done.push('abandoned'),
    },
    reclassifyInits: (slice) => {
      if (failing) throw new Error('disk full');
      done.push(`${slice.length}`);
    },
    flush: () => undefined,
    reset: () => undefined,
  });
  const call = { name: 'saveProactiveThresholds', args: [[{ functionId: 1, limitMs: 5000 }]] } as const;
  const move = () => moving.steps({ ...call, args: [[...call.args[0]]] }, 0);
  expect([...move()]).toHaveLength(4);
  expect(done.splice(0)).toEqual(['100', '100', '50', 'saved']);
  failing = true;
  expect(() => [...move()]).toThrow('disk full');
  expect(done).toEqual(['abandoned']);
});

test('a moving threshold applies to new rows at once, and survives the rollback of a batch', () => {
  db.exec(`INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms)
    VALUES (9, '111122223333', 'eu-west-1', 'moving', 0, 0, 0)`);
  const thresholds = new ProactiveThresholds(db);
  const stored = () => db.prepare('SELECT proactive_gap_ms FROM function WHERE id = 9').pluck().get();
  expect(thresholds.of(9)).toBe(1000);
  expect(thresholds.move(9, 5000)).toEqual([]);
  thresholds.reset();
  expect([thresholds.of(9), stored()]).toEqual([5000, null]);
  thresholds.abandon(9);
  expect(thresholds.of(9)).toBe(1000);
  thresholds.move(9, 6000);
  thresholds.save(9, 6000);
  thresholds.reset();
  expect([thresholds.of(9), stored()]).toEqual([6000, 6000]);
});
