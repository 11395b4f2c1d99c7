/**
 * The cold starts of an attributed hour in parts. A thread that attributes serializes each part, so that the threads between it and
 * the writer pass bytes on: an hour can have hundreds of thousands of cold starts, and reading them would stop the main thread.
 */
import { packedBytes, unpackedBytes } from '../../packed.ts';
import type { AttributedHours, ColdStartParts, ColdStartRow } from './types.ts';

/** Rows of a part: what a writer stores in one step. */
export const COLD_STARTS_PER_PART = 2000;

/** Parts of plain rows, for a store that writes in the thread that attributes. */
export function plainParts(rows: readonly ColdStartRow[]): ColdStartParts {
  return { n: rows.length, parts: rows.length === 0 ? [] : [rows] };
}

/** Serializes rows in parts, in their order; holds one part of rows at a time. */
export function packedParts(rows: Iterable<ColdStartRow>): ColdStartParts {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let n = 0;
  let part: ColdStartRow[] = [];
  const close = (): void => {
    if (part.length > 0) parts.push(packedBytes(part));
    part = [];
  };
  for (const row of rows) {
    n += 1;
    part.push(row);
    if (part.length === COLD_STARTS_PER_PART) close();
  }
  close();
  return { n, parts };
}

/** The rows of one part. */
export function rowsOf(part: ColdStartParts['parts'][number]): readonly ColdStartRow[] {
  return part instanceof Uint8Array ? (unpackedBytes(part) as readonly ColdStartRow[]) : part;
}

/** The rows of all parts. */
export function allRows({ parts }: ColdStartParts): readonly ColdStartRow[] {
  return parts.flatMap(rowsOf);
}

/** The buffers of serialized parts, which move to the next thread instead of being copied. */
export function partBuffers({ hours }: AttributedHours): ArrayBuffer[] {
  return hours.flatMap(({ coldStarts }) =>
    coldStarts.parts.flatMap((part) => (part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : [])),
  );
}
