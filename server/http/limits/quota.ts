/** Bytes that each ingest key may send: a bucket that fills by the second and holds ten seconds' worth. */
const BURST_SECONDS = 10;

export class Quota {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { bytes: number; atMs: number }>();

  /** 0 sets no limit. */
  constructor(bytesPerSecond: number, now: () => number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
  }

  /** Is there anything left? A body larger than what is left is let in and paid back: its size is known afterwards. */
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
