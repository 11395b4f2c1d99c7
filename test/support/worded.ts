/** For tests of analyses: what they found, with the English sentences in the place of reasons. */
import type { Reason } from '../../ingest/text/reason.ts';

export type Worded<T> = T extends Reason
  ? string
  : T extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<Key, Worded<Value>>
    : T extends readonly (infer Item)[]
      ? readonly Worded<Item>[]
      : T extends object
        ? { readonly [Name in keyof T]: Worded<T[Name]> }
        : T;

export function worded<T>(found: T): Worded<T> {
  return wordedValue(found) as Worded<T>;
}

function wordedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wordedValue);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, wordedValue(one)]));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if ('code' in value && 'parameters' in value && 'text' in value) return value.text;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wordedValue(one)]));
}
