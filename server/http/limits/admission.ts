/**
 * How long would one more body wait? Bodies are decoded and stored one behind the other; more than fit into a moment are
 * told to come back, so that those who are let in are served soon.
 */

/** Longest that a body may wait for those before it. */
const LONGEST_WAIT_MS = 1000;
/** Before anything was measured. */
const FIRST_BYTES_PER_MS = 4_000;
/** Weight of the newest measurement. */
const NEWEST = 0.2;
/** What is little enough to be let in whatever is measured. */
const ALWAYS_BYTES = 1_048_576;

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

  /** False when the bytes that wait already take too long. Nobody waits: anything is let in, however large. */
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

  /** The rate is what was done since there was something to do, sampled at most ten times a second. */
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
