/** Sums of pages follow what SQLite itself wrote: each page of the database matches its sum after every checkpoint. */
import { mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { Checkpoints } from './checkpoints.ts';
import { PageSums, sumOf } from './page-sums.ts';
import { WalFile } from './wal-file.ts';

const root = mkdtempSync(join(tmpdir(), 'checkpoints-'));
afterAll(() => rmSync(root, { recursive: true }));
const PAGE = 4096;
const FRAME = PAGE + 24;
/** Checkpoints are due after 32 MiB of frames. */
const DUE_ROWS = 90;

/** `cachePages`: with a small cache, SQLite writes pages into the log before their transaction ends. */
function opened(name: string, cachePages = 2000) {
  const path = join(root, `${name}.db`);
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('wal_autocheckpoint = 0');
  db.pragma(`cache_size = ${cachePages}`);
  db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
  return { path, db, checkpoints: new Checkpoints(db, path) };
}

/** Pages of the database file whose sum is not the stored one; a page without a sum is one of them. */
function wrongPages(path: string): number[] {
  const file = openSync(path, 'r');
  const pages = statSync(path).size / PAGE;
  const stored = PageSums.read(path)?.get(1, pages) ?? [];
  const bytes = Buffer.alloc(PAGE);
  return Array.from({ length: pages }, (_, at) => at + 1).filter((page) => {
    readSync(file, bytes, 0, PAGE, (page - 1) * PAGE);
    return stored[page - 1] !== sumOf(page, bytes);
  });
}

test('every page of the database has its sum after checkpoints, restarts and truncations of the log', () => {
  const { path, db, checkpoints } = opened('rounds');
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  for (let round = 0; round < 6; round += 1) {
    for (let n = 0; n < 20; n += 1) insert.run(`${round} ${'x'.repeat(n * 700)}`);
    db.exec(`UPDATE t SET text = text || '${round}' WHERE n % 3 = 0; DELETE FROM t WHERE n % 7 = ${round}`);
    checkpoints.run(round % 3 === 2 ? 'TRUNCATE' : 'PASSIVE');
    expect([round, wrongPages(path)]).toEqual([round, []]);
  }
  expect(statSync(path).size / PAGE).toBeGreaterThan(20);
});

test('pages that a reader keeps in the log have their sums when they are moved later', () => {
  const { path, db, checkpoints } = opened('reader');
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  insert.run('before');
  const reader = new Database(path, { readonly: true });
  const rows = reader.prepare('SELECT n FROM t').iterate();
  rows.next();
  for (let round = 0; round < 4; round += 1) {
    for (let n = 0; n < 10; n += 1) insert.run(`${round} ${'y'.repeat(3000)}`);
    checkpoints.run('PASSIVE');
  }
  rows.return?.();
  reader.close();
  checkpoints.run('PASSIVE');
  expect(wrongPages(path)).toEqual([]);
});

test('frames of a transaction that was rolled back are read again when SQLite writes over them', () => {
  const { path, db, checkpoints } = opened('rolled-back', 10);
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  insert.run('kept');
  checkpoints.run('PASSIVE');
  // The log starts again with this row, so that the rolled back frames and those after them have the same salts.
  insert.run('first');
  const log = new WalFile(`${path}-wal`, { withSums: true, pastDamage: false });
  const bytesBefore = statSync(`${path}-wal`).size;
  db.exec('BEGIN');
  for (let n = 0; n < 200; n += 1) insert.run('z'.repeat(3000));
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(bytesBefore + 50 * FRAME);
  expect(log.read(new Map())).toBe(true);
  db.exec('ROLLBACK');
  for (let n = 0; n < 20; n += 1) insert.run('w'.repeat(3000));
  const sums = new Map<number, number>();
  log.read(sums);
  expect(log.content()).toMatchObject({ commits: 21, commitsAfterBreak: 0 });
  expect(sums.size).toBeGreaterThanOrEqual(20);
  checkpoints.run('PASSIVE');
  expect(wrongPages(path)).toEqual([]);
});

test('each frame is read once, and all of them after a failure', () => {
  const { path, db } = opened('once');
  const log = new WalFile(`${path}-wal`, { withSums: true, pastDamage: false });
  const read = (): number => {
    const sums = new Map<number, number>();
    log.read(sums);
    return sums.size;
  };
  const all = read();
  expect(all).toBeGreaterThan(0);
  expect(read()).toBe(0);
  db.prepare('INSERT INTO t (text) VALUES (?)').run('small');
  // The row changes one page.
  expect(read()).toBe(1);
  expect(log.content()?.commits).toBe(2);
  log.forget();
  expect(read()).toBe(all);
});

test('sums that could not be stored are stored by the next checkpoint', () => {
  const { path, db, checkpoints } = opened('full');
  db.prepare('INSERT INTO t (text) VALUES (?)').run('x');
  const store = PageSums.prototype.store;
  PageSums.prototype.store = () => {
    throw new Error('ENOSPC');
  };
  try {
    expect(() => checkpoints.run('PASSIVE')).toThrow('ENOSPC');
  } finally {
    PageSums.prototype.store = store;
  }
  checkpoints.run('PASSIVE');
  expect(wrongPages(path)).toEqual([]);
});

test('a log that started again in a long file is not due', () => {
  const { path, db, checkpoints } = opened('due', 20_000);
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  for (let n = 0; n < DUE_ROWS; n += 1) insert.run('x'.repeat(400_000));
  expect(checkpoints.isDue()).toBe(true);
  checkpoints.run('PASSIVE');
  expect(checkpoints.isDue()).toBe(false);
  insert.run('next');
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(33_554_432);
  expect(checkpoints.isDue()).toBe(false);
  for (let n = 0; n < DUE_ROWS; n += 1) insert.run('x'.repeat(400_000));
  expect(checkpoints.isDue()).toBe(true);
});

test('where little space must be free, the log is moved when it has a quarter of that', () => {
  const { path, db } = opened('small-disk');
  const checkpoints = new Checkpoints(db, path, 8 * 1_048_576);
  checkpoints.run('TRUNCATE');
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  // A row takes 98 pages and some, 404 kB: five are less than 2 MiB, six are more.
  for (let n = 0; n < 5; n += 1) insert.run('x'.repeat(400_000));
  expect(checkpoints.isDue()).toBe(false);
  insert.run('x'.repeat(400_000));
  expect(checkpoints.isDue()).toBe(true);
});
