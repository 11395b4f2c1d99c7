/**
 * Where a page of invocations ended, as text that a client gives back. It holds the whole key: one environment can end several
 * invocations within a millisecond.
 */

import * as z from 'zod';
import type { InvocationOrder } from './types.ts';

const id = z.int();
const cursor = z.tuple([id, id, id, z.string(), id.optional()]);

export interface InvocationCursor {
  readonly endMs: number;
  readonly functionId: number;
  readonly environmentId: number;
  readonly requestId: string;
  /** Length of the range that the next page is looked for in first, ms: a guess by this page. */
  readonly spanMs?: number | undefined;
}

export function writeCursor({ endMs, functionId, environmentId, requestId, spanMs }: InvocationCursor): string {
  const span = spanMs === undefined ? [] : [spanMs];
  return Buffer.from(JSON.stringify([endMs, functionId, environmentId, requestId, ...span])).toString('base64url');
}

/** @throws RangeError for a cursor this server did not write. */
export function readCursor(text: string): InvocationCursor {
  const [endMs, functionId, environmentId, requestId, spanMs] = parsed(cursor, text);
  return { endMs, functionId, environmentId, requestId, spanMs };
}

const ordered = z.tuple([z.string(), id.nullable(), id, id, id, z.string()]);

/** Where a page in another order than the newest first ended. */
export interface OrderedCursor extends InvocationCursor {
  /** The number that the list is in the order of, as it is stored; null comes last. */
  readonly value: number | null;
}

export function writeOrderedCursor(
  { value, endMs, functionId, environmentId, requestId }: OrderedCursor,
  order: InvocationOrder,
): string {
  const key = [nameOf(order), value, endMs, functionId, environmentId, requestId];
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws RangeError for a cursor this server did not write, or wrote for another order. */
export function readOrderedCursor(text: string, order: InvocationOrder): OrderedCursor {
  const [name, value, endMs, functionId, environmentId, requestId] = parsed(ordered, text);
  if (name !== nameOf(order))
    throw new RangeError('cursor: of a list in another order; start again with the first page');
  return { value, endMs, functionId, environmentId, requestId };
}

function nameOf({ by, descending }: InvocationOrder): string {
  return descending ? `-${by}` : by;
}

function parsed<T>(schema: z.ZodType<T>, text: string): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const result = schema.safeParse(value);
    if (result.success) return result.data;
  } catch {
    // Falls through to the RangeError below.
  }
  throw new RangeError('cursor: not a cursor of this version of the server; start again with the first page');
}
