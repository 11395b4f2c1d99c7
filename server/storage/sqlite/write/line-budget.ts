/** How many bytes of log lines are kept where no setting says so. */
import { statfsSync } from 'node:fs';

const MOST_BYTES = 10 * 1_073_741_824;
const PART_OF_DISK = 0.2;

/** 10 GiB, or a fifth of the disk of the folder if that is less. */
export function lineBudget(folder: string): number {
  const { blocks, bsize } = statfsSync(folder);
  return Math.min(MOST_BYTES, blocks * bsize * PART_OF_DISK);
}
