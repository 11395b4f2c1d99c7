/** Covers a time range with the fewest rollup rows: days inside, hours and five minutes at the edges. */

import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { ResolvedRange, TimeRange } from '../questions/shared-types.ts';
import type { RollupTable } from './bucket.ts';
import { LEVELS } from './bucket.ts';

export interface Segment {
  readonly table: RollupTable;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Ranges are answered to five minutes up to half a day, to the hour up to two weeks, to the day beyond; `keptMs` is the
 * finest that is still stored of them.
 */
export function finestWidthOf(range: TimeRange, keptMs: () => number): number {
  const span = range.toMs - range.fromMs;
  if (span <= 12 * HOUR_MS) return keptMs();
  return span <= 14 * 24 * HOUR_MS ? LEVELS[1].widthMs : LEVELS[2].widthMs;
}

/** Returns a chart bucket width, ms: a round width that gives at most 90 points and is not finer than `finestMs`. */
export function chartWidthOf(range: TimeRange, finestMs: number): number {
  const minutes = [5, 15, 30, 60, 180, 360, 1440, 10_080];
  const span = range.toMs - range.fromMs;
  const wanted = minutes.find((width) => span / (width * 60_000) <= 90) ?? 10_080;
  return Math.max(wanted * 60_000, finestMs);
}

/** Aligns the range outward to multiples of `widthMs`. */
export function align(range: TimeRange, widthMs: number): ResolvedRange {
  return {
    fromMs: Math.floor(range.fromMs / widthMs) * widthMs,
    toMs: Math.ceil(range.toMs / widthMs) * widthMs,
    widthMs,
  };
}

/** Returns segments that cover the range with levels no wider than `widestMs`, so that no row spans two chart buckets. */
export function cover(range: ResolvedRange, widestMs: number = Number.POSITIVE_INFINITY): readonly Segment[] {
  const usable = LEVELS.filter(
    (level) => level.widthMs >= range.widthMs && level.widthMs <= Math.max(widestMs, range.widthMs),
  );
  return coverWith(range, usable.toReversed());
}

/** A range of a query in pieces, and the widths of the rollup rows that cover them. */
export interface Pieces {
  /** In order, without gaps. */
  readonly pieces: readonly TimeRange[];
  readonly finestMs: number;
}

/** With more pieces, times are rounded to hours or days. */
const MOST_PIECES = 64;

/** Divides the range at times, rounded to the finest rows that are stored (`keptMs`). */
export function divide(range: TimeRange, atMs: readonly number[], keptMs: number): Pieces {
  for (const { widthMs } of LEVELS) {
    if (widthMs < keptMs) continue;
    const rounded = atMs.map((ms) => Math.round(ms / widthMs) * widthMs);
    const inside = [...new Set(rounded)].filter((ms) => ms > range.fromMs && ms < range.toMs).toSorted((a, b) => a - b);
    if (inside.length >= MOST_PIECES && widthMs < LEVELS[2].widthMs) continue;
    const edges = [range.fromMs, ...inside, range.toMs];
    const pieces = edges.slice(1).map((toMs, at) => ({ fromMs: edges[at] ?? toMs, toMs }));
    return { pieces, finestMs: widthMs };
  }
  return { pieces: [range], finestMs: LEVELS[2].widthMs };
}

/** {@link cover} for one piece of the range: rows may be finer than those of the range, so that none spans two pieces. */
export function coverPiece(
  range: ResolvedRange,
  piece: TimeRange,
  finestMs: number,
  widestMs: number = Number.POSITIVE_INFINITY,
): readonly Segment[] {
  const whole = piece.fromMs === range.fromMs && piece.toMs === range.toMs;
  const widthMs = whole ? range.widthMs : Math.min(range.widthMs, finestMs);
  return cover({ ...piece, widthMs }, Math.max(widestMs, range.widthMs));
}

function coverWith(range: TimeRange, levels: readonly (typeof LEVELS)[number][]): Segment[] {
  const [widest, ...finer] = levels;
  if (widest === undefined || range.fromMs >= range.toMs) return [];
  const from = Math.ceil(range.fromMs / widest.widthMs) * widest.widthMs;
  const to = Math.floor(range.toMs / widest.widthMs) * widest.widthMs;
  if (from >= to) return coverWith(range, finer);
  return [
    ...coverWith({ fromMs: range.fromMs, toMs: from }, finer),
    { table: widest.table, fromMs: from, toMs: to },
    ...coverWith({ fromMs: to, toMs: range.toMs }, finer),
  ];
}

/** Aligns to the nearest multiples of `widthMs`, so that adjacent periods share no bucket. */
export function nearest(range: TimeRange, widthMs: number): ResolvedRange {
  return {
    fromMs: Math.round(range.fromMs / widthMs) * widthMs,
    toMs: Math.round(range.toMs / widthMs) * widthMs,
    widthMs,
  };
}
