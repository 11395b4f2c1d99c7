/** Is a file whole? Opening it and counting rows proves nothing: every page is looked at. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { Damage } from '../../ports/maintenance.ts';
import { STORE_FILES } from './manifest.ts';

const MOST_FINDINGS = 20;
const MOST_INFLATED_BYTES = 64 * 1_048_576;

/** `thorough` compares indexes with their tables as well. A file that cannot be opened is damaged. */
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

/** A page's check sees its structure, not what its values say; compressed lines carry a checksum of their own. */
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
    return found;
  } finally {
    db.close();
  }
}

/** The files of a store that are there. */
export function checkStore(folder: string): readonly Damage[] {
  return STORE_FILES.filter((name) => existsSync(join(folder, name))).flatMap((name): Damage[] => {
    const path = join(folder, name);
    const pages = checkFile(path, false);
    if (pages.length > 0) return [{ file: path, kind: 'structure', findings: pages }];
    const lines = name === 'telemetry.db' ? unreadableLines(path) : [];
    return lines.length === 0 ? [] : [{ file: path, kind: 'values', findings: lines }];
  });
}
