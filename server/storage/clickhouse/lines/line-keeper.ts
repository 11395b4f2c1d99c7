/** Packs log lines and keeps them within their limits, one after the other; not while rows are moved or deleted. */
import type { RawRetention } from '../../../../ingest/decode/pipeline.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { LineReader } from './line-threads.ts';
import { answerOf } from './line-threads.ts';

/** Interval of comparing lines with their limits. */
const LIMITS_MS = MINUTE_MS;

export interface KeeperOptions {
  readonly now: () => number;
  readonly rawLines: RawRetention;
  /** Null for the default. */
  readonly lineBytes: number | null;
  readonly keptMs: () => number;
}

export class LineKeeper {
  readonly #reader: LineReader;
  readonly #options: KeeperOptions;
  /** Ends when what runs now has ended. */
  #last: Promise<unknown> = Promise.resolve();
  #limitsMs = Number.NEGATIVE_INFINITY;

  constructor(reader: LineReader, options: KeeperOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  /** {@link LineStore.pack} */
  pack(): Promise<boolean> {
    return this.alone(async () => {
      const { now, rawLines, lineBytes, keptMs } = this.#options;
      const nowMs = now();
      const query = { nowMs, errorsOnly: rawLines === 'errors' };
      const packed = await answerOf<number>(this.#reader, { op: 'pack', query });
      if (Math.abs(nowMs - this.#limitsMs) < LIMITS_MS) return packed > 0;
      // Where limits cannot be applied, because of a missing grant for example, lines are packed all the same.
      this.#limitsMs = nowMs;
      const limits = { nowMs, keptMs: keptMs(), budgetBytes: lineBytes };
      await answerOf<void>(this.#reader, { op: 'limit', query: limits });
      return packed > 0;
    });
  }

  /** Runs the work while no lines are packed: rows that are written meanwhile would not be moved, or not be deleted. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
