/**
 * The time by which data may be deleted, in the writer's thread. Never reads the system clock: it may jump, and only the main
 * thread detects that.
 */
export class SettledClock {
  /** Settled time minus monotonic time, ms. */
  #aheadMs: number | null;

  /** `nowMs` is epoch ms; null if it is not known yet. */
  constructor(nowMs: number | null) {
    this.#aheadMs = nowMs === null ? null : nowMs - performance.now();
  }

  set(nowMs: number): void {
    this.#aheadMs = nowMs - performance.now();
  }

  /** Epoch ms; null if it is not known yet. */
  now(): number | null {
    return this.#aheadMs === null ? null : Math.round(performance.now() + this.#aheadMs);
  }
}
