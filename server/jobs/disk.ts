/** Is there room to store more? Decides; what is measured and done about it stands in storage-watch.ts. */

export interface DiskFacts {
  /** Free on the disk of the data folder, for whoever runs the server. */
  readonly freeBytes: number;
  /** Within the files, left by what was deleted. */
  readonly reusableBytes: number;
  /** What is to stay free. */
  readonly minFreeBytes: number;
  /** A file that is given up when there is no room even to delete. */
  readonly hasBallast: boolean;
  readonly wasPaused: boolean;
}

export interface DiskDecision {
  /** Nothing more is stored. */
  readonly paused: boolean;
  readonly ballast: 'keep' | 'release' | 'lay';
}

/** Deleting needs room for the write-ahead log; so does writing into space that was freed. */
const WORKING_SHARE = 8;
/** The ballast, of what is to stay free: given up, it is enough to work with. */
const BALLAST_SHARE = 4;
/** Once paused, a little more than the limit is wanted, so that it does not flutter. */
const RESUME_SHARE = 1.1;
const MAX_BALLAST_BYTES = 16 * 1_048_576;

export function ballastBytes(minFreeBytes: number): number {
  return Math.min(MAX_BALLAST_BYTES, Math.floor(minFreeBytes / BALLAST_SHARE));
}

export function decideDisk({ freeBytes, reusableBytes, minFreeBytes, hasBallast, wasPaused }: DiskFacts): DiskDecision {
  const wanted = wasPaused ? minFreeBytes * RESUME_SHARE : minFreeBytes;
  const working = minFreeBytes / WORKING_SHARE;
  const paused = freeBytes < wanted && (reusableBytes < wanted || freeBytes < working);
  const size = ballastBytes(minFreeBytes);
  if (hasBallast) return { paused, ballast: freeBytes < size ? 'release' : 'keep' };
  return { paused, ballast: freeBytes >= minFreeBytes * RESUME_SHARE + size ? 'lay' : 'keep' };
}
