/** A binary heap: adds a value and removes the first one in O(log n). */
export class Heap<T> {
  readonly #values: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  /** `isBefore` says whether `a` comes out before `b`. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The value that comes out next, without removing it. */
  get first(): T | undefined {
    return this.#values[0];
  }

  push(value: T): void {
    const values = this.#values;
    let at = values.push(value) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = values[above];
      if (other === undefined || !this.#isBefore(value, other)) break;
      values[at] = other;
      at = above;
    }
    values[at] = value;
  }

  pop(): T | undefined {
    const values = this.#values;
    const first = values[0];
    const last = values.pop();
    if (last === undefined || values.length === 0) return last;
    let at = 0;
    for (;;) {
      // Not as one list of two, which would be made for every level.
      const left = values[2 * at + 1];
      const right = values[2 * at + 2];
      if (left === undefined) break;
      const takesRight = right !== undefined && this.#isBefore(right, left);
      const next = takesRight ? right : left;
      if (!this.#isBefore(next, last)) break;
      values[at] = next;
      at = 2 * at + (takesRight ? 2 : 1);
    }
    values[at] = last;
    return first;
  }
}
