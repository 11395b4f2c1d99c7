import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkCommits } from '../../server/cli/doctor-commits.ts';
import { writeHighWater } from '../../server/storage/sqlite/high-water.ts';

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'thermocline-doctor-'));
});
afterEach(() => rmSync(dataFolder, { recursive: true }));

/** A store whose telemetry.db contains `found` commits, and whose last acknowledged one is number `acknowledged`. */
function storeWith(found: number, acknowledged: number): void {
  writeFileSync(join(dataFolder, 'in-use'), '');
  const db = new Database(join(dataFolder, 'telemetry.db'));
  db.exec('PRAGMA user_version = 1; CREATE TABLE store (one, id, commits, committed_ms)');
  db.prepare("INSERT INTO store VALUES (1, 'a', ?, 0)").run(found);
  db.close();
  writeHighWater(dataFolder, { id: 'a', telemetry: { commits: acknowledged, committedMs: 1000 }, control: null });
}

test('names the range of missing commits and the choices', () => {
  storeWith(7, 12);
  const [finding] = checkCommits({ dataFolder }, false);
  expect(finding).toMatchObject({ area: 'commits', verdict: 'problem' });
  for (const text of ['commits 8 to 12', 'thermocline restore', 'thermocline accept-loss'])
    expect(finding?.sentence).toContain(text);
});

test('finds nothing in a complete store', () => {
  storeWith(12, 12);
  expect(checkCommits({ dataFolder }, false)).toMatchObject([{ verdict: 'ok' }]);
});

test('leaves the files of a running server alone', () => {
  storeWith(7, 12);
  expect(checkCommits({ dataFolder }, true)).toEqual([]);
});
