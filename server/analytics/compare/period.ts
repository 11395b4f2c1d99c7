/** A period of one function, in total and by block of time. */
import type { SketchColumns } from '../sketch/columns.ts';
import type { Histogram } from './histogram.ts';

/** What one block of time contains. Durations in ms. */
export interface Block {
  readonly atMs: number;
  readonly n: number;
  readonly errors: number;
  readonly coldStarts: number;
  readonly billedMs: number;
  readonly durationMs: SketchColumns;
  /** On-demand inits only. */
  readonly initMs: SketchColumns;
}

/** Statistics of one period. Durations in ms. */
export interface Period {
  readonly n: number;
  readonly errors: number;
  /** Invocations of which it is unknown whether the handler threw. */
  readonly errorsUnknown: number;
  readonly coldStarts: number;
  readonly durationMs: Histogram;
  /** On-demand inits only. */
  readonly initMs: Histogram;
  /** Dollars per thousand invocations; null if the price is unknown. */
  readonly costPer1kUsd: number | null;
  /** The same by block of time, in order; blocks without invocations may be left out. */
  readonly blocks: readonly Block[];
  readonly blockMs: number;
}
