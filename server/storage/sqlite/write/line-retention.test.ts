import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { migrate } from '../migrate.ts';
import { LineRetention } from './line-retention.ts';

const NOW = Date.UTC(2026, 10, 20);
let db: Database.Database;

beforeEach(() => {
  db = new Database(':memory:');
  migrate(db, ':memory:', 'migrations/sqlite/telemetry');
});
afterEach(() => db.close());

/** A chunk of 5 lines and a block of 10, each of `bytes`. */
const chunk = (receivedMs: number, bytes: number): unknown =>
  db
    .prepare(
      'INSERT INTO raw_chunk (environment_id, received_ms, first_ms, last_ms, events, digest, gzip) VALUES (1, ?, ?, ?, 5, ?, zeroblob(?))',
    )
    .run(receivedMs, receivedMs, receivedMs, Buffer.from(String(Math.random())), bytes);
const block = (receivedMs: number, bytes: number): unknown =>
  db
    .prepare(
      "INSERT INTO line_block (function_id, first_ms, last_ms, received_ms, lines, raw_bytes, bytes, levels, head, body) VALUES (1, 0, 0, ?, 10, 0, ?, '[]', x'', x'')",
    )
    .run(receivedMs, bytes);
const times = (table: string): unknown[] =>
  db.prepare(`SELECT received_ms - ${NOW} FROM ${table} ORDER BY 1`).pluck().all();
const losses = (): unknown[] =>
  db.prepare(`SELECT reason, until_ms - ${NOW} AS until, lines, bytes FROM line_loss ORDER BY reason`).all();

test('lines are deleted by the age of their receipt, and what is gone is noted', () => {
  for (const day of [-9, -8, -1]) {
    chunk(NOW + day * DAY_MS, 100);
    block(NOW + day * DAY_MS, 1000);
  }
  const lines = new LineRetention(db, Number.POSITIVE_INFINITY);
  while (lines.byAge(NOW - 7 * DAY_MS));
  expect(times('raw_chunk')).toEqual([-DAY_MS]);
  expect(times('line_block')).toEqual([-DAY_MS]);
  expect(losses()).toEqual([{ reason: 'age', until: -8 * DAY_MS, lines: 30, bytes: 2200 }]);
  expect(lines.byBudget(NOW)).toBe(false);
});

test('beyond the budget the oldest go first, whatever holds them', () => {
  block(NOW - 5, 1000);
  chunk(NOW - 4, 1000);
  block(NOW - 3, 1000);
  chunk(NOW - 2, 1000);
  block(NOW - 1, 1000);
  // 5,000 bytes: of a budget of 2,500, three are too many.
  const lines = new LineRetention(db, 2500);
  while (lines.byBudget(NOW));
  expect(times('raw_chunk')).toEqual([-2]);
  expect(times('line_block')).toEqual([-1]);
  expect(losses()).toEqual([{ reason: 'budget', until: -3, lines: 25, bytes: 3000 }]);
  // Sizes are compared once a minute.
  block(NOW, 1000);
  expect(lines.byBudget(NOW + 1)).toBe(false);
  expect(lines.byBudget(NOW + 60_000)).toBe(true);
  lines.again();
  expect(lines.byBudget(NOW + 60_001)).toBe(false);
  expect(times('raw_chunk')).toEqual([]);
});

test('many are deleted in slices', () => {
  for (let n = 0; n < 450; n += 1) block(NOW - n, 10);
  const lines = new LineRetention(db, 0);
  let slices = 0;
  while (lines.byBudget(NOW)) slices += 1;
  expect(slices).toBe(3);
  expect(times('line_block')).toEqual([]);
});
