/** Compares the system clock with the time known to be right, has the store go by the result, and reports contradictions. */
import { plainBatch } from '../../ingest/batch/packed-batch.ts';
import type { Batch, PackedBatch } from '../../ingest/records/batch.ts';
import { COLUMN, COLUMNS } from '../../ingest/records/invocation-columns.ts';
import { iso, MINUTE_MS } from '../../ingest/records/time.ts';
import type { ClockDoubt, GuardedClock } from '../clock/guarded-clock.ts';
import type { Store } from '../storage/ports.ts';
import type { OnTrouble } from './storage-watch.ts';

export interface ClockWatchOptions {
  readonly clock: GuardedClock;
  readonly store: Pick<Store, 'noteClock'>;
  readonly monotonicNow: () => number;
  readonly onTrouble: OnTrouble;
}

/** The time is stored at this interval. */
const SAVE_MS = MINUTE_MS;
/** Functions that are remembered while the clock is in doubt. */
const MAX_FUNCTIONS = 1000;
/** While the clock is in doubt, events are looked at this often, of batches up to this size: it costs the main thread time. */
const OBSERVE_MS = 200;
const MAX_OBSERVED_BYTES = 1_048_576;

/** Fewer than three functions cannot confirm it. */
const UNTIL =
  'until events of three functions confirm the clock, or an operator does with `thermocline clock --accept` (always needed with fewer functions)';

export class ClockWatch {
  readonly #options: ClockWatchOptions;
  /** Numbers of functions, by log group. */
  readonly #functions = new Map<string, number>();
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #observedAtMs = Number.NEGATIVE_INFINITY;
  #reported: ClockDoubt['kind'] | null = null;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
  }

  /** Reports a clock that is not plausible, and stores the time every minute. */
  async round(): Promise<void> {
    const { clock, store, monotonicNow, onTrouble } = this.#options;
    const kind = clock.doubt()?.kind ?? null;
    const changed = kind !== this.#reported;
    this.#reported = kind;
    if (changed) onTrouble('clock', this.sentence());
    if (kind === null) this.#functions.clear();
    if (!changed && monotonicNow() - this.#savedAtMs < SAVE_MS) return;
    this.#savedAtMs = monotonicNow();
    await store.noteClock({ settledMs: clock.settledNow(), mark: clock.mark() });
  }

  /** Notes the events of a batch that arrives, which may confirm a clock that is in doubt. */
  observe(batch: Batch | PackedBatch): void {
    const { clock, monotonicNow } = this.#options;
    if (clock.doubt() === null || this.#functions.size >= MAX_FUNCTIONS) return;
    if ('packed' in batch && batch.packed.length > MAX_OBSERVED_BYTES) return;
    if (monotonicNow() - this.#observedAtMs < OBSERVE_MS) return;
    this.#observedAtMs = monotonicNow();
    const { streams, invocations } = plainBatch(batch);
    const newest = new Map<number, number>();
    for (let row = 0; row < invocations.n; row += 1) {
      const [stream = 0, endMs = 0] = [COLUMN.stream, COLUMN.endMs].map(
        (column) => invocations.numbers[row * COLUMNS + column],
      );
      const header = streams[stream];
      if (header === undefined) continue;
      const id = this.#idOf(`${header.account} ${header.region} ${header.logGroup}`);
      newest.set(id, Math.max(newest.get(id) ?? endMs, endMs));
    }
    clock.observe([...newest]);
  }

  /** Takes the system clock as right, by order of an operator. */
  async accept(): Promise<void> {
    this.#options.clock.accept();
    this.#savedAtMs = Number.NEGATIVE_INFINITY;
    await this.round();
  }

  /** What is wrong with the system clock and what that means; null if it is plausible. Names nothing: senders may see it. */
  sentence(): string | null {
    return clockSentence(this.#options.clock.doubt(), UNTIL);
  }

  #idOf(logGroup: string): number {
    const known = this.#functions.get(logGroup);
    if (known !== undefined) return known;
    this.#functions.set(logGroup, this.#functions.size);
    return this.#functions.size - 1;
  }
}

/** What is wrong with a system clock, and what that means until something happens; null if nothing is in doubt. */
export function clockSentence(doubt: ClockDoubt | null, until: string): string | null {
  if (doubt === null) return null;
  const { kind, wallMs, settledMs } = doubt;
  const times = `The system clock says ${iso(wallMs)}, but ${iso(settledMs)}`;
  if (kind === 'unconfirmed')
    return `${times} is the last time that is known to be right. Nothing more is deleted by retention ${until}.`;
  return `${times} was expected from the time that has elapsed. The server goes by the expected time ${until}.`;
}
