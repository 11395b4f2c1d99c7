/** How far down a function's memory may go at all. */

/** Sizes worth trying, MB: AWS takes any whole number from 128 to 10,240. */
export const SIZE_STEPS: readonly number[] = [
  128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1152, 1280, 1536, 1769, 2048, 2560, 3008, 3538, 4096, 5120,
  6144, 7168, 8192, 9216, 10_240,
];

/** Heaps of these runtimes grow into what they are given, and fall over later: more room is kept. */
const ROOMY = /^(?:java|dotnet)/;
const HEADROOM = 1.25;
const ROOMY_HEADROOM = 1.4;
/** Never closer to the observed maximum than this, whatever the runtime. */
const LEAST_HEADROOM = 1.15;

export interface MemoryUse {
  /** Largest Max Memory Used of any environment in 14 days or more, MB; it never falls within one. */
  readonly maxUsedMb: number | null;
  /** Sizes at which it ran out of memory in the last 30 days. */
  readonly outOfMemoryAtMb: readonly number[];
  /** Lambda's name of the runtime, such as `nodejs22.x`; null where none is known. */
  readonly runtime: string | null;
  /** Memory grows from invocation to invocation. */
  readonly leaking: boolean;
  readonly currentMb: number;
}

export interface Floor {
  readonly floorMb: number;
  readonly reason: string;
}

/** The smallest size that may be recommended; null where no line says how much was used. */
export function floorOf(use: MemoryUse): Floor | null {
  const { maxUsedMb, currentMb } = use;
  if (maxUsedMb === null) return null;
  if (use.leaking) {
    return {
      floorMb: currentMb,
      reason: 'Memory grows from invocation to invocation: the size is not lowered meanwhile.',
    };
  }
  const factor = ROOMY.test(use.runtime ?? '') ? ROOMY_HEADROOM : HEADROOM;
  const worst = Math.max(0, ...use.outOfMemoryAtMb);
  const needed = stepUp(Math.max(maxUsedMb * factor, maxUsedMb * LEAST_HEADROOM));
  if (needed <= worst) {
    const next = SIZE_STEPS.find((size) => size > worst) ?? worst;
    return { floorMb: next, reason: `It ran out of memory at ${worst} MB in the last 30 days.` };
  }
  return {
    floorMb: needed,
    reason: `At most ${maxUsedMb} MB were used; with ${Math.round((factor - 1) * 100)} % of room that is ${needed} MB. Used memory at one size does not bound the need at another.`,
  };
}

function stepUp(mb: number): number {
  return SIZE_STEPS.find((size) => size >= mb) ?? Math.ceil(mb);
}
