/** What a question may use. */

import type { TimeRange } from '../questions/shared-types.ts';
import { LEVELS } from '../rollup/bucket.ts';
import { chartWidthOf, finestWidthOf } from '../rollup/range.ts';
import type { Share } from './classify/pending.ts';
import type { Asking } from './query-client.ts';

export interface Source {
  readonly ask: Asking;
  /** Of the functions, those that derivation here is about, now. */
  readonly share: () => Share;
  readonly now: () => number;
  /** How long single events are kept, and with them cells of five minutes, ms. */
  readonly detailMs: () => number;
}

/** Where five-minute cells may be gone, ranges are answered to the hour. */
export function keptWidth({ now, detailMs }: Source, range: TimeRange): number {
  return range.fromMs < now() - detailMs() ? LEVELS[1].widthMs : LEVELS[0].widthMs;
}

export function finestWidth(source: Source, range: TimeRange): number {
  return finestWidthOf(range, () => keptWidth(source, range));
}

export function chartWidth(source: Source, range: TimeRange): number {
  return chartWidthOf(range, finestWidth(source, range));
}
