/** Why a memory size is not recommended, whatever it costs. */
import type { Candidate } from './candidates.ts';
import type { Comparable } from './comparable.ts';
import { failsMore } from './confounders.ts';
import type { Floor } from './floor.ts';
import type { Objective } from './recommend.ts';
import type { SizeEvidence } from './samples.ts';

export type Exclusion = 'below-minimum' | 'fails-more' | 'duration-unknown' | 'too-slow';

export interface SafetyLimits {
  readonly currentMb: number | null;
  /** Mean duration at the current size, ms; null if it is not known. */
  readonly nowMs: number | null;
  readonly floorMb: number | null;
  /** Observed sizes at which more invocations failed. */
  readonly failingMb: readonly number[];
  /** Maximum mean duration, ms. */
  readonly maxDurationMs: number | null;
  /** Maximum relative slowdown. */
  readonly maxSlower: number;
}

export function limitsOf(
  { maxDurationMs, maxSlower }: Objective,
  { memoryMb: currentMb }: SizeEvidence,
  floor: Floor | null,
  { candidates, failing }: { readonly candidates: readonly Candidate[]; readonly failing: readonly SizeEvidence[] },
): SafetyLimits {
  const nowMs = candidates.find(({ memoryMb }) => memoryMb === currentMb)?.durationMs ?? null;
  const failingMb = failing.map(({ memoryMb }) => memoryMb);
  return { currentMb, nowMs, floorMb: floor?.floorMb ?? null, failingMb, maxDurationMs, maxSlower };
}

/** Sizes at which more invocations failed than at the current one. */
export function failingSizes(current: SizeEvidence, { compared }: Comparable): readonly SizeEvidence[] {
  return compared.filter(({ size }) => failsMore(current, size, compared.length)).map(({ size }) => size);
}

export interface AssessedCandidate extends Candidate {
  /** Why it is not safe to choose; null if it is. */
  readonly exclusion: Exclusion | null;
}

export function assessed(candidates: readonly Candidate[], limits: SafetyLimits): readonly AssessedCandidate[] {
  return candidates.map((candidate) => ({ ...candidate, exclusion: exclusionOf(candidate, limits) }));
}

/** Null for a size that may be recommended. The current size is excluded only if it is too small. */
export function exclusionOf(candidate: Omit<Candidate, 'interval'>, limits: SafetyLimits): Exclusion | null {
  const { memoryMb, durationMs, basis } = candidate;
  const { currentMb, nowMs, floorMb, failingMb, maxDurationMs, maxSlower } = limits;
  if (floorMb !== null && memoryMb < floorMb) return 'below-minimum';
  if (memoryMb === currentMb) return null;
  // If more fail at a smaller size, so they will at the sizes below it.
  const failsBelow = failingMb.some((mb) => mb < (currentMb ?? 0) && memoryMb <= mb);
  if (failsBelow || failingMb.includes(memoryMb)) return 'fails-more';
  if (basis === 'bound') return 'duration-unknown';
  const isSlower = nowMs !== null && durationMs > nowMs * (1 + maxSlower);
  return isSlower || (maxDurationMs !== null && durationMs > maxDurationMs) ? 'too-slow' : null;
}
