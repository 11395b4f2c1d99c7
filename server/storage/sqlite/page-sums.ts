/**
 * Checksums of the pages of a database, in a file beside it (`telemetry.db-sums`): SQLite has none. A sum covers the number of
 * the page, so that a page that was copied elsewhere does not match.
 *
 * Pages of a database in WAL mode change at checkpoints only. Before each, the sums of the pages in the log are written and
 * synced (checkpoints.ts). So the sum of each page that is not in the log matches the page in the database.
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, lstatSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { openExisting, writeNew } from '../own-files.ts';

const MAGIC = Buffer.from('thermocline-sums1');
const HEADER_BYTES = 32;
const ENTRY_BYTES = 4;

/** Path of the sums of a database. */
export const sumsPath = (database: string): string => `${database}-sums`;

/** Sum of a page; never 0, which stands for a page without a sum. Pages are numbered from 1. */
export function sumOf(page: number, bytes: Uint8Array): number {
  const sum = crc32(bytes, page);
  return sum === 0 ? 1 : sum;
}

/** Page size of a database file, bytes; null if its header is not valid. Source: SQLite's file format, 1.3. */
export function pageBytesOf(file: number): number | null {
  const header = Buffer.alloc(100);
  if (readSync(file, header, 0, header.length, 0) < header.length) return null;
  const stored = header.readUInt16BE(16);
  const bytes = stored === 1 ? 65_536 : stored;
  return bytes >= 512 && (bytes & (bytes - 1)) === 0 ? bytes : null;
}

export class PageSums {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Opens the sums of a database for reading; null if there are none, or the file is not one of sums. */
  static read(database: string): PageSums | null {
    const path = sumsPath(database);
    if (!isFile(path)) return null;
    const file = openExisting(path, 'read');
    if (isSums(file)) return new PageSums(file);
    closeSync(file);
    return null;
  }

  /**
   * Opens the sums of a database, and creates them if there are none. A link is replaced; what follows a header that cannot be
   * read is dropped, because it would make whole pages look damaged.
   */
  static open(database: string): PageSums {
    const path = sumsPath(database);
    if (!isFile(path)) writeNew(path, '');
    const file = openExisting(path, 'write');
    if (!isSums(file)) {
      ftruncateSync(file, 0);
      const header = Buffer.alloc(HEADER_BYTES);
      MAGIC.copy(header);
      writeSync(file, header, 0, HEADER_BYTES, 0);
    }
    return new PageSums(file);
  }

  /** Sums of `count` pages from `first` on; 0 for a page without a sum. */
  get(first: number, count: number): Uint32Array {
    const sums = new Uint32Array(count);
    readSync(this.#file, Buffer.from(sums.buffer), 0, sums.byteLength, offsetOf(first));
    return sums;
  }

  /** Stores the sums of consecutive pages. */
  set(first: number, sums: Uint32Array): void {
    writeSync(
      this.#file,
      Buffer.from(sums.buffer, sums.byteOffset, sums.byteLength),
      0,
      sums.byteLength,
      offsetOf(first),
    );
  }

  /** Stores the sums of any pages, durably. */
  store(sums: ReadonlyMap<number, number>): void {
    const pages = [...sums.keys()].toSorted((a, b) => a - b);
    for (let at = 0; at < pages.length; ) {
      let end = at + 1;
      while (end < pages.length && pages[end] === (pages[end - 1] ?? 0) + 1) end += 1;
      const run = Uint32Array.from(pages.slice(at, end), (page) => sums.get(page) ?? 0);
      this.set(pages[at] ?? 1, run);
      at = end;
    }
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const offsetOf = (page: number): number => HEADER_BYTES + (page - 1) * ENTRY_BYTES;

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;

function isSums(file: number): boolean {
  if (fstatSync(file).size < HEADER_BYTES) return false;
  const header = Buffer.alloc(MAGIC.length);
  readSync(file, header, 0, header.length, 0);
  return header.equals(MAGIC);
}
