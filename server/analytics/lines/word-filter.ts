/** Bloom filter of the words of a block: tells which words are not in it. */
import type { WordSet } from './words.ts';

/** With these, about one in a thousand words that are not in the block passes. */
const BITS_PER_WORD = 14;
const PROBES = 8;
/** A filter of a block without words still has some bits. */
const FEWEST_BYTES = 8;

/** The bits of the filter, as bytes. */
export function filterOf(words: WordSet): Uint8Array<ArrayBuffer> {
  const filter = new Uint8Array(Math.max(FEWEST_BYTES, Math.ceil((words.size * BITS_PER_WORD) / 8)));
  const bits = filter.length * 8;
  for (const hash of words.slots) {
    if (hash === 0) continue;
    let position = mixed(hash);
    const step = stepOf(position);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = position % bits;
      filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
      position = (position + step) >>> 0;
    }
  }
  return filter;
}

/** False: no word of this hash was added. */
export function mayHold(filter: Uint8Array, hash: number): boolean {
  const bits = filter.length * 8;
  let position = mixed(hash);
  const step = stepOf(position);
  for (let probe = 0; probe < PROBES; probe += 1) {
    const bit = position % bits;
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    position = (position + step) >>> 0;
  }
  return true;
}

/** A second hash, of which multiples are added to the first (Kirsch and Mitzenmacher, Less Hashing, Same Performance, 2008). */
function stepOf(position: number): number {
  return mixed(position ^ 0x9e3779b9) | 1;
}

/** Spreads the bits of a hash (finalizer of MurmurHash3). */
function mixed(hash: number): number {
  let value = hash ^ (hash >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
