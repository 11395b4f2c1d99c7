/**
 * Counts the lists of names that the objects of a text begin with: V8 describes each of them when it parses the text. Tools print a few
 * for each kind of record. Counts the members of the widest object as well.
 */

/** More lists than this are many: V8 keeps up to 1,536 successors of each, and then makes those of each object anew. */
const MOST_LISTS = 1000;
/** A name takes four characters at least: `"":1` */
export const SHORTEST_OF_MANY_SHAPES = 4 * MOST_LISTS;
/** Four times as many places. */
const PLACES = 4096;

const table = new Int32Array(PLACES);

export class ShapeCount {
  /** The list of names of each open object so far. */
  readonly #lists: Int32Array;
  /** The members of each open object so far. */
  readonly #members: Int32Array;
  #n = 0;
  /** The most members of one object. */
  widest = 0;

  /** `depth`: of the deepest object. There is one count at a time. */
  constructor(depth: number) {
    this.#lists = new Int32Array(depth + 1);
    this.#members = new Int32Array(depth + 1);
    table.fill(0);
  }

  get areMany(): boolean {
    return this.#n > MOST_LISTS;
  }

  /** An object or array begins at the depth. */
  begin(depth: number): void {
    this.#lists[depth] = 1;
    this.#members[depth] = 0;
  }

  /** The name of a member, from its first character to the quote that ends it. */
  add(depth: number, text: string, from: number, end: number): void {
    const members = (this.#members[depth] ?? 0) + 1;
    this.#members[depth] = members;
    if (members > this.widest) this.widest = members;
    if (this.#n > MOST_LISTS) return;
    let list = this.#lists[depth] ?? 0;
    for (let at = from; at < end; at += 1) list = Math.imul(list ^ text.charCodeAt(at), 0x01000193);
    // A name that continues another one is another name.
    list = Math.imul(list ^ (list >>> 15) ^ 0x22, 0x2c1b3c6d);
    list ^= list >>> 13;
    this.#lists[depth] = list;
    const own = list === 0 ? 1 : list;
    for (let place = own & (PLACES - 1); ; place = (place + 1) & (PLACES - 1)) {
      const known = table[place] ?? 0;
      if (known === own) return;
      if (known === 0) {
        table[place] = own;
        this.#n += 1;
        return;
      }
    }
  }
}
