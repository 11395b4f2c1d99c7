/** Reads the write-ahead log of a database that is not open. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { WalContent } from './wal.ts';
import { WAL_HEADER_BYTES, WalReader } from './wal.ts';

/** Frames that are read at once. */
const FRAMES_PER_READ = 256;

/** Returns what the log at the path contains; null if there is none or it is empty. */
export function readWal(path: string): WalContent | null {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes === 0) return null;
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(WAL_HEADER_BYTES);
    readSync(file, header, 0, WAL_HEADER_BYTES, 0);
    const reader = new WalReader(header);
    if (reader.pageBytes !== null) readFrames(file, reader);
    return reader.content();
  } finally {
    closeSync(file);
  }
}

function readFrames(file: number, reader: WalReader): void {
  const { frameBytes } = reader;
  const chunk = Buffer.alloc(frameBytes * FRAMES_PER_READ);
  for (let at = WAL_HEADER_BYTES; ; ) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    const frames = Math.floor(read / frameBytes);
    for (let n = 0; n < frames; n += 1) reader.add(chunk.subarray(n * frameBytes, (n + 1) * frameBytes));
    if (frames < FRAMES_PER_READ) return;
    at += frames * frameBytes;
  }
}
