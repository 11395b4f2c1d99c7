/** On-demand environments of a simulation: busy, idle, or terminated after being idle for their window. */

const FIRST_ROOM = 64;

/**
 * Requests come in order of time and go to the environment that was used most recently, if one is idle. Times are in columns,
 * because a simulation has an environment busy for every request.
 */
export class OnDemandPool {
  /** When each busy environment becomes idle, ms: a binary min-heap of the first `#busy` values. */
  #freeMs = new Float64Array(FIRST_ROOM);
  /** When the environment at the same place of the heap is terminated if it stays idle, ms. */
  #endsMs = new Float64Array(FIRST_ROOM);
  #busy = 0;
  /** When each idle environment is terminated, the most recently used last. May contain terminated ones. */
  #idleEndsMs = new Float64Array(FIRST_ROOM);
  #idle = 0;

  /** Forgets all environments. */
  clear(): void {
    this.#busy = 0;
    this.#idle = 0;
  }

  /** Takes an idle environment at a time, ms. Returns false if there is none, so that the request starts a new one. */
  take(atMs: number): boolean {
    while (this.#busy > 0 && (this.#freeMs[0] ?? 0) <= atMs) this.#release();
    while (this.#idle > 0) {
      this.#idle -= 1;
      if ((this.#idleEndsMs[this.#idle] ?? 0) > atMs) return true;
    }
    return false;
  }

  /** An environment that was taken, or a new one, is busy until `freeMs`, and is then kept for `windowMs` if it stays idle. */
  run(freeMs: number, windowMs: number): void {
    if (this.#busy === this.#freeMs.length) {
      this.#freeMs = doubled(this.#freeMs);
      this.#endsMs = doubled(this.#endsMs);
    }
    const free = this.#freeMs;
    const ends = this.#endsMs;
    let at = this.#busy;
    this.#busy += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = free[parent] ?? 0;
      if (above <= freeMs) break;
      free[at] = above;
      ends[at] = ends[parent] ?? 0;
      at = parent;
    }
    free[at] = freeMs;
    ends[at] = freeMs + windowMs;
  }

  /** Moves the environment at the head of the heap to the idle ones. */
  #release(): void {
    const free = this.#freeMs;
    const ends = this.#endsMs;
    if (this.#idle === this.#idleEndsMs.length) this.#idleEndsMs = doubled(this.#idleEndsMs);
    this.#idleEndsMs[this.#idle] = ends[0] ?? 0;
    this.#idle += 1;
    this.#busy -= 1;
    const size = this.#busy;
    const lastFree = free[size] ?? 0;
    const lastEnds = ends[size] ?? 0;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= size) break;
      const right = left + 1;
      const least = right < size && (free[right] ?? 0) < (free[left] ?? 0) ? right : left;
      const below = free[least] ?? 0;
      if (below >= lastFree) break;
      free[at] = below;
      ends[at] = ends[least] ?? 0;
      at = least;
    }
    free[at] = lastFree;
    ends[at] = lastEnds;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * values.length);
  more.set(values);
  return more;
}

/** Replaces the minimum of a binary heap with `value`. */
export function replaceLeast(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const least = right < heap.length && (heap[right] ?? 0) < (heap[left] ?? 0) ? right : left;
    if ((heap[least] ?? 0) >= value) break;
    heap[at] = heap[least] ?? 0;
    at = least;
  }
  heap[at] = value;
}
