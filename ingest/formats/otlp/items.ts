/** What both encodings of OTLP are read as, and the limits of what is read. */

import { MOST_MEMBERS } from '../../documents/exact-json.ts';
import type { Json } from '../../documents/json.ts';
import type { OtlpLogRecord } from '../../documents/otlp-log.ts';
import type { SpanParts } from '../../documents/spans.ts';

export type Signal = 'traces' | 'logs';

export type OtlpSpan = SpanParts;

/** Spans or log records of a request, in the order in which they are sent. */
export interface OtlpItems {
  /** The resource of the items that follow. `left`: attributes that were not read. */
  resource(attributes: Json, left: number): void;
  span(span: OtlpSpan): void;
  /** A span whose id, or that of its trace, is not set: nothing else of it is read. `text`: what is known of it. */
  withoutId(text: () => string): void;
  log(record: OtlpLogRecord): void;
  /** Spans or log records that are too small to hold what they must. */
  empty(n: number): void;
}

/** Levels of lists and maps in a value that are read; below them it is null. */
export const MOST_LEVELS = 16;
/** Values of one list or map that are read, and attributes of one span, record or resource. */
export const MOST_VALUES = MOST_MEMBERS;
/** Links of one span whose traces are named. */
export const MOST_LINKS = 8;
/** A span has the ids of its trace and of itself and a start: 18, 10 and 9 bytes. */
export const SMALLEST_SPAN = 37;
/** A log record has a time, 9 bytes, and a body of one character or more. */
export const SMALLEST_LOG = 14;

export const KINDS = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
export const STATUS_CODES = ['UNSET', 'OK', 'ERROR'];

/** Attributes or members of a map while they are read: the last of a name counts, and those beyond the limit are counted. */
export class AttributeCollector {
  #entries: [string, unknown][] | null = null;
  left = 0;

  /** Whether another one is read. */
  takes(): boolean {
    if (this.#entries === null || this.#entries.length < MOST_VALUES) return true;
    this.left += 1;
    return false;
  }

  add(key: string, value: unknown): void {
    if (key === '' || value === null) return;
    this.#entries ??= [];
    this.#entries.push([key, value]);
  }

  finish(): Json {
    return this.#entries === null ? NONE : Object.fromEntries(this.#entries);
  }
}

/** No attributes. */
export const NONE: Json = Object.freeze({});

/** Attributes of a span with flat values: lists and maps become JSON. Exceptions and links become attributes. */
export function flatAttributes(attributes: Json, extra: readonly (readonly [string, string])[]): Json {
  if (attributes === NONE && extra.length === 0) return NONE;
  const flat = Object.entries(attributes).map(
    ([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : value] as const,
  );
  return Object.fromEntries([...extra, ...flat]);
}

/** Attributes for an event of a span, if it is an exception. */
export function exceptionOf(name: string, attributes: Json): [string, string][] {
  if (name !== 'exception') return [];
  return ['exception.type', 'exception.message'].flatMap((key) => {
    const value = attributes[key];
    return typeof value === 'string' && value !== '' ? [[key, value] satisfies [string, string]] : [];
  });
}

/** Epoch ms of nanoseconds since the epoch; null for 0, which is no time. */
export function epochMs(nanoseconds: bigint | null): number | null {
  return nanoseconds === null || nanoseconds === 0n ? null : Number(nanoseconds / 1_000_000n);
}

/** Lower-case hexadecimal digits; null for an id that is not set. */
export function idOf(hex: string): string | null {
  return hex === '' || (hex.startsWith('00') && /^0+$/.test(hex)) ? null : hex.toLowerCase();
}
