/** Covers a time range with the fewest rollup rows: days inside, hours and five-minute cells at the edges. */
import type { RollupTable } from '../../cell.ts';
import { LEVELS } from '../../cell.ts';
import type { Answered, TimeRange } from '../../store.ts';
import type { Databases } from './databases.ts';

export interface Segment {
  readonly table: RollupTable;
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR = 3_600_000;

const DAY = 24 * HOUR;

/** Where the details of a day are gone, so are its five-minute cells: it is answered to the hour. */
export function keptWidth(db: Databases, range: TimeRange): number {
  const dropped = db.raw
    .prepare("SELECT 1 FROM kept_day WHERE dropped = 1 AND day BETWEEN ? AND ? AND kind = 'function' LIMIT 1")
    .get(Math.floor(range.fromMs / DAY), Math.floor(range.toMs / DAY));
  return dropped === undefined ? LEVELS[0].widthMs : LEVELS[1].widthMs;
}

/** Ranges are answered to five minutes up to half a day, to the hour up to two weeks, to the day beyond. */
export function finestWidth(db: Databases, range: TimeRange): number {
  const span = range.toMs - range.fromMs;
  if (span <= 12 * HOUR) return keptWidth(db, range);
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
