/** Decides whether ingest pauses because the disk is nearly full. Pure; storage-watch.ts measures and acts. */

export interface DiskFacts {
  /** Free disk space available to this user. */
  readonly freeBytes: number;
  /** Free space within the database files. */
  readonly reusableBytes: number;
  /** Minimum free disk space. */
  readonly minFreeBytes: number;
  /** The ballast file exists: it is deleted when the disk is so full that not even deletion works. */
  readonly hasBallast: boolean;
  readonly wasPaused: boolean;
}

export interface DiskDecision {
  /** Ingest is paused. */
  readonly paused: boolean;
  readonly ballast: 'keep' | 'release' | 'create';
}

/** Deleting rows and reusing free pages need space for the write-ahead log: this part of `minFreeBytes`. */
const WORKING_DIVISOR = 8;
/** Size of the ballast file as a part of `minFreeBytes`. */
const BALLAST_DIVISOR = 4;
/** Hysteresis: ingest resumes at this multiple of `minFreeBytes`. */
const RESUME_FACTOR = 1.1;
const MAX_BALLAST_BYTES = 16 * 1_048_576;

/** Size of the ballast file. */
export function ballastBytes(minFreeBytes: number): number {
  return Math.min(MAX_BALLAST_BYTES, Math.floor(minFreeBytes / BALLAST_DIVISOR));
}

/** Decides whether to pause ingest and what to do with the ballast file. */
export function decideDisk({ freeBytes, reusableBytes, minFreeBytes, hasBallast, wasPaused }: DiskFacts): DiskDecision {
  const requiredBytes = wasPaused ? minFreeBytes * RESUME_FACTOR : minFreeBytes;
  const workingBytes = minFreeBytes / WORKING_DIVISOR;
  const paused = freeBytes < requiredBytes && (reusableBytes < requiredBytes || freeBytes < workingBytes);
  const sizeBytes = ballastBytes(minFreeBytes);
  if (hasBallast) return { paused, ballast: freeBytes < sizeBytes ? 'release' : 'keep' };
  return { paused, ballast: freeBytes >= minFreeBytes * RESUME_FACTOR + sizeBytes ? 'create' : 'keep' };
}
