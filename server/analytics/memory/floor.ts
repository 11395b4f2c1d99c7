/** Lower bound of a function's memory size. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';

/** Sizes to consider, MB. AWS accepts any whole number from 128 to 10,240. */
export const SIZE_STEPS: readonly number[] = [
  128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1152, 1280, 1536, 1769, 2048, 2560, 3008, 3538, 4096, 5120,
  6144, 7168, 8192, 9216, 10_240,
];

/** Heaps of these runtimes grow into the memory available and fail late, so they get more headroom. */
const MANAGED_HEAP = /^(?:java|dotnet)/;
const HEADROOM = 1.25;
const ROOMY_HEADROOM = 1.4;

export interface MemoryUse {
  /** Largest Max Memory Used of any environment in 14 days or more, MB. Never decreases within an environment. */
  readonly maxUsedMb: number | null;
  /** The same at the current size alone. */
  readonly currentUsedMb: number | null;
  /** Sizes at which the function ran out of memory in the last 30 days. */
  readonly outOfMemoryAtMb: readonly number[];
  /** Lambda runtime name, such as `nodejs22.x`; null if unknown. */
  readonly runtime: string | null;
  /** Used memory grows from invocation to invocation. */
  readonly leaking: boolean;
  readonly currentMb: number;
}

/** Tests for runtimes whose used memory depends on the memory available. */
export function hasManagedHeap(runtime: string | null): boolean {
  return MANAGED_HEAP.test(runtime ?? '');
}

/**
 * Returns the memory that the function needs, MB: the largest use at any size, to be safe. A managed heap grows with the
 * size, so the smallest of its uses at sizes that never ran out of memory is enough.
 */
export function neededMb(
  sizes: readonly { readonly memoryMb: number; readonly maxUsedMb: number | null }[],
  runtime: string | null,
  outOfMemoryAtMb: readonly number[],
): number | null {
  const worst = Math.max(0, ...outOfMemoryAtMb);
  const known = sizes.flatMap(({ memoryMb, maxUsedMb }) => (maxUsedMb === null ? [] : [{ memoryMb, maxUsedMb }]));
  if (known.length === 0) return null;
  const enough = known.filter(({ memoryMb }) => memoryMb > worst).map(({ maxUsedMb }) => maxUsedMb);
  if (hasManagedHeap(runtime) && enough.length > 0) return Math.min(...enough);
  return Math.max(...known.map(({ maxUsedMb }) => maxUsedMb));
}

export interface Floor {
  readonly floorMb: number;
  readonly reason: Reason;
}

/** Returns the smallest size that may be recommended; null if no line contains the memory used and none ran out of it. */
export function floorOf(use: MemoryUse): Floor | null {
  const { maxUsedMb, currentMb } = use;
  if (maxUsedMb === null && use.outOfMemoryAtMb.length === 0) return null;
  const worst = Math.max(0, ...use.outOfMemoryAtMb);
  if (use.leaking && worst < currentMb) {
    return {
      floorMb: currentMb,
      reason: reasonOf('memory-leaking'),
    };
  }
  const factor = hasManagedHeap(use.runtime) ? ROOMY_HEADROOM : HEADROOM;
  const usedMb = maxUsedMb ?? 0;
  const needed = stepUp(usedMb * factor);
  if (needed <= worst) {
    const next = SIZE_STEPS.find((size) => size > worst) ?? worst;
    return { floorMb: next, reason: reasonOf('memory-ran-out', { worstMb: worst }) };
  }
  return {
    floorMb: needed,
    reason: reasonOf('memory-headroom', { usedMb, headroomShare: factor - 1, neededMb: needed }),
  };
}

function stepUp(mb: number): number {
  return SIZE_STEPS.find((size) => size >= mb) ?? Math.ceil(mb);
}
