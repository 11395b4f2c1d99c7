/** Which attempt a fault line belongs to. */

/** A fault line stands this close to the attempt it belongs to. */
const FAULT_BEFORE_START_MS = 1000;
export const FAULT_AFTER_END_MS = 10_000;

/** `startMs`: null where START did not arrive; then it began as long before its end as Duration says. */
export function belongsTo(
  atMs: number,
  attempt: { readonly startMs: number | null; readonly endMs: number; readonly durationMs: number },
): boolean {
  const startMs = attempt.startMs ?? attempt.endMs - attempt.durationMs;
  return atMs >= startMs - FAULT_BEFORE_START_MS && atMs <= attempt.endMs + FAULT_AFTER_END_MS;
}
