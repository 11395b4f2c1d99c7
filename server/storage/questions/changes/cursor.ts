/** Where a page of changes ended, as text that a client gives back; and the order of the list. */

import * as z from 'zod';
import { compareText } from '../../../../ingest/text/compare-text.ts';
import type { ChangeCursor } from './types.ts';

const cursor = z.tuple([z.int(), z.int(), z.enum(['logs', 'inventory', 'level'])]);

/** Order of the list: newest first. */
export function compareChanges(a: ChangeCursor, b: ChangeCursor): number {
  return b.atMs - a.atMs || a.functionId - b.functionId || compareText(a.source, b.source);
}

export function writeChangeCursor({ atMs, functionId, source }: ChangeCursor): string {
  return Buffer.from(JSON.stringify([atMs, functionId, source])).toString('base64url');
}

/** @throws RangeError for a cursor this server did not write. */
export function readChangeCursor(text: string): ChangeCursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const parsed = cursor.safeParse(value);
    if (parsed.success) {
      const [atMs, functionId, source] = parsed.data;
      return { atMs, functionId, source };
    }
  } catch {
    // Falls through to the RangeError below.
  }
  throw new RangeError('cursor: not a cursor of this version of the server; start again with the first page');
}
