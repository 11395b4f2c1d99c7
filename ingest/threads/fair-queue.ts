/** Jobs that wait, in lanes that take turns: a client that sends many jobs delays the others by one job of each lane, not by all of them. */

export class FairQueue<T> {
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(lane: string): number {
    return this.#lanes.get(lane)?.size ?? 0;
  }

  add(lane: string, item: T): void {
    const items = this.#lanes.get(lane);
    if (items === undefined) this.#lanes.set(lane, new Set([item]));
    else items.add(item);
    this.#size += 1;
  }

  /** Returns false if the item does not wait. */
  delete(lane: string, item: T): boolean {
    const items = this.#lanes.get(lane);
    if (items?.delete(item) !== true) return false;
    if (items.size === 0) this.#lanes.delete(lane);
    this.#size -= 1;
    return true;
  }

  /** Takes the first item of the first lane that is admitted; the lane goes to the end. */
  take(admits: (lane: string) => boolean): T | undefined {
    for (const [lane, items] of this.#lanes) {
      if (!admits(lane)) continue;
      const [first] = items;
      if (first === undefined) continue;
      this.delete(lane, first);
      if (items.size > 0) {
        this.#lanes.delete(lane);
        this.#lanes.set(lane, items);
      }
      return first;
    }
    return undefined;
  }

  /** Whether a lane waits of which this is true. */
  some(test: (lane: string) => boolean): boolean {
    for (const lane of this.#lanes.keys()) if (test(lane)) return true;
    return false;
  }

  /** Removes and returns everything. */
  clear(): readonly T[] {
    const all = [...this.#lanes.values()].flatMap((items) => [...items]);
    this.#lanes.clear();
    this.#size = 0;
    return all;
  }
}
