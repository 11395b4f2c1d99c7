/** Damage to files, for tests of what a start notices. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Writes bytes over those at an offset; the length of the file stays as it is, unless they reach beyond its end. */
export function overwrite(path: string, offset: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(file);
  }
}

/** Flips one bit of the byte at an offset. */
export function flipBit(path: string, offset: number, bit = 4): void {
  overwrite(path, offset, Uint8Array.of((readFileSync(path)[offset] ?? 0) ^ (1 << bit)));
}
