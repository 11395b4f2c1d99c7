/** Brings a file to the newest schema: forward only, one transaction, after a backup. */
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import BetterSqlite from 'better-sqlite3';
import { freeBytes, megabytes } from '../free-space.ts';
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
 * Applies what is missing. A file that already holds data is copied beside itself first (`<file>.before-<version>`), and
 * the copy is looked through before the file is touched.
 * @returns the versions applied.
 * @throws MigrationError when the file is newer than this code, or there is no room for the copy and the change.
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
      `${path} has schema ${current}, this version knows up to ${newest}: start the newer version again, or restore a backup`,
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

/** A copy, and in the worst case every page written once more to the write-ahead log. */
function assertRoom(path: string, free: number): void {
  const needed = 2 * statSync(path).size;
  if (free >= needed) return;
  throw new MigrationError(
    `${path} is to be brought to the newest schema, which wants ${megabytes(needed)} of free space; ${megabytes(free)} are free. Nothing was changed`,
  );
}

/** Under its name once it is whole. */
function backup(db: Database.Database, target: string): void {
  const partial = `${target}.partial`;
  for (const path of [partial, target]) rmSync(path, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  const copy = new BetterSqlite(partial);
  try {
    const found = copy.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok')
      throw new MigrationError(`the copy of ${target} is not whole: ${String(found)}. Nothing was changed`);
  } finally {
    copy.close();
  }
  chmodSync(partial, 0o600);
  sync(partial);
  renameSync(partial, target);
}
