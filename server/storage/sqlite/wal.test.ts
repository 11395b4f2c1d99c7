/** Logs are written by SQLite; what it reads of them says what the parser must find. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { hasWalMagic } from './wal.ts';
import { readWal } from './wal-file.ts';

const root = mkdtempSync(join(tmpdir(), 'wal-'));
afterAll(() => rmSync(root, { recursive: true }));
const COMMITS = 6;
const PAGE = 4096;
const FRAME = PAGE + 24;

/** A database with one row in each of its commits, all of them in the log. Returns the bytes of the log. */
function written(name: string): { path: string; log: Buffer } {
  const path = join(root, `${name}.db`);
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('wal_autocheckpoint = 0');
  db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
  for (let n = 1; n < COMMITS; n += 1) db.prepare('INSERT INTO t VALUES (?, ?)').run(n, 'x'.repeat(n * 3000));
  const copy = join(root, `${name}-copy.db`);
  for (const companion of ['', '-wal']) copyFileSync(path + companion, copy + companion);
  db.close();
  return { path: copy, log: readFileSync(`${copy}-wal`) };
}

/** Number of rows that SQLite recovers; -1 if not even the table. */
function rowsOf(path: string): number {
  const db = new Database(path);
  try {
    return Number(db.prepare('SELECT count(*) FROM t').pluck().get());
  } catch {
    return -1;
  } finally {
    db.close();
  }
}

test('counts frames and commits as SQLite wrote them', () => {
  const { path, log } = written('whole');
  const frames = (log.length - 32) / FRAME;
  expect(readWal(`${path}-wal`)).toEqual({ pageBytes: PAGE, frames, commits: COMMITS, commitsAfterBreak: 0 });
  expect(rowsOf(path)).toBe(COMMITS - 1);
});

test('reads checksums of either byte order', () => {
  const { path, log } = written('big-endian');
  log.writeUInt32BE(0x377f0683, 0);
  let [s0, s1] = [0, 0];
  const add = (from: number, to: number): void => {
    for (let at = from; at < to; at += 8) {
      s0 = (s0 + log.readUInt32BE(at) + s1) >>> 0;
      s1 = (s1 + log.readUInt32BE(at + 4) + s0) >>> 0;
    }
  };
  const sign = (at: number): void => {
    log.writeUInt32BE(s0, at);
    log.writeUInt32BE(s1, at + 4);
  };
  add(0, 24);
  sign(24);
  for (let at = 32; at < log.length; at += FRAME) {
    add(at, at + 8);
    add(at + 24, at + FRAME);
    sign(at + 16);
  }
  writeFileSync(`${path}-wal`, log);
  expect(readWal(`${path}-wal`)).toMatchObject({ commits: COMMITS, commitsAfterBreak: 0 });
  // SQLite agrees that this log is valid.
  expect(rowsOf(path)).toBe(COMMITS - 1);
});

test.each([0, 0.2, 0.5, 0.8, 0.99])(
  'a bit flipped at %d of the log: the parser finds the commits that SQLite finds',
  (share) => {
    const { path, log } = written(`flipped-${share}`);
    const frame = Math.floor(((log.length - 32) / FRAME) * share);
    const at = 32 + frame * FRAME + 100;
    log[at] = (log[at] ?? 0) ^ 1;
    writeFileSync(`${path}-wal`, log);
    const found = readWal(`${path}-wal`);
    expect((found?.commits ?? 0) + (found?.commitsAfterBreak ?? 0)).toBe(COMMITS);
    expect(found?.frames).toBeLessThanOrEqual(frame);
    // The first commit creates the table.
    expect(rowsOf(path)).toBe((found?.commits ?? 0) - 1);
  },
);

test('a header that is zeroed, of another format or cut is no log', () => {
  for (const [name, spoil] of [
    ['zeroed', (log: Buffer) => log.fill(0, 0, 32)],
    ['format', (log: Buffer) => log.writeUInt32BE(1, 4)],
    ['page', (log: Buffer) => log.writeUInt32BE(4097, 8)],
    ['checksum', (log: Buffer) => log.writeUInt32BE(1, 24)],
  ] as const) {
    const { path, log } = written(`header-${name}`);
    spoil(log);
    writeFileSync(`${path}-wal`, log);
    expect(readWal(`${path}-wal`)).toMatchObject({ pageBytes: null, commits: 0 });
    expect(rowsOf(path)).toBe(-1);
  }
  const { path } = written('short');
  writeFileSync(`${path}-wal`, Buffer.alloc(10));
  expect(readWal(`${path}-wal`)?.pageBytes).toBeNull();
  expect(readWal(`${path}-none`)).toBeNull();
});

test('frames of an earlier log after its end are not of this one', () => {
  const path = join(root, 'restarted.db');
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (text TEXT)');
  for (let n = 0; n < 9; n += 1) db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(9000));
  db.pragma('wal_checkpoint(RESTART)');
  db.exec("INSERT INTO t VALUES ('y')");
  const found = readWal(`${path}-wal`);
  expect(found).toMatchObject({ commits: 1, commitsAfterBreak: 0 });
  db.close();
});

test('recognises the magic number of either byte order', () => {
  expect(hasWalMagic(Uint8Array.of(0x37, 0x7f, 0x06, 0x82))).toBe(true);
  expect(hasWalMagic(Uint8Array.of(0x37, 0x7f, 0x06, 0x83))).toBe(true);
  expect(hasWalMagic(new Uint8Array(32))).toBe(false);
  expect(hasWalMagic(new Uint8Array())).toBe(false);
});
