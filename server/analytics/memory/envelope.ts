/**
 * What is physically possible: CPU grows with memory, so less memory is never faster, and growing from m₁ to m₂ divides the
 * duration by at most m₂ / m₁ (AWS Lambda documentation, "Configure memory").
 */

export interface SizedDuration {
  readonly memoryMb: number;
  readonly durationMs: number;
}

/** Returns the limits of log(duration at `otherMb` / duration at `currentMb`). */
export function envelopeOf(currentMb: number, otherMb: number): { readonly low: number; readonly high: number } {
  const ratio = Math.log(currentMb / otherMb);
  return { low: Math.min(0, ratio), high: Math.max(0, ratio) };
}

export function within({ low, high }: { readonly low: number; readonly high: number }, value: number): number {
  return Math.min(high, Math.max(low, value));
}

const SWEEPS = 500;

/**
 * Returns the possible durations nearest to those given (weighted least squares of logarithms), ascending by size.
 * Projects on the limits of each pair of neighbours in turn (Dykstra 1983).
 */
export function possibleDurations<Sized extends SizedDuration & { readonly weight: number }>(
  sizes: readonly Sized[],
): readonly Sized[] {
  const sorted = sizes.toSorted((a, b) => a.memoryMb - b.memoryMb);
  const logs = sorted.map(({ durationMs }) => Math.log(durationMs));
  const corrections = sorted.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let at = 0; at + 1 < sorted.length; at += 1) {
      const [left, right] = [sorted[at], sorted[at + 1]];
      if (left === undefined || right === undefined) continue;
      const share = 1 / left.weight / (1 / left.weight + 1 / right.weight);
      const step = (logs[at + 1] ?? 0) - (logs[at] ?? 0) + (corrections[at] ?? 0);
      const excess = step - within(envelopeOf(left.memoryMb, right.memoryMb), step);
      const change = excess - (corrections[at] ?? 0);
      logs[at] = (logs[at] ?? 0) + share * change;
      logs[at + 1] = (logs[at + 1] ?? 0) - (1 - share) * change;
      corrections[at] = excess;
    }
  }
  return sorted.map((size, at) => ({ ...size, durationMs: Math.exp(logs[at] ?? 0) }));
}

/** Returns the duration nearest to `durationMs` that the sizes on both sides allow. */
export function allowedDuration(possible: readonly SizedDuration[], memoryMb: number, durationMs: number): number {
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  for (const known of possible) {
    const ratio = known.memoryMb / memoryMb;
    low = Math.max(low, known.durationMs * Math.min(1, ratio));
    high = Math.min(high, known.durationMs * Math.max(1, ratio));
  }
  return Math.min(high, Math.max(low, durationMs));
}
