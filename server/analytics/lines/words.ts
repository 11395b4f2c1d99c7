/**
 * Words of log lines: runs of letters and digits of ASCII, `_`, and bytes of other characters in UTF-8. Letters of ASCII count as
 * lower case. Of a word, a hash of 32 bits is kept.
 */

/** FNV-1a. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const FEWEST_SLOTS = 4096;

/** By byte: the byte that stands for it in a word, 0 between words. */
const FOLDED = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const isUpper = byte >= 0x41 && byte <= 0x5a;
  const isLower = byte >= 0x61 && byte <= 0x7a;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  if (isUpper) FOLDED[byte] = byte + 0x20;
  else if (isLower || isDigit || byte === 0x5f || byte >= 0x80) FOLDED[byte] = byte;
}

/** Hashes of words, each once. */
export class WordSet {
  /** Open addressing; 0 is an empty slot. */
  slots = new Uint32Array(FEWEST_SLOTS);
  size = 0;

  /** Makes room for twice as many words. */
  grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(before.length * 4);
    const mask = this.slots.length - 1;
    for (const value of before) {
      if (value === 0) continue;
      let at = value & mask;
      while (this.slots[at] !== 0) at = (at + 1) & mask;
      this.slots[at] = value;
    }
  }
}

/** Adds the words of a text in UTF-8. Without calls inside of the loop: most of the time of building a block is spent here. */
export function addWords(words: WordSet, text: Uint8Array): void {
  const { length } = text;
  let { slots } = words;
  let mask = slots.length - 1;
  for (let at = 0; at < length; at += 1) {
    let byte = FOLDED[text[at] ?? 0] ?? 0;
    if (byte === 0) continue;
    let hash = OFFSET;
    do {
      hash = Math.imul(hash ^ byte, PRIME);
      at += 1;
      byte = at < length ? (FOLDED[text[at] ?? 0] ?? 0) : 0;
    } while (byte !== 0);
    const value = stored(hash);
    let slot = value & mask;
    while (slots[slot] !== 0 && slots[slot] !== value) slot = (slot + 1) & mask;
    if (slots[slot] === value) continue;
    slots[slot] = value;
    words.size += 1;
    if (words.size * 2 <= mask) continue;
    words.grow();
    slots = words.slots;
    mask = slots.length - 1;
  }
}

/** 0 stands for an empty slot. */
function stored(hash: number): number {
  const value = hash >>> 0;
  return value === 0 ? 1 : value;
}

/** Hashes of the words of a text in UTF-8, in its order. */
export function wordHashes(text: Uint8Array): readonly number[] {
  const found: number[] = [];
  let hash = OFFSET;
  for (let at = 0; at <= text.length; at += 1) {
    const byte = at < text.length ? (FOLDED[text[at] ?? 0] ?? 0) : 0;
    if (byte !== 0) hash = Math.imul(hash ^ byte, PRIME);
    else if (hash !== OFFSET) {
      found.push(stored(hash));
      hash = OFFSET;
    }
  }
  return found;
}
