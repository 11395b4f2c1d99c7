/** Since when the counters of scrapers and remote write are read from rollups; what was before is in their bases. */
import { DAY_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { SeriesQuery } from '../../storage/questions/series/types.ts';

/** Width of the finest rollups. Their table is not imported: the main thread would load sketches with it. */
export const FINEST_MS = 5 * MINUTE_MS;
/** Rollup rows that are read at most. */
const MAX_ROWS = 1_000_000;
/** Days that the base can be moved on by: counters that nobody has read for longer begin again. */
const LONGEST_MS = 31 * DAY_MS;
/** Of every version of every function. */
const EVERYTHING = { selectors: [[]], sketches: 'both', causes: true, maxRows: MAX_ROWS } as const;

/** A ledger of counters, as text, and the time since which their slices are read. */
export interface KeptCounters {
  readonly baseMs: number;
  readonly ledger: string | null;
}

/** 00:00 UTC on the day before: the question of series sums what was before a range since then. */
export function baseOf(fromMs: number): number {
  return (Math.floor(fromMs / DAY_MS) - 1) * DAY_MS;
}

/** The question for buckets of a range, and for what was before them since {@link baseOf}. */
export function rangeQuestion(fromMs: number, toMs: number, widthMs: number): readonly ['series', SeriesQuery] {
  return ['series', { ...EVERYTHING, fromMs, toMs, widthMs }];
}

/**
 * Counters that are read since `baseMs`. `move` asks the question and adds its days to the bases. Rejects as it does.
 */
export async function withBase(
  kept: KeptCounters | null,
  baseMs: number,
  move: (question: readonly ['series', SeriesQuery], ledger: string | null) => Promise<string>,
): Promise<KeptCounters> {
  if (kept === null || baseMs - kept.baseMs > LONGEST_MS || kept.baseMs > baseMs) return { baseMs, ledger: null };
  if (kept.baseMs === baseMs) return kept;
  return { baseMs, ledger: await move(rangeQuestion(kept.baseMs, baseMs, DAY_MS), kept.ledger) };
}
