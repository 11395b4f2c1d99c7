/** A 32-bit hash of a request id, for look-ups that then compare the id itself. */

/** First four bytes of a UUID (random, or the fast half of a clock); FNV-1a of any other text. */
export function requestHash(requestId: Uint8Array | string): number {
  if (typeof requestId !== 'string') {
    const byte = (at: number): number => requestId[at] ?? 0;
    return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
  }
  let hash = 0x811c9dc5;
  for (let at = 0; at < requestId.length; at += 1) {
    hash = Math.imul(hash ^ requestId.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
