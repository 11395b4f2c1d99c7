/** A record that was not inflated, because the records of its request inflate to too much together. */
import { limits } from '../formats/limits.ts';
import { integer } from '../text/quantities.ts';

export const BEYOND_REQUEST = { ok: false, reason: 'gzip-too-large' } as const;

/** Why the record of these bytes was not inflated; `left`: what the records before it left. */
export function beyondRequest(bytes: Uint8Array, left: number): string {
  const [sent, most] = [integer(bytes.length), integer(limits.requestInflatedBytes)];
  const found =
    left > 0
      ? `${sent} bytes of gzip inflate to more than the ${integer(left)} that the records before it left`
      : `${sent} bytes were not inflated, because the records before it left none`;
  return `${found} of ${most} for all records of a request.`;
}
