/** Items that are handed on many at a time. */

/**
 * Reading and handling each item in turn takes the code of both through the processor's caches for each of them; a list of all items
 * holds many times the text until its end.
 */
const BATCH = 256;

export class Batches<T> {
  readonly #take: (item: T) => void;
  #items: T[] = [];

  constructor(take: (item: T) => void) {
    this.#take = take;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length === BATCH) this.flush();
  }

  /** Hands on what is left. */
  flush(): void {
    const items = this.#items;
    this.#items = [];
    for (const item of items) this.#take(item);
  }
}
