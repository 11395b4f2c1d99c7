/**
 * Compares the pages of a database with their sums. The database may be in use: a page that differs counts only if it cannot
 * have been written meanwhile.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { AddedSums } from '../checkpoints.ts';
import { PageSums, pageBytesOf, sumOf } from '../page-sums.ts';
import { WAL_HEADER_BYTES } from '../wal.ts';
import { readWal } from '../wal-file.ts';

const PAGES_PER_READ = 256;
/** Pages without a sum that one check adds; the next one continues. */
const MOST_ADDED = 262_144;
const MOST_FINDINGS = 20;
const ATTEMPTS = 50;
const PAUSE_MS = 100;

export interface PageCheck {
  readonly findings: readonly string[];
  /** Sums of pages that had none. */
  readonly added: readonly AddedSums[];
}

/** `bytesPerSecond`: how fast the file is read at most; null for no limit. */
export function checkPages(path: string, bytesPerSecond: number | null): PageCheck {
  const sums = PageSums.read(path);
  if (sums === null) return { findings: [], added: [] };
  const file = openSync(path, 'r');
  try {
    const pageBytes = pageBytesOf(file);
    if (pageBytes === null) return { findings: [], added: [] };
    const pages = new Pages(file, pageBytes, sums);
    const { differing, without } = pages.all(bytesPerSecond);
    const settled = settle(path, pages, [...differing, ...without]);
    const damaged = settled.filter(({ stored, found }) => stored !== 0 && stored !== found).map(({ page }) => page);
    const added = settled.filter(({ stored }) => stored === 0);
    return { findings: describe(path, damaged), added: runsOf(added) };
  } finally {
    closeSync(file);
    sums.close();
  }
}

interface PageSum {
  readonly page: number;
  /** 0 if the page has none. */
  readonly stored: number;
  readonly found: number;
}

class Pages {
  readonly #file: number;
  readonly #pageBytes: number;
  readonly #sums: PageSums;

  constructor(file: number, pageBytes: number, sums: PageSums) {
    this.#file = file;
    this.#pageBytes = pageBytes;
    this.#sums = sums;
  }

  /** Pages whose sum differs, and pages without one. */
  all(bytesPerSecond: number | null): { readonly differing: number[]; readonly without: number[] } {
    const differing: number[] = [];
    const without: number[] = [];
    for (let first = 1; ; first += PAGES_PER_READ) {
      const read = this.#read(first, PAGES_PER_READ);
      for (const { page, stored, found } of read) {
        if (stored === 0 && without.length < MOST_ADDED) without.push(page);
        if (stored !== 0 && stored !== found) differing.push(page);
      }
      if (read.length < PAGES_PER_READ) return { differing, without };
      if (bytesPerSecond !== null) pause((PAGES_PER_READ * this.#pageBytes * 1000) / bytesPerSecond);
    }
  }

  one(page: number): PageSum | null {
    return this.#read(page, 1)[0] ?? null;
  }

  #read(first: number, count: number): PageSum[] {
    const bytes = Buffer.alloc(count * this.#pageBytes);
    const read = Math.floor(
      readSync(this.#file, bytes, 0, bytes.length, (first - 1) * this.#pageBytes) / this.#pageBytes,
    );
    const sums = this.#sums.get(first, read);
    return Array.from({ length: read }, (_, at) => ({
      page: first + at,
      stored: sums[at] ?? 0,
      found: sumOf(first + at, bytes.subarray(at * this.#pageBytes, (at + 1) * this.#pageBytes)),
    }));
  }
}

/**
 * Reads pages again until it is certain that none was written meanwhile. A page and its sum change at a checkpoint, which
 * only writes pages in the log; so a page that is not in the log after it was read, while the log is still the same one, was
 * not written. Pages in the log are left out: they are read from there.
 */
function settle(path: string, pages: Pages, numbers: readonly number[]): PageSum[] {
  for (let attempt = 0; numbers.length > 0 && attempt < ATTEMPTS; attempt += 1) {
    const before = logOf(path);
    const read = numbers.flatMap((page) => pages.one(page) ?? []);
    const inLog = new Map<number, number>();
    readWal(`${path}-wal`, inLog);
    if (before === logOf(path)) return read.filter(({ page }) => !inLog.has(page));
    pause(PAUSE_MS);
  }
  return [];
}

/** Identifies the current write-ahead log among earlier and later ones. */
function logOf(path: string): string {
  const stats = statSync(`${path}-wal`, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return 'none';
  // An empty log is another one after it was written and truncated.
  if (stats.size === 0n) return `empty ${stats.mtimeNs}`;
  const header = Buffer.alloc(WAL_HEADER_BYTES);
  const file = openSync(`${path}-wal`, 'r');
  readSync(file, header, 0, header.length, 0);
  closeSync(file);
  return header.toString('hex');
}

function describe(path: string, damaged: readonly number[]): readonly string[] {
  if (damaged.length === 0) return [];
  const shown = damaged.slice(0, MOST_FINDINGS);
  const tables = tablesOf(path, shown);
  const more =
    damaged.length > shown.length ? [`${damaged.length - shown.length} more pages differ from their checksums`] : [];
  return [...shown.map((page) => `page ${page}${tables.get(page) ?? ''} differs from its checksum`), ...more];
}

/** The table or index of each page, as far as the damaged file still shows it. */
function tablesOf(path: string, pages: readonly number[]): ReadonlyMap<number, string> {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
    try {
      const rows = db
        .prepare('SELECT pageno AS page, name FROM dbstat WHERE pageno IN (SELECT value FROM json_each(?))')
        .all(JSON.stringify(pages)) as { readonly page: number; readonly name: string }[];
      return new Map(rows.map(({ page, name }) => [page, ` (of ${name})`]));
    } finally {
      db.close();
    }
  } catch {
    return new Map();
  }
}

function runsOf(sums: readonly PageSum[]): readonly AddedSums[] {
  const runs: { first: number; sums: number[] }[] = [];
  for (const { page, found } of sums.toSorted((a, b) => a.page - b.page)) {
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.sums.length === page) last.sums.push(found);
    else runs.push({ first: page, sums: [found] });
  }
  return runs;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
