/** Where a page of invocations ended, as text that a client gives back. */

export interface InvocationCursor {
  readonly endMs: number;
  readonly functionId: number;
  readonly environmentId: number;
}

export function writeCursor({ endMs, functionId, environmentId }: InvocationCursor): string {
  return Buffer.from(JSON.stringify([endMs, functionId, environmentId])).toString('base64url');
}

/** @throws RangeError for a cursor this server did not write. */
export function readCursor(text: string): InvocationCursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 3 && value.every((part) => Number.isSafeInteger(part))) {
      const [endMs, functionId, environmentId] = value as [number, number, number];
      return { endMs, functionId, environmentId };
    }
  } catch {
    // Falls through to the RangeError below.
  }
  throw new RangeError('cursor: not a cursor of this server');
}
