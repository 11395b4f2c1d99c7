/** Compares by code units: the order does not depend on the locale of the process. For ids, names and ISO times. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
