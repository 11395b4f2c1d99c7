/** Integers as bytes of which all but the last are above 127: seven bits each, the lowest first. */

export function zigzag(n: number): number {
  return n < 0 ? -2 * n - 1 : 2 * n;
}

export function unzigzag(n: number): number {
  return n % 2 === 1 ? -(n + 1) / 2 : n / 2;
}

/** Returns the offset after the last byte written. */
export function writeVarint(out: Uint8Array, from: number, value: number): number {
  let rest = value;
  let at = from;
  while (rest >= 128) {
    out[at] = (rest % 128) + 128;
    at += 1;
    rest = Math.floor(rest / 128);
  }
  out[at] = rest;
  return at + 1;
}

export function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = reader.bytes[reader.at] ?? 0;
    reader.at += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
}
