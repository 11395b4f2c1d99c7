/** Names of the keys of one list of YAML. Its items usually have the same keys in the same order. */
export class KeyNames {
  readonly #most: number;
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  /** The place of the name that followed the last one in the items before. */
  #next = 0;
  #last = -1;
  #isRepeated = false;

  /** `most`: names that the list may use. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Begins another item. */
  begin(): void {
    this.#next = 0;
    this.#last = -1;
    this.#isRepeated = false;
  }

  /** The name that stands at the offset, if it is the one that is expected; else null. Its end must be checked. */
  expected(text: string, at: number): string | null {
    const name = this.#names[this.#next];
    return name !== undefined && text.startsWith(name, at) ? name : null;
  }

  /** Adds the name of the next key; false if it is one too many. */
  add(name: string): boolean {
    let place = this.#names[this.#next] === name ? this.#next : this.#places.get(name);
    if (place === undefined) {
      place = this.#names.length;
      if (place === this.#most) return false;
      this.#names.push(name);
      this.#places.set(name, place);
    }
    this.#isRepeated = place <= this.#last;
    this.#last = Math.max(this.#last, place);
    this.#next = place + 1;
    return true;
  }

  /** Whether the item may have had a key of the name that was added last. False for names in the order of the items before. */
  get mayRepeat(): boolean {
    return this.#isRepeated;
  }
}
