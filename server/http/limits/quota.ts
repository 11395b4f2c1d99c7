/** Rate limit of each ingest key in bytes: a token bucket that holds ten seconds' worth. */
const BURST_SECONDS = 10;

export class Quota {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { bytes: number; atMs: number }>();

  /** 0 sets no limit. `now` is monotonic, in ms. */
  constructor(bytesPerSecond: number, now: () => number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
  }

  /** Whether the bucket is not empty. A larger body is admitted and its excess paid back, as its size is known only afterwards. */
  admits(key: string): boolean {
    return this.#bytesPerSecond === 0 || this.#bucket(key).bytes > 0;
  }

  spend(key: string, bytes: number): void {
    if (this.#bytesPerSecond > 0) this.#bucket(key).bytes -= bytes;
  }

  #bucket(key: string): { bytes: number; atMs: number } {
    const full = this.#bytesPerSecond * BURST_SECONDS;
    const nowMs = this.#now();
    const bucket = this.#buckets.get(key) ?? { bytes: full, atMs: nowMs };
    bucket.bytes = Math.min(full, bucket.bytes + ((nowMs - bucket.atMs) / 1000) * this.#bytesPerSecond);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
