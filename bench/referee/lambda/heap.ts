/** A binary min-heap of values ordered by a time. */
export class TimeHeap<T> {
  readonly #times: number[] = [];
  readonly #values: T[] = [];

  /** The earliest time, or Infinity if the heap is empty. */
  get nextMs(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(atMs: number, value: T): void {
    this.#times.push(atMs);
    this.#values.push(value);
    let at = this.#times.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#time(parent) <= this.#time(at)) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  /** Removes and returns the value with the earliest time. */
  pop(): T | undefined {
    const last = this.#times.length - 1;
    if (last < 0) return undefined;
    this.#swap(0, last);
    this.#times.pop();
    const value = this.#values.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= last) break;
      const child = left + 1 < last && this.#time(left + 1) < this.#time(left) ? left + 1 : left;
      if (this.#time(at) <= this.#time(child)) break;
      this.#swap(at, child);
      at = child;
    }
    return value;
  }

  #time(at: number): number {
    return this.#times[at] ?? Number.POSITIVE_INFINITY;
  }

  #swap(left: number, right: number): void {
    [this.#times[left], this.#times[right]] = [this.#time(right), this.#time(left)];
    const value = this.#values[left] as T;
    this.#values[left] = this.#values[right] as T;
    this.#values[right] = value;
  }
}
