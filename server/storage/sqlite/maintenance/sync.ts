/** Flushes written data to disk. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Fsyncs a file or folder. */
export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
