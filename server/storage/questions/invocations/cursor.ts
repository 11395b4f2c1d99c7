/**
 * Where a page of invocations ended, as text that a client gives back. It holds the whole key: one environment can end several
 * invocations within a millisecond.
 */

import * as z from 'zod';

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
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const parsed = cursor.safeParse(value);
    if (parsed.success) {
      const [endMs, functionId, environmentId, requestId, spanMs] = parsed.data;
      return { endMs, functionId, environmentId, requestId, spanMs };
    }
  } catch {
    // Falls through to the RangeError below.
  }
  throw new RangeError('cursor: not a cursor of this version of the server; start again with the first page');
}
