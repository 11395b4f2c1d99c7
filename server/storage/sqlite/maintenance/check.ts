/**
 * Checks the integrity of database files by reading every page; opening a file and counting its rows does not reveal
 * damage.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { Damage } from '../../ports/maintenance.ts';
import type { AddedSums } from '../checkpoints.ts';
import { isIntact } from '../lines/block.ts';
import { checkPages } from './check-pages.ts';
import { STORE_FILES } from './store-files.ts';

const MOST_FINDINGS = 20;
const MOST_INFLATED_BYTES = 64 * 1_048_576;

/**
 * Returns findings; a file that cannot be opened counts as damaged. `thorough` also compares indexes with their tables.
 */
export function checkFile(path: string, thorough: boolean): readonly string[] {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
    try {
      db.pragma('cell_size_check = ON');
      const name = thorough ? 'integrity_check' : 'quick_check';
      const found = db.pragma(`${name}(${MOST_FINDINGS})`) as Record<string, string>[];
      return found.flatMap((row) => Object.values(row)).filter((text) => text !== 'ok');
    } finally {
      db.close();
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Returns chunks and blocks of log lines that cannot be decompressed. SQLite's check covers structure, not values; gzip has its own
 * checksum, and so has each part of a block.
 */
function unreadableLines(path: string): readonly string[] {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const after = db.prepare('SELECT id, gzip FROM raw_chunk WHERE id > ? ORDER BY id LIMIT 100');
    const found: string[] = [];
    let rows = after.all(0) as { id: number; gzip: Buffer }[];
    while (rows.length > 0 && found.length < MOST_FINDINGS) {
      for (const { id, gzip } of rows) {
        try {
          gunzipSync(gzip, { maxOutputLength: MOST_INFLATED_BYTES });
        } catch {
          found.push(`raw_chunk ${id} cannot be decompressed`);
        }
      }
      rows = after.all(rows.at(-1)?.id ?? 0) as typeof rows;
    }
    return [...found, ...damagedBlocks(db, MOST_FINDINGS - found.length)];
  } finally {
    db.close();
  }
}

/** A filter that is damaged is rebuilt from the lines, so it is no damage. */
function damagedBlocks(db: Database.Database, most: number): readonly string[] {
  const next = db.prepare('SELECT id, head, body FROM line_block WHERE id > ? ORDER BY id LIMIT 1');
  const found: string[] = [];
  let row = next.get(0) as BlockRow | undefined;
  while (row !== undefined && found.length < most) {
    if (!isIntact(row.head) || !isIntact(row.body)) found.push(`line_block ${row.id} cannot be decompressed`);
    row = next.get(row.id) as BlockRow | undefined;
  }
  return found;
}

interface BlockRow {
  readonly id: number;
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

export interface StoreCheck {
  readonly damage: readonly Damage[];
  /** Sums of pages that had none, by name of the file. */
  readonly added: Readonly<Record<string, readonly AddedSums[]>>;
}

/** Checks the files of a store that exist. `thorough` and `bytesPerSecond` are those of {@link checkFile} and {@link checkPages}. */
export function checkStore(folder: string, thorough = false, bytesPerSecond: number | null = null): StoreCheck {
  const added: Record<string, readonly AddedSums[]> = {};
  const damage = STORE_FILES.filter((name) => existsSync(join(folder, name))).flatMap((name): Damage[] => {
    const path = join(folder, name);
    const structure = checkFile(path, thorough);
    if (structure.length > 0) return [{ file: path, kind: 'structure', findings: structure }];
    const pages = checkPages(path, bytesPerSecond);
    added[name] = pages.added;
    if (pages.findings.length > 0) return [{ file: path, kind: 'structure', findings: pages.findings }];
    const lines = name === 'telemetry.db' ? unreadableLines(path) : [];
    return lines.length === 0 ? [] : [{ file: path, kind: 'values', findings: lines }];
  });
  return { damage, added };
}
