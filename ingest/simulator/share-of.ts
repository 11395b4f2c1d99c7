/** Numbers by digits of a request id: what is decided by them changes nothing else that the simulation draws. */

/** Positions of the digits that decide about one thing. */
const DIGITS = { error: [24, 30], lines: [30, 36] } as const;

/** Uniform in [0, 1). */
export function shareOf(requestId: string, what: keyof typeof DIGITS): number {
  const [from, to] = DIGITS[what];
  return Number.parseInt(requestId.slice(from, to), 16) / 16 ** (to - from);
}
