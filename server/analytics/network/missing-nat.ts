/** A function in a VPC without a way out waits for answers that never come: its first invocations time out, all alike. */

export interface MissingRoute {
  readonly suspected: boolean;
  readonly timeouts: number;
  readonly reason: string | null;
}

const FEWEST = 3;
/** Attempts that wait in vain all end at the limit. */
const ALIKE = 0.02;
/** Of the cold starts; a function that is slow now and then is another matter. */
const SHARE = 0.5;

/** From durations (ms) of first invocations that timed out, and the number of cold starts there were. */
export function missingRoute(vpc: boolean | null, timedOutMs: readonly number[], coldStarts: number): MissingRoute {
  const timeouts = timedOutMs.length;
  const sorted = timedOutMs.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const suspected = vpc === true && timeouts >= FEWEST && most <= least * (1 + ALIKE) && timeouts >= SHARE * coldStarts;
  return {
    suspected,
    timeouts,
    reason: suspected
      ? `${timeouts} of ${coldStarts} cold starts timed out after the same ${Math.round(most)} ms: check the route to a NAT gateway or a VPC endpoint`
      : null,
  };
}
