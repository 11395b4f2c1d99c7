/** Last-write-wins values: epoch ms in 13 digits, then JSON, so that max() of the text is the latest value. */
/** Digits of the epoch ms before the value. */
const STAMP_DIGITS = 13;

export function encodeVersioned(ms: number, value: unknown): string {
  return String(Math.max(0, Math.floor(ms))).padStart(STAMP_DIGITS, '0') + JSON.stringify(value);
}

/** Returns the value, or null if the text is empty. */
export function decodeVersioned<T>(text: string): T | null {
  return text === '' ? null : (JSON.parse(text.slice(STAMP_DIGITS)) as T);
}
