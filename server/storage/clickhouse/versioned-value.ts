/** Last-write-wins values: epoch ms in 13 digits, then JSON, so that max() of the text is the latest value. */
import { checkStored } from '../stored-json.ts';

/** Digits of the epoch ms before the value. */
const STAMP_DIGITS = 13;

export function encodeVersioned(ms: number, value: unknown): string {
  return String(Math.max(0, Math.floor(ms))).padStart(STAMP_DIGITS, '0') + JSON.stringify(value);
}

/**
 * Returns the value. Null if the text is empty, or if the value does not pass the check: the row is reported then.
 * Checked by hand, since every question reads several such values per function.
 * @param row what identifies the row in the report, the table first.
 */
export function decodeVersioned<T>(text: string, check: (value: unknown) => value is T, row: string): T | null {
  return text === '' ? null : checkStored(check, text.slice(STAMP_DIGITS), row);
}

/** A check for {@link decodeVersioned}. Null is a known value: the source reported that there is none. */
export function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

/** A check for {@link decodeVersioned}. */
export function isBooleanOrNull(value: unknown): value is boolean | null {
  return value === null || typeof value === 'boolean';
}
