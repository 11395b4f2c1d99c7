/** Makes sure that what was written is on the disk. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A file or a folder is on the disk after this. */
export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
