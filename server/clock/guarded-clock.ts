/**
 * The clock that the server goes by. It follows the system clock as long as that agrees, within a day, with the last time
 * known to be right plus the time that has elapsed since. A larger jump is followed only after events of several functions
 * arrived with the new time, or when an operator accepts it: until then nothing is deleted by it. Pure: every source of time
 * is an argument.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';

/** A time that was known to be right, stored so that the next start can compare its clock with it. */
export interface ClockMark {
  /** Epoch ms. */
  readonly wallMs: number;
  /** Time since the machine started, ms, at that moment. */
  readonly uptimeMs: number;
  /** Identifies the start of the machine; empty if unknown. */
  readonly bootId: string;
}

export interface ClockSource {
  /** The system clock, epoch ms. */
  wall(): number;
  /** Ms from an arbitrary moment; never steps. Cheap, may stop while the machine sleeps. */
  monotonic(): number;
  /** Time since the machine started, ms, sleep included. */
  uptime(): number;
  readonly bootId: string;
}

/** What the system clock contradicts. */
export interface ClockDoubt {
  /** `ahead` and `behind`: it jumped. `unconfirmed`: it is ahead of the last known time, and the machine was off meanwhile. */
  readonly kind: 'ahead' | 'behind' | 'unconfirmed';
  /** The system clock, epoch ms. */
  readonly wallMs: number;
  /** The time by which data is deleted, epoch ms. */
  readonly settledMs: number;
}

/** Larger differences from the expected time are jumps. */
const TOLERANCE_MS = DAY_MS;
/** An event confirms a time that it is this close to. */
const WITNESS_MS = HOUR_MS;
/** Functions whose events confirm a jump. */
const WITNESSES = 3;
/** Uptime is read again after this time, or when the clocks differ by more. It takes a system call and a read. */
const UPTIME_AGAIN_MS = MINUTE_MS;
/** Uptime is read at most this often while the clocks differ by the same amount. */
const UPTIME_PAUSE_MS = 1000;

export class GuardedClock {
  readonly #source: ClockSource;
  /** A moment on the line of time that is known to be right. */
  #anchor: { readonly wallMs: number; readonly uptimeMs: number };
  /** False: the anchor is a lower bound, because the time that the machine was off is not known. */
  #isExact = true;
  /** Uptime minus monotonic time. */
  #uptimeAheadMs: number;
  #readAtMs: number;
  #differenceMs = 0;
  readonly #forWall = new Set<number>();
  readonly #against = new Set<number>();

  constructor(source: ClockSource) {
    this.#source = source;
    const uptimeMs = source.uptime();
    this.#readAtMs = source.monotonic();
    this.#uptimeAheadMs = uptimeMs - this.#readAtMs;
    this.#anchor = { wallMs: source.wall(), uptimeMs };
  }

  /** Continues from the time that was stored last; `lastReceiptMs` (epoch ms) stands in where none was. Call once. */
  resume(mark: ClockMark | null, lastReceiptMs: number | null): void {
    const uptimeMs = this.#source.uptime();
    if (mark !== null && mark.bootId !== '' && mark.bootId === this.#source.bootId) {
      this.#anchor = { wallMs: mark.wallMs, uptimeMs: mark.uptimeMs };
      return;
    }
    // Receipts ahead of the clock may come from a clock that was wrong.
    const known =
      mark?.wallMs ?? (lastReceiptMs !== null && lastReceiptMs <= this.#source.wall() ? lastReceiptMs : null);
    if (known === null) return;
    const sinceBootMs = mark === null ? 0 : uptimeMs;
    this.#anchor = { wallMs: known + sinceBootMs, uptimeMs };
    this.#isExact = false;
    this.#read();
  }

  /** The time to go by, epoch ms: for receipts, sessions, alerts and pages. */
  now(): number {
    const { wallMs, expectedMs, kind } = this.#read();
    return kind === 'ahead' || kind === 'behind' ? expectedMs : wallMs;
  }

  /** The time by which data may be deleted, epoch ms: never ahead of what is confirmed. */
  settledNow(): number {
    const { wallMs, expectedMs, kind } = this.#read();
    return kind === null ? wallMs : expectedMs;
  }

  /** What the system clock contradicts; null if it is plausible. */
  doubt(): ClockDoubt | null {
    const { wallMs, expectedMs, kind } = this.#read();
    return kind === null ? null : { kind, wallMs, settledMs: expectedMs };
  }

  /** The time to store for the next start; null while it is only a lower bound. */
  mark(): ClockMark | null {
    const { expectedMs } = this.#read();
    if (!this.#isExact) return null;
    return { wallMs: expectedMs, uptimeMs: this.#uptime(), bootId: this.#source.bootId };
  }

  /** Notes the newest event of functions, epoch ms. Returns true if they confirmed the system clock. */
  observe(events: readonly (readonly [functionId: number, atMs: number])[]): boolean {
    const { wallMs, expectedMs, kind } = this.#read();
    if (kind === null) return false;
    for (const [functionId, atMs] of events) {
      if (Math.abs(atMs - wallMs) <= WITNESS_MS) this.#forWall.add(functionId);
      else if (Math.abs(atMs - expectedMs) <= WITNESS_MS) this.#against.add(functionId);
    }
    if (this.#forWall.size < WITNESSES || this.#forWall.size <= this.#against.size * WITNESSES) return false;
    this.accept();
    return true;
  }

  /** Takes the system clock as right. */
  accept(): void {
    this.#anchor = { wallMs: this.#source.wall(), uptimeMs: this.#source.uptime() };
    this.#isExact = true;
    this.#clearWitnesses();
  }

  #read(): { readonly wallMs: number; readonly expectedMs: number; readonly kind: ClockDoubt['kind'] | null } {
    const wallMs = this.#source.wall();
    // Whole milliseconds, as the system clock gives them: columns of times are integers.
    const expectedMs = Math.round(this.#anchor.wallMs + (this.#uptimeAt(wallMs) - this.#anchor.uptimeMs));
    const aheadMs = wallMs - expectedMs;
    if (Math.abs(aheadMs) <= TOLERANCE_MS) {
      this.#clearWitnesses();
      if (!this.#isExact) {
        this.#anchor = { wallMs, uptimeMs: this.#uptime() };
        this.#isExact = true;
      }
      return { wallMs, expectedMs, kind: null };
    }
    const kind = aheadMs < 0 ? 'behind' : this.#isExact ? 'ahead' : 'unconfirmed';
    return { wallMs, expectedMs, kind };
  }

  /** Uptime, from the monotonic clock where that is enough. */
  #uptimeAt(wallMs: number): number {
    const monotonicMs = this.#source.monotonic();
    const sinceReadMs = monotonicMs - this.#readAtMs;
    const uptimeMs = monotonicMs + this.#uptimeAheadMs;
    const differenceMs = wallMs - (this.#anchor.wallMs + uptimeMs - this.#anchor.uptimeMs);
    const jumped = Math.abs(differenceMs - this.#differenceMs) > UPTIME_AGAIN_MS;
    const differs = Math.abs(differenceMs) > UPTIME_AGAIN_MS && sinceReadMs > UPTIME_PAUSE_MS;
    if (!jumped && !differs && sinceReadMs <= UPTIME_AGAIN_MS && sinceReadMs >= 0) return uptimeMs;
    this.#readAtMs = monotonicMs;
    this.#uptimeAheadMs = this.#source.uptime() - monotonicMs;
    const readMs = this.#uptime();
    this.#differenceMs = wallMs - (this.#anchor.wallMs + readMs - this.#anchor.uptimeMs);
    return readMs;
  }

  #uptime(): number {
    return this.#source.monotonic() + this.#uptimeAheadMs;
  }

  #clearWitnesses(): void {
    this.#forWall.clear();
    this.#against.clear();
  }
}
