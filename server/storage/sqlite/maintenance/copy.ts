/** Makes and verifies backups while the store is in use. Runs in a child process. */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { byteSize } from '../../../../ingest/text/quantities.ts';
import { freeBytes } from '../../free-space.ts';
import { assertFileType, writeNew } from '../../own-files.ts';
import type { Backup, BackupFile, BackupManifest, OnProgress } from '../../ports/maintenance.ts';
import { checkFile } from './check.ts';
import { digestOf } from './digest.ts';
import { MANIFEST, readManifest, sizeOf, stamp } from './manifest.ts';
import { STORE_FILES } from './store-files.ts';
import { sync } from './sync.ts';

/** Pages copied between progress reports. */
const STEP_PAGES = 8192;
const PARTIAL = '.partial-';

export interface BackupRequest {
  readonly folder: string;
  readonly into: string;
  readonly by: BackupManifest['by'];
  readonly version: string;
  /** Free disk space that the backup must leave. */
  readonly spareBytes: number;
  readonly nowMs: number;
}

/**
 * Makes and verifies a backup, and removes what an interrupted one left behind. @throws Error if the copy differs from
 * the source
 */
export async function makeBackup(request: BackupRequest, onProgress: OnProgress): Promise<Backup> {
  const { folder, into, by, version, nowMs } = request;
  const createdAt = new Date(nowMs).toISOString();
  const id = `backup-${stamp(nowMs)}`;
  assertFileType(into, 'folder');
  mkdirSync(into, { recursive: true, mode: 0o700 });
  assertRoom(request);
  removePartial(into);
  const partial = join(into, `${PARTIAL}${id}`);
  mkdirSync(partial, { mode: 0o700 });
  const files: BackupFile[] = [];
  for (const name of STORE_FILES) files.push(await copyFile(join(folder, name), join(partial, name), name, onProgress));
  const manifest: BackupManifest = { format: 1, createdAt, version, by, files };
  writeNew(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const path of [join(partial, MANIFEST), partial]) sync(path);
  const path = join(into, id);
  renameSync(partial, path);
  sync(into);
  return { id, path, manifest, bytes: sizeOf(manifest) };
}

/** @throws Error if less than the files and `spareBytes` are free */
function assertRoom({ folder, into, spareBytes }: BackupRequest): void {
  const names = STORE_FILES.flatMap((name) => [name, `${name}-wal`]);
  const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  const needed = sizes.reduce((sum, size) => sum + size, spareBytes);
  const free = freeBytes(into);
  if (free >= needed) return;
  throw new Error(
    `${byteSize(needed)} of free space are required in ${into} (the files and the minimum free space); ${byteSize(free)} are free`,
  );
}

/** Copies one file as of one moment: an open read transaction keeps concurrent writes from restarting the copy. */
async function copyFile(from: string, to: string, name: string, onProgress: OnProgress): Promise<BackupFile> {
  const source = new Database(from, { readonly: true, fileMustExist: true, timeout: 10_000 });
  let rows: BackupFile['rows'];
  try {
    source.exec('BEGIN');
    rows = countRows(source);
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress({ what: `copying ${name}`, done: totalPages - remainingPages, total: totalPages });
        return STEP_PAGES;
      },
    });
    source.exec('COMMIT');
  } finally {
    source.close();
  }
  chmodSync(to, 0o600);
  onProgress({ what: `verifying ${name}`, done: 0, total: 1 });
  const copy = new Database(to);
  let schema: number;
  try {
    // Store the copy as one file, without `-wal` and `-shm`.
    copy.pragma('journal_mode = DELETE');
    schema = Number(copy.pragma('user_version', { simple: true }));
    assertSame(name, rows, countRows(copy));
  } finally {
    copy.close();
  }
  assertWhole(name, to);
  sync(to);
  return { name, bytes: statSync(to).size, sha256: digestOf(to), schema, rows };
}

/** Verifies a finished backup. @throws Error that names the defect */
export function verifyBackup(path: string, onProgress: OnProgress): Backup {
  const manifest = readManifest(path);
  for (const [at, file] of manifest.files.entries()) {
    onProgress({ what: `verifying ${file.name}`, done: at, total: manifest.files.length });
    const copy = join(path, file.name);
    assertFileType(copy, 'file');
    const size = statSync(copy, { throwIfNoEntry: false })?.size;
    if (size === undefined) throw new Error(`${file.name} is missing`);
    if (size !== file.bytes) throw new Error(`${file.name} has ${size} bytes, its manifest says ${file.bytes}`);
    if (digestOf(copy) !== file.sha256)
      throw new Error(`${file.name} differs from the backup: its SHA-256 does not match the manifest`);
    assertWhole(file.name, copy);
    const db = new Database(copy, { readonly: true, fileMustExist: true });
    try {
      assertSame(file.name, file.rows, countRows(db));
    } finally {
      db.close();
    }
  }
  return { id: path.split('/').at(-1) ?? path, path, manifest, bytes: sizeOf(manifest) };
}

function removePartial(into: string): void {
  for (const name of readdirSync(into)) {
    if (name.startsWith(PARTIAL)) rmSync(join(into, name), { recursive: true, force: true });
  }
}

function countRows(db: Database.Database): Record<string, number> {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[];
  const count = (name: string): number => Number(db.prepare(`SELECT count(*) FROM "${name}"`).pluck().get());
  return Object.fromEntries(tables.map((name) => [name, count(name)]));
}

function assertSame(name: string, expected: BackupFile['rows'], found: BackupFile['rows']): void {
  const tables = new Set([...Object.keys(expected), ...Object.keys(found)]);
  for (const table of tables) {
    if (expected[table] !== found[table])
      throw new Error(
        `${name}: table ${table} has ${found[table] ?? 'no'} rows, expected ${expected[table] ?? 'none'}`,
      );
  }
}

function assertWhole(name: string, path: string): void {
  const [finding] = checkFile(path, true);
  if (finding !== undefined) throw new Error(`${name}: ${finding}`);
}
