/** Stores request ids that are canonical UUIDs, as most are, in 16 bytes: less than half of their text. */

const NIBBLES = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 10; digit += 1) NIBBLES[48 + digit] = digit;
for (let digit = 0; digit < 6; digit += 1) NIBBLES[97 + digit] = 10 + digit;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Writes the 16 bytes of a lower-case canonical UUID at `offset`. Returns false for any other text; the bytes are then undefined. */
export function writeUuid(text: string, target: Uint8Array, offset: number): boolean {
  if (text.length !== 36) return false;
  let at = 0;
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) {
      if (text.charCodeAt(at) !== 45) return false;
      at += 1;
    }
    const high = NIBBLES[text.charCodeAt(at)] ?? -1;
    const low = NIBBLES[text.charCodeAt(at + 1)] ?? -1;
    if (high < 0 || low < 0) return false;
    target[offset + index] = (high << 4) | low;
    at += 2;
  }
  return true;
}

/** Formats 16 bytes as a canonical UUID. */
export function readUuid(bytes: Uint8Array): string {
  const hex = (from: number, to: number): string => {
    let text = '';
    for (let index = from; index < to; index += 1) text += HEX[bytes[index] ?? 0];
    return text;
  };
  return `${hex(0, 4)}-${hex(4, 6)}-${hex(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}

/** `1-` + 8 + `-` + 24 hex digits and 16 hex digits as 16 + 8 bytes; null for any other form. */
export function traceBytes(traceId: string): Uint8Array | null {
  const match = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/.exec(traceId);
  return match === null ? null : Uint8Array.from(Buffer.from(`${match[1]}${match[2]}`, 'hex'));
}

/** The inverse of {@link traceBytes}. */
export function traceText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `1-${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Formats a stored request id as text. */
export function requestIdText(requestId: Uint8Array | string): string {
  return typeof requestId === 'string' ? requestId : readUuid(requestId);
}

/** Encodes a request id for storage: 16 bytes for a UUID, else its text. */
export function requestIdBytes(requestId: string): Uint8Array | string {
  const bytes = new Uint8Array(16);
  return writeUuid(requestId, bytes, 0) ? bytes : requestId;
}
