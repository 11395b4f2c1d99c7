/** Checksums of files of a backup. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1_048_576;

/** SHA-256 of a file, hexadecimal. */
export function digestOf(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const file = openSync(path, 'r');
  try {
    let read = readSync(file, chunk);
    while (read > 0) {
      hash.update(chunk.subarray(0, read));
      read = readSync(file, chunk);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
