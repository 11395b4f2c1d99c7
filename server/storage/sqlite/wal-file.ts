/** Reads the write-ahead log of a database that is not open. */
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
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes === 0) return null;
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(WAL_HEADER_BYTES);
    readSync(file, header, 0, WAL_HEADER_BYTES, 0);
    const uncommitted = new Map<number, number>();
    const onPage =
      sums === undefined ? null : (page: number, bytes: Uint8Array) => uncommitted.set(page, sumOf(page, bytes));
    const reader = new WalReader(header, onPage);
    const onCommit = (): void => {
      for (const [page, sum] of uncommitted) sums?.set(page, sum);
      uncommitted.clear();
    };
    if (reader.pageBytes !== null) readFrames(file, reader, onCommit);
    return reader.content();
  } finally {
    closeSync(file);
  }
}

function readFrames(file: number, reader: WalReader, onCommit: () => void): void {
  let commits = 0;
  const { frameBytes } = reader;
  const chunk = Buffer.from(new ArrayBuffer(frameBytes * FRAMES_PER_READ));
  for (let at = WAL_HEADER_BYTES; ; ) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    const frames = Math.floor(read / frameBytes);
    for (let n = 0; n < frames; n += 1) {
      reader.add(chunk.subarray(n * frameBytes, (n + 1) * frameBytes));
      if (reader.commits === commits) continue;
      commits = reader.commits;
      onCommit();
    }
    if (frames < FRAMES_PER_READ) return;
    at += frames * frameBytes;
  }
}
