/** On-demand environments of a simulation: busy, idle, or terminated after being idle for their window. */

interface Environment {
  /** When it becomes idle, ms. */
  readonly freeMs: number;
  /** When it is terminated if it stays idle, ms. */
  readonly endsMs: number;
}

/** Requests come in order of time and go to the environment that was used most recently, if one is idle. */
export class OnDemandPool {
  /** Busy, by the time at which they become idle: a binary min-heap with its environments. */
  readonly #busy: Environment[] = [];
  /** Idle, the most recently used last. May contain terminated ones. */
  readonly #idle: Environment[] = [];

  /** Takes an idle environment at a time, ms. Returns false if there is none, so that the request starts a new one. */
  take(atMs: number): boolean {
    for (let next = this.#busy[0]; next !== undefined && next.freeMs <= atMs; next = this.#busy[0]) {
      popLeast(this.#busy);
      this.#idle.push(next);
    }
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) if (last.endsMs > atMs) return true;
    return false;
  }

  /** An environment that was taken, or a new one, is busy until `freeMs`, and is then kept for `windowMs` if it stays idle. */
  run(freeMs: number, windowMs: number): void {
    push(this.#busy, { freeMs, endsMs: freeMs + windowMs });
  }
}

function push(heap: Environment[], environment: Environment): void {
  let at = heap.length;
  heap.push(environment);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.freeMs <= environment.freeMs) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = environment;
}

function popLeast(heap: Environment[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const least = (heap[right]?.freeMs ?? Infinity) < (heap[left]?.freeMs ?? Infinity) ? right : left;
    const below = heap[least];
    if (below === undefined || below.freeMs >= last.freeMs) break;
    heap[at] = below;
    at = least;
  }
  heap[at] = last;
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
