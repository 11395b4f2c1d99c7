/** Covers a time range with the fewest rollup rows: days inside, hours and five-minute cells at the edges. */
import type { RollupTable } from '../../cell.ts';
import { LEVELS } from '../../cell.ts';
import type { Answered, TimeRange } from '../../store.ts';

export interface Segment {
  readonly table: RollupTable;
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR = 3_600_000;

/** Ranges are answered to five minutes up to half a day, to the hour up to two weeks, to the day beyond. */
export function finestWidth(range: TimeRange): number {
  const span = range.toMs - range.fromMs;
  if (span <= 12 * HOUR) return LEVELS[0].widthMs;
  return span <= 14 * 24 * HOUR ? LEVELS[1].widthMs : LEVELS[2].widthMs;
}

/** Aligns outward to multiples of `widthMs`. */
export function align(range: TimeRange, widthMs: number): Answered {
  return {
    fromMs: Math.floor(range.fromMs / widthMs) * widthMs,
    toMs: Math.ceil(range.toMs / widthMs) * widthMs,
    widthMs,
  };
}

/** Segments that add up to the range, none wider than `widestMs` (a chart's own bucket must not be exceeded). */
export function cover(range: Answered, widestMs: number = Number.POSITIVE_INFINITY): readonly Segment[] {
  const usable = LEVELS.filter(
    (level) => level.widthMs >= range.widthMs && level.widthMs <= Math.max(widestMs, range.widthMs),
  );
  return coverWith(range, usable.toReversed());
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
