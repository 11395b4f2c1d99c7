/** Brings a file to the newest schema: forward only, one transaction, after a backup. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';

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
 * Applies what is missing. A file that already holds data is copied beside itself first
 * (`<file>.before-<version>`), and the copy of an older migration is removed.
 * @returns the versions applied.
 * @throws MigrationError when the file is newer than this code.
 */
export function migrate(db: Database.Database, path: string, folder: string): readonly number[] {
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
  if (current > 0) backup(db, `${path}.before-${newest}`);
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

function backup(db: Database.Database, target: string): void {
  if (existsSync(target)) rmSync(target);
  db.prepare('VACUUM INTO ?').run(target);
}
