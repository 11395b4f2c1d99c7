import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { SkippedRowCounter } from '../../skipped-rows.ts';
import { migrate } from '../migrate.ts';
import { documentsOf } from './documents.ts';
import { openSqliteHistory } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'damaged-'));
const path = join(folder, 'telemetry.db');
const db = new Database(path);
/** JSON that is cut off, and JSON of another form. */
const DAMAGED = ['{"a":', '{"memoryMb":"much"}'];

const CONFIGURATION = '{"configuration":"[\\"1\\",128,null]","runtime":""}';
const CLOSING = '{"standing":[],"streak":2,"newest":null,"since":{}}';
const EVIDENCE = JSON.stringify({
  kind: 'on-demand',
  change: null,
  firstOfChange: false,
  replacedIdleMs: null,
  changeKnown: false,
  previousFailed: false,
  proactiveGapMs: null,
  busy: 0,
  idle: 0,
  goneIdleMs: null,
  goneFailed: false,
  firstOnRecord: true,
});

/** Inserts a row with each JSON: the first is whole, the others are damaged. */
function insert(sql: string, whole: string, given: (at: number) => readonly unknown[]): void {
  for (const [at, json] of [whole, ...DAMAGED].entries()) db.prepare(sql).run(...given(at), json);
}

beforeAll(() => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  migrate(db, path, 'migrations/sqlite/telemetry');
  db.exec(
    "INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms) VALUES (1, '1', 'r', 'f', 0, 0, 0)",
  );
  db.exec('INSERT INTO series (id, function_id) VALUES (1, 1)');
  insert(
    'INSERT INTO trace_segment (trace_id, id, name, start_ns, detail) VALUES (?, ?, ?, 1, ?)',
    '{"resourceArn":null,"annotations":{},"subsegments":[]}',
    (at) => ['1-65000000-000000000000000000000000', `s${at}`, 'f'],
  );
  insert(
    "INSERT INTO network_event (id, at_ms, account, region, name, security_groups) VALUES (?, 1, '1', 'r', 'CreateNetworkInterface', ?)",
    '["sg-1"]',
    (at) => [`e${at}`],
  );
  insert(
    'INSERT INTO tuning_run (digest, function_id, imported_ms, points) VALUES (?, 1, 1, ?)',
    '[{"memoryMb":128,"durationMs":5,"costUsd":0.1}]',
    (at) => [`t${at}`],
  );
  insert(
    "INSERT INTO load_test (digest, imported_ms, tool, name, result) VALUES (?, 1, 'hey', 'x', ?)",
    '{"requests":1,"failures":0,"totalMs":1,"fastestMs":1,"slowestMs":1,"averageMs":1,"requestsPerSecond":1,"histogram":[],"quantiles":[],"statuses":[]}',
    (at) => [`l${at}`],
  );
  insert(
    "INSERT INTO function_fact (function_id, from_ms, source, confirmed_ms, facts) VALUES (1, ?, 'list', ?, ?)",
    '{"memoryMb":512}',
    (at) => [at, at],
  );
  insert(
    "INSERT INTO derived_slot (function_id, slot_ms, runs, idle_times, closing) VALUES (1, ?, 1, '[[1,2,3]]', ?)",
    CLOSING,
    (at) => [at * HOUR_MS],
  );
  db.prepare('INSERT INTO derived_slot (function_id, slot_ms, runs, idle_times, closing) VALUES (1, ?, 1, ?, ?)').run(
    3 * HOUR_MS,
    '[[1,2',
    CLOSING,
  );
  insert(
    "INSERT INTO change (function_id, slot_ms, at_ms, kind, before, after) VALUES (1, 0, ?, 'deploy', ?, ?)",
    CONFIGURATION,
    (at) => [at, CONFIGURATION],
  );
  insert(
    `INSERT INTO cold_start (function_id, slot_ms, end_ms, request_id, environment_id, series_id, at_ms, kind, user_felt, cause,
       init_billed, duration_us, failed, loop, evidence)
     VALUES (1, 0, ?, 'r', 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, ?)`,
    EVIDENCE,
    (at) => [at],
  );
});
afterAll(() => {
  vi.restoreAllMocks();
  db.close();
  rmSync(folder, { recursive: true });
});

test('documents whose JSON is damaged are reported and skipped, the others are moved', () => {
  const counter = SkippedRowCounter.start();
  const kinds = [...documentsOf(db)].flatMap(({ batch }) => batch.records.map((one) => one.record.kind));
  expect(kinds).toEqual(['trace-segment', 'network-event', 'tuning-run', 'load-test', 'function-facts']);
  const skipped = counter.all().map(({ table, n }) => [table, n]);
  for (const table of ['trace_segment', 'network_event', 'tuning_run', 'load_test']) {
    expect(skipped).toContainEqual([table, 2]);
  }
  counter.close();
});

test('cold starts and changes whose JSON is damaged are skipped; hours keep what can be read', () => {
  const history = openSqliteHistory(folder, Number(db.pragma('user_version', { simple: true })));
  try {
    const [one] = history.functions();
    if (one === undefined) throw new Error('no function');
    const { hours } = history.expiredDay(one, { dayMs: 0, n: 0, fingerprint: '', receivedMs: 0, isExpired: true });
    const streaks = hours.map((hour) => (JSON.parse(hour.carryOut) as { streak: number }).streak);
    expect(streaks).toEqual([2, 0, 0, 2]);
    expect(hours.map((hour) => hour.idleTimes)).toEqual(['[[1,2,3]]', '[[1,2,3]]', '[[1,2,3]]', '[]']);
    expect(hours[0]?.coldStarts.map((cold) => cold.endMs)).toEqual([0]);
    expect(hours[0]?.changes.map((change) => change.atMs)).toEqual([0]);
    expect(hours.every((hour) => hour.hourMs < DAY_MS)).toBe(true);
  } finally {
    history.close();
  }
});
