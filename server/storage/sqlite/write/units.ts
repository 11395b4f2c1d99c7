/** Numbers as columns hold them: whole numbers, and durations in microseconds. */

/** Rounds to a whole number; null stays null. */
export function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

/** Milliseconds as whole microseconds; null stays null. */
export function micros(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000);
}
