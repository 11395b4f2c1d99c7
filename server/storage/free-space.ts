/** Free space of a disk. */
import { statfsSync } from 'node:fs';

/** Bytes available to the user of the process, without the reserve for root. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
