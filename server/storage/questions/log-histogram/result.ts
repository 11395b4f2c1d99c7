/** Counts matching lines, each once, whatever the order in which stores read them. */
import type { Level } from '../../../../ingest/lines/level.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../ingest/records/time.ts';
import type { Condition } from '../../../analytics/lines/condition.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { keyOf } from '../../lines/kept-line.ts';
import type { KnownFacts, Origin } from '../logs/result.ts';
import { LineTest, parseCondition } from '../logs/result.ts';
import type { TimeRange } from '../shared-types.ts';
import type { LevelCounts, LogHistogram, LogHistogramQuery } from './types.ts';

/** What is read for one count: half a second of a processor. */
export const MOST_COUNTED_BYTES = 256 * 1_048_576;

const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
];

/** The least width, ms, of which at most `bins` cover the range. */
export function binWidth({ fromMs, toMs }: TimeRange, bins: number): number {
  const covers = (width: number): boolean => Math.ceil(toMs / width) - Math.floor(fromMs / width) <= bins;
  const found = WIDTHS.find(covers);
  if (found !== undefined) return found;
  let days = 1;
  while (!covers(days * DAY_MS)) days += 1;
  return days * DAY_MS;
}

export class LineCount {
  readonly condition: Condition;
  readonly fromMs: number;
  readonly upToMs: number;
  readonly widthMs: number;
  readonly firstMs: number;
  readonly test: LineTest;
  readonly #bins: { errors: number; warnings: number; others: number }[];
  /** Lines that may be stored twice. */
  readonly #counted = new Set<string>();
  #countedFromMs: number | null = null;
  readBytes = 0;
  rebuilding = 0;

  /** @throws RangeError for a text that is not in the language */
  constructor({ text, fromMs, toMs, bins }: LogHistogramQuery) {
    this.condition = parseCondition(text);
    this.test = new LineTest(this.condition);
    this.fromMs = Math.ceil(fromMs);
    this.upToMs = Math.ceil(toMs) - 1;
    this.widthMs = binWidth({ fromMs, toMs }, bins);
    this.firstMs = Math.floor(fromMs / this.widthMs) * this.widthMs;
    const n = Math.max(0, Math.ceil((toMs - this.firstMs) / this.widthMs));
    this.#bins = Array.from({ length: n }, () => ({ errors: 0, warnings: 0, others: 0 }));
  }

  reads(bytes: number): void {
    this.readBytes += bytes;
  }

  wants(ms: number): boolean {
    return ms >= this.fromMs && ms <= this.upToMs;
  }

  /** Returns true if too much was read: lines up to this time are not counted. Stores offer their parts by their last line, newest first. */
  endsBefore(lastMs: number): boolean {
    if (this.#countedFromMs !== null) return true;
    if (this.readBytes < MOST_COUNTED_BYTES || lastMs >= this.upToMs) return false;
    this.#countedFromMs = lastMs + 1;
    return true;
  }

  /** Are all these times in one bin and in the range? */
  isOneBin(firstMs: number, lastMs: number): boolean {
    return this.wants(firstMs) && this.wants(lastMs) && this.binOf(firstMs) === this.binOf(lastMs);
  }

  binOf(ms: number): number {
    return Math.floor((ms - this.firstMs) / this.widthMs);
  }

  /** Counts lines that match. */
  add(bin: number, level: Level | null, n: number): void {
    const counts = this.#bins[bin];
    if (counts === undefined) return;
    if (level === 'error' || level === 'fatal') counts.errors += n;
    else if (level === 'warn') counts.warnings += n;
    else counts.others += n;
  }

  /** Counts the line if it matches; returns false if it does not. `kept`: what identifies it, if it may be stored elsewhere as well. */
  offer(ms: number, message: string, origin: Origin, known?: KnownFacts, kept?: () => KeptLine): boolean {
    const { isMatch, level } = this.test.of(message, origin, known);
    if (!isMatch) return false;
    if (kept === undefined || this.#isFirst(kept())) this.add(this.binOf(ms), level, 1);
    return true;
  }

  #isFirst(line: KeptLine): boolean {
    const key = keyOf(line);
    if (this.#counted.has(key)) return false;
    this.#counted.add(key);
    return true;
  }

  histogram(stored: LogHistogram['stored']): LogHistogram {
    const { widthMs, firstMs, readBytes } = this;
    const countedFromMs = this.#countedFromMs;
    return {
      widthMs,
      firstMs,
      bins: this.#bins.map((counts, at): LevelCounts | null =>
        countedFromMs !== null && firstMs + at * widthMs < countedFromMs ? null : counts,
      ),
      countedFromMs,
      readBytes: Math.round(readBytes),
      stored,
    };
  }
}
