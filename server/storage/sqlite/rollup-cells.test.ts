/** Reading of rollup rows in bulk. Rows are written by hand; sketches are any bytes, zeros included. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { READ_AT } from '../rollup/bucket.ts';
import type { Databases } from './databases.ts';
import { migrate } from './migrate.ts';
import { ReadConnection } from './read-connection.ts';
import type { CellSketches } from './rollup-cells.ts';
import { forEachCell } from './rollup-cells.ts';
import { selectRollups } from './rollup-statements.ts';
import type { ControlTables, TelemetryTables } from './schema.ts';

const SEGMENT = { table: 'rollup_1d', fromMs: DAY_MS, toMs: 3 * DAY_MS } as const;
const ROWS = [
  { functionId: 1, day: 0, seriesId: 11, n: 9, billedMs: 90, memoryMb: 64, duration: [9], cold: [9] },
  {
    functionId: 1,
    day: 1,
    seriesId: 11,
    n: 3,
    billedMs: 9_007_199_254_740_991,
    memoryMb: null,
    duration: [0, 2, 255],
    cold: [],
  },
  { functionId: 1, day: 2, seriesId: 12, n: 5, billedMs: -7, memoryMb: 128, duration: [128, 0], cold: [0, 0, 44] },
  { functionId: 2, day: 1, seriesId: 21, n: 0, billedMs: 0, memoryMb: 0, duration: [1], cold: [] },
  { functionId: 3, day: 1, seriesId: 31, n: 8, billedMs: 80, memoryMb: 64, duration: [7], cold: [7] },
] as const;

let folder = '';
let db: Databases;
let file: Database.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cells-'));
  const path = join(folder, 'telemetry.db');
  file = new Database(path);
  migrate(file, path, 'migrations/sqlite/telemetry');
  const telemetry = new ReadConnection<TelemetryTables>(file);
  db = { telemetry, control: new ReadConnection<ControlTables>(file), files: { telemetry: path } };
  const insert = file.prepare(
    `INSERT INTO rollup_1d (function_id, bucket, series_id, n, with_start, timeouts, errors, ooms, exits, cold_on_demand,
       cold_provisioned, cold_snap_start, cold_suppressed, cold_managed_instance, user_felt, billed_ms, felt_init_us,
       max_memory_mb, duration, cold, failed_billed_ms, unplaced, unplaced_cold)
     VALUES (?, ?, ?, ?, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ?, 12, ?, ?, ?, 13, 14, 15)`,
  );
  for (const { functionId, day, seriesId, n, billedMs, memoryMb, duration, cold } of ROWS) {
    const sketches = [Buffer.from(duration), Buffer.from(cold)];
    insert.run(functionId, day * DAY_MS, seriesId, n, BigInt(billedMs), memoryMb, ...sketches);
  }
});

afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

function read(sketches: CellSketches, ids: readonly number[], series: readonly number[] | null = null) {
  const found: object[] = [];
  forEachCell(db, selectRollups(ids, series), SEGMENT, sketches, (cell) => {
    const { functionId, seriesId, bucket, maxMemoryMb, counts, durationAt, coldAt, end } = cell;
    const bytes = [...cell.sketches];
    found.push({
      ...{
        functionId,
        seriesId,
        day: bucket / DAY_MS,
        maxMemoryMb,
        n: counts[READ_AT.n],
        billedMs: counts[READ_AT.billed_ms],
      },
      ...{ duration: bytes.slice(durationAt, coldAt), cold: bytes.slice(coldAt, end) },
    });
  });
  return found;
}

const TOP = { functionId: 1, seriesId: 11, day: 1, maxMemoryMb: null, n: 3, billedMs: 9_007_199_254_740_991 };
const NEXT = { functionId: 1, seriesId: 12, day: 2, maxMemoryMb: 128, n: 5, billedMs: -7 };
const OTHER = { functionId: 2, seriesId: 21, day: 1, maxMemoryMb: 0, n: 0, billedMs: 0 };

test('rows of the functions in the segment, without sketches', () => {
  const none = { duration: [], cold: [] };
  expect(read('none', [1, 2])).toEqual([
    { ...TOP, ...none },
    { ...NEXT, ...none },
    { ...OTHER, ...none },
  ]);
});

test('both sketches of every row', () => {
  expect(read('both', [1, 2])).toEqual([
    { ...TOP, duration: [0, 2, 255], cold: [] },
    { ...NEXT, duration: [128, 0], cold: [0, 0, 44] },
    { ...OTHER, duration: [1], cold: [] },
  ]);
});

test('one of the sketches', () => {
  expect(read('duration', [1])).toEqual([
    { ...TOP, duration: [0, 2, 255], cold: [] },
    { ...NEXT, duration: [128, 0], cold: [] },
  ]);
  expect(read('cold', [1])).toEqual([
    { ...TOP, duration: [], cold: [] },
    { ...NEXT, duration: [], cold: [0, 0, 44] },
  ]);
});

test('only the listed series', () => {
  expect(read('duration', [1, 2], [12])).toEqual([{ ...NEXT, duration: [128, 0], cold: [] }]);
});

test('every count has its place', () => {
  forEachCell(db, selectRollups([3], null), SEGMENT, 'none', ({ counts }) => {
    expect([...counts]).toEqual([8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 80, 12, 13, 14, 15, 8]);
  });
  expect.assertions(1);
});

test('invocations of days on which errors are known are not unknown', () => {
  file.prepare('INSERT INTO error_day (function_id, day) VALUES (1, 2)').run();
  const unknown: unknown[] = [];
  forEachCell(db, selectRollups([1, 2], null, 'on some days'), SEGMENT, 'none', ({ seriesId, counts }) => {
    unknown.push([seriesId, counts[READ_AT.errors_unknown]]);
  });
  expect(unknown).toEqual([
    [11, 3],
    [12, 0],
    [21, 0],
  ]);
});

test('rows of a function come in order of time, from one index', () => {
  const plan = (ids: readonly number[]) => {
    const texts: string[] = [];
    const connection = new ReadConnection<TelemetryTables>(file);
    const prepare = connection.prepare.bind(connection);
    connection.prepare = <Out>(text: string) => {
      texts.push(text);
      return prepare<Out>(text);
    };
    forEachCell({ ...db, telemetry: connection }, selectRollups(ids, null), SEGMENT, 'both', () => {});
    const [text = ''] = texts;
    const rows = file.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...[...text.matchAll(/\?/g)].map(() => '[]'));
    return rows.map((row) => (row as { readonly detail: string }).detail).join('\n');
  };
  expect(plan([1, 2])).not.toContain('TEMP B-TREE');
  expect(plan([1])).not.toContain('TEMP B-TREE');
});
