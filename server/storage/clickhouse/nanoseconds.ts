/** Epoch milliseconds as nanoseconds in decimal text: they exceed what a JavaScript number holds exactly. */
export function nanoseconds(ms: number): string {
  return String(BigInt(Math.floor(ms)) * 1_000_000n);
}
