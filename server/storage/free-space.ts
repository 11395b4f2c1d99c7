/** Room on a disk, and sizes as people read them. */
import { statfsSync } from 'node:fs';

/** Bytes available to the user of the process, without the reserve for root. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function megabytes(bytes: number): string {
  return bytes < 10 * 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.round(bytes / 1_048_576)} MB`;
}
