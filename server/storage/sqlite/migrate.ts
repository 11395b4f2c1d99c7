/** Migrates a database file to the newest schema: forward only, in one transaction, after a backup. */
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import BetterSqlite from 'better-sqlite3';
import { byteSize } from '../../../ingest/text/quantities.ts';
import { freeBytes } from '../free-space.ts';
import { sync } from './maintenance/sync.ts';

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

function readMigrations(folder: string): readonly Migration[] {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .toSorted();
  return files.map((name, at) => {
    const version = Number(name.slice(0, 4));
    if (version !== at + 1) throw new MigrationError(`${name}: expected number ${at + 1}`);
    return { version, name, sql: readFileSync(join(folder, name), 'utf8') };
  });
}

/**
 * Applies the missing migrations. A file that already holds data is first copied to `<file>.before-<version>`, and the copy
 * passes an integrity check before the file is changed.
 * @returns the versions that were applied.
 * @throws MigrationError when the file is newer than this code, the disk lacks space for the copy and the change, or the
 * copy is damaged.
 */
export function migrate(
  db: Database.Database,
  path: string,
  folder: string,
  free: (folder: string) => number = freeBytes,
): readonly number[] {
  const migrations = readMigrations(folder);
  const current = Number(db.pragma('user_version', { simple: true }));
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new MigrationError(
      `${path} has schema ${current}; this version supports schemas up to ${newest}. Start the newer version, or restore a backup`,
    );
  }
  const missing = migrations.filter((migration) => migration.version > current);
  if (missing.length === 0) return [];
  if (current > 0) {
    assertRoom(path, free(dirname(path)));
    backup(db, `${path}.before-${newest}`);
  }
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of missing) db.exec(migration.sql);
    db.pragma(`user_version = ${newest}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
  return missing.map((migration) => migration.version);
}

/** Requires room for the copy and, in the worst case, for every page once more in the write-ahead log. */
function assertRoom(path: string, free: number): void {
  const needed = 2 * statSync(path).size;
  if (free >= needed) return;
  throw new MigrationError(
    `Migrating ${path} needs ${byteSize(needed)} of free space; ${byteSize(free)} are free. Nothing was changed`,
  );
}

/** Copies the database to `target`, which appears under that name only when the copy is complete and checked. */
function backup(db: Database.Database, target: string): void {
  const partial = `${target}.partial`;
  for (const path of [partial, target]) rmSync(path, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  const copy = new BetterSqlite(partial);
  try {
    const found = copy.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok')
      throw new MigrationError(
        `The backup ${target} failed its integrity check: ${String(found)}. Nothing was changed`,
      );
  } finally {
    copy.close();
  }
  chmodSync(partial, 0o600);
  sync(partial);
  renameSync(partial, target);
}
