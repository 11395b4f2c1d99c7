/**
 * Limits the ingest queue by its estimated waiting time. Bodies are decoded and stored sequentially; requests that would
 * wait too long are refused, so that admitted ones are answered soon. Each key has a queue of its own, because keys take turns.
 */

/** Longest waiting time of an admitted body. */
const LONGEST_WAIT_MS = 1000;
/** Throughput assumed before the first measurement. */
const FIRST_BYTES_PER_MS = 4_000;
/** Weight of a new measurement in the moving average. */
const NEWEST = 0.2;
/** Queues below this size are always admitted. */
const ALWAYS_BYTES = 1_048_576;

/** An {@link Admission} for each key: a key whose bodies take long is refused by itself. */
export class KeyAdmission {
  readonly #byKey = new Map<string, Admission>();
  readonly #now: () => number;

  /** `now` is monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  of(key: string): Admission {
    let admission = this.#byKey.get(key);
    if (admission === undefined) {
      admission = new Admission(this.#now);
      this.#byKey.set(key, admission);
    }
    return admission;
  }
}

export class Admission {
  readonly #now: () => number;
  #waitingBytes = 0;
  #bytesPerMs = FIRST_BYTES_PER_MS;
  #busySinceMs = 0;
  #doneBytes = 0;

  /** `now` is monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns false if the queue already takes too long. An empty queue admits a body of any size. */
  admits(): boolean {
    return this.#waitingBytes <= ALWAYS_BYTES || this.#waitingBytes / this.#bytesPerMs <= LONGEST_WAIT_MS;
  }

  enter(bytes: number): void {
    if (this.#waitingBytes === 0) {
      this.#busySinceMs = this.#now();
      this.#doneBytes = 0;
    }
    this.#waitingBytes += bytes;
  }

  /** Removes a body from the queue, and updates the throughput at most ten times a second. */
  leave(bytes: number): void {
    this.#waitingBytes = Math.max(0, this.#waitingBytes - bytes);
    this.#doneBytes += bytes;
    const elapsedMs = this.#now() - this.#busySinceMs;
    if (elapsedMs < 100) return;
    this.#bytesPerMs += NEWEST * (this.#doneBytes / elapsedMs - this.#bytesPerMs);
    this.#busySinceMs = this.#now();
    this.#doneBytes = 0;
  }
}
