/** Typed access to parsed JSON: a value of the expected type, or null. */
import { parseIsoTime } from '../records/time.ts';
import { parseLimited } from '../text/json-limits.ts';
import type { WholeText } from '../text/known-members.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object of that name; null if it is missing or not an object. */
export function objectAt(record: Json | null, key: string): Json | null {
  const value = record?.[key];
  return isObject(value) ? value : null;
}

/** The array of that name; empty if it is missing or not an array. */
export function listAt(record: Json | null, key: string): readonly unknown[] {
  const value = record?.[key];
  return Array.isArray(value) ? value : NOTHING;
}

/** A non-empty string. */
export function textAt(record: Json | null, key: string): string | null {
  const value = record?.[key];
  return typeof value === 'string' && value !== '' ? value.slice(0, 2048) : null;
}

/** A finite number, or the text of one: some log formats quote numbers. `-` and "" are absent. */
export function numberAt(record: Json | null, key: string): number | null {
  const value = record?.[key];
  const number = typeof value === 'string' && /^-?\d{1,20}(?:\.\d{1,12})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The boolean of that name; null if it is missing or not a boolean. */
export function booleanAt(record: Json | null, key: string): boolean | null {
  const value = record?.[key];
  return typeof value === 'boolean' ? value : null;
}

/** The lists of most records are absent: a body of small records would have millions of empty arrays. */
const NOTHING: readonly never[] = [];

/** The non-empty strings among the values. */
export function textsOf(values: readonly unknown[]): readonly string[] {
  if (values.length === 0) return NOTHING;
  return values.filter((value): value is string => typeof value === 'string' && value !== '');
}

/** Parses a JSON object; null if the text is not one, or exceeds the limits of json-limits.ts. */
export function parseJson(text: string): Json | null {
  const value = parseLimited(text);
  return isObject(value) ? value : null;
}

/** Epoch ms of an ISO 8601 text, or null. */
export function isoMs(text: string | null): number | null {
  return text === null ? null : parseIsoTime(text);
}

/** Serialises a parsed value; a note if it is nested too deeply for the stack. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return 'nested too deeply to serialise';
  }
}

/** The same for a value within a text of which not all may have been parsed. */
export function jsonIn(whole: WholeText | null, value: unknown): string {
  return whole === null ? jsonText(value) : whole.jsonOf(value);
}

/** The text of a value, made where it is needed. A closure in the caller would allocate its variables for each record. */
export function lazily(value: unknown, whole: WholeText | null = null): () => string {
  return () => jsonIn(whole, value);
}
