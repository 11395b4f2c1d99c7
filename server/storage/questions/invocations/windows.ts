/** How pages of many rows are read: all rows of a range of time at once, which is as long as a page needs. */
import { MINUTE_MS } from '../../../../ingest/records/time.ts';

/** Range of a first page, ms. */
export const FIRST_SPAN_MS = MINUTE_MS;
/** Most that a range becomes longer, or shorter, at once. */
const STEP = 8;
/** Rows that a range is to hold, by those that a page has room for: rows beyond them are read again. */
const FILLED = 0.8;
/** A page is full enough with this part of its rows. */
const ENOUGH = 0.5;

/** Rows of a page, newest first, and what the next page begins with. */
export interface WindowedRows<Row> {
  readonly rows: readonly Row[];
  /** Whether older rows may follow. */
  readonly more: boolean;
  /** Range to look for the next page in first, ms. */
  readonly spanMs: number;
}

interface Window {
  readonly fromMs: number;
  /** Greatest end, epoch ms. */
  readonly upTo: number;
}

/**
 * Reads ranges back from `upTo` until half of `limit` is found, or `fromMs` is reached. `rowsOf` returns all rows of a range, newest
 * first, or null if they are more than twice `limit`. Null if one ms has more.
 */
export function rowsInWindows<Row>(
  { fromMs, upTo }: Window,
  limit: number,
  firstSpanMs: number,
  rowsOf: (window: Window) => readonly Row[] | null,
): WindowedRows<Row> | null {
  const rows: Row[] = [];
  let untilMs = upTo;
  let spanMs = Math.max(1, firstSpanMs);
  while (untilMs >= fromMs && rows.length < limit * ENOUGH) {
    const sinceMs = Math.max(fromMs, untilMs - spanMs + 1);
    const found = rowsOf({ fromMs: sinceMs, upTo: untilMs });
    if (found === null) {
      if (sinceMs === untilMs) return null;
      spanMs = Math.max(1, Math.floor((untilMs - sinceMs + 1) / STEP));
      continue;
    }
    for (const row of found) rows.push(row);
    const wanted = limit * FILLED - (rows.length < limit * ENOUGH ? rows.length : 0);
    spanMs = Math.ceil(spanMs * (found.length === 0 ? STEP : Math.min(STEP, wanted / found.length)));
    untilMs = sinceMs - 1;
  }
  return { rows: rows.slice(0, limit), more: rows.length > limit || untilMs >= fromMs, spanMs };
}
