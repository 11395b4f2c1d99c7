/** Values that the latest of wins by the order of text: epoch ms in thirteen digits, and JSON. */
/** Digits of epoch ms before what is stamped. */
const STAMP_DIGITS = 13;

export function encodeVersioned(ms: number, value: unknown): string {
  return String(Math.max(0, Math.floor(ms))).padStart(STAMP_DIGITS, '0') + JSON.stringify(value);
}

/** Null where nothing was stamped. */
export function decodeVersioned<T>(text: string): T | null {
  return text === '' ? null : (JSON.parse(text.slice(STAMP_DIGITS)) as T);
}
