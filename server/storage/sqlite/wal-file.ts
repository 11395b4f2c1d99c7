/** Reads the write-ahead log of a database from its file. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { sumOf } from './page-sums.ts';
import type { WalContent } from './wal.ts';
import { WAL_HEADER_BYTES, WalReader } from './wal.ts';

/** Frames that are read at once. */
const FRAMES_PER_READ = 256;

/**
 * Returns what the log at the path contains; null if there is none or it is empty. `sums` receives the sums of the pages of
 * committed transactions, as of the last one.
 */
export function readWal(path: string, sums?: Map<number, number>): WalContent | null {
  const log = new WalFile(path, { withSums: sums !== undefined, pastDamage: true });
  return log.read(sums ?? new Map()) ? log.content() : null;
}

interface Options {
  /** True to compute the checksums of pages. */
  readonly withSums: boolean;
  /** True to also count frames after the first invalid one. */
  readonly pastDamage: boolean;
}

/** A log that grows and starts again while it is read: each frame is read once. */
export class WalFile {
  readonly #path: string;
  readonly #options: Options;
  readonly #uncommitted = new Map<number, number>();
  #reader: WalReader | null = null;
  #header = Buffer.alloc(WAL_HEADER_BYTES);

  constructor(path: string, options: Options) {
    this.#path = path;
    this.#options = options;
  }

  /**
   * Reads what was committed since the last time; all of it if the log was started again. `sums` receives the sums of the
   * pages, as of the last transaction. False if there is no log, or an empty one.
   */
  read(sums: Map<number, number>): boolean {
    const bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes === 0) {
      this.forget();
      return false;
    }
    const file = openSync(this.#path, 'r');
    try {
      this.#readFrom(file, sums);
      return true;
    } catch (error) {
      this.forget();
      throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Reads all of the log again next time. */
  forget(): void {
    this.#reader = null;
  }

  content(): WalContent | null {
    return this.#reader?.content() ?? null;
  }

  #readFrom(file: number, sums: Map<number, number>): void {
    const header = Buffer.alloc(WAL_HEADER_BYTES);
    readSync(file, header, 0, WAL_HEADER_BYTES, 0);
    // The header has the salts, which differ between a log and the next.
    if (this.#reader === null || !header.equals(this.#header)) {
      this.#header = header;
      const onPage = (page: number, bytes: Uint8Array) => this.#uncommitted.set(page, sumOf(page, bytes));
      this.#reader = new WalReader(header, this.#options.withSums ? onPage : null);
    }
    this.#uncommitted.clear();
    this.#reader.rewind();
    if (this.#reader.pageBytes !== null) this.#readFrames(file, this.#reader, sums);
  }

  #readFrames(file: number, reader: WalReader, sums: Map<number, number>): void {
    const { frameBytes } = reader;
    const chunk = Buffer.from(new ArrayBuffer(frameBytes * FRAMES_PER_READ));
    let { commits } = reader;
    for (let at = WAL_HEADER_BYTES + reader.frames * frameBytes; ; ) {
      const read = readSync(file, chunk, 0, chunk.length, at);
      const frames = Math.floor(read / frameBytes);
      for (let n = 0; n < frames; n += 1) {
        reader.add(chunk.subarray(n * frameBytes, (n + 1) * frameBytes));
        if (reader.commits === commits) continue;
        commits = reader.commits;
        for (const [page, sum] of this.#uncommitted) sums.set(page, sum);
        this.#uncommitted.clear();
      }
      if (frames < FRAMES_PER_READ || (reader.isBroken && !this.#options.pastDamage)) return;
      at += frames * frameBytes;
    }
  }
}
