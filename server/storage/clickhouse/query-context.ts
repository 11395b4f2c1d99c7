/** What a question may use. */

import type { TimeRange } from '../questions/shared-types.ts';
import { LEVELS } from '../rollup/bucket.ts';
import { chartWidthOf, finestWidthOf } from '../rollup/range.ts';
import type { FunctionShard } from './classify/pending.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

export interface QueryContext {
  readonly client: ClickHouseQueryClient;
  /** Of the functions, those that derivation here is about, now. */
  readonly shard: () => FunctionShard;
  readonly now: () => number;
  /** How long single events are kept, and with them cells of five minutes, ms. */
  readonly detailMs: () => number;
}

/** Where five-minute cells may be gone, ranges are answered to the hour. */
export function keptWidth({ now, detailMs }: QueryContext, range: TimeRange): number {
  return range.fromMs < now() - detailMs() ? LEVELS[1].widthMs : LEVELS[0].widthMs;
}

export function finestWidth(context: QueryContext, range: TimeRange): number {
  return finestWidthOf(range, () => keptWidth(context, range));
}

export function chartWidth(context: QueryContext, range: TimeRange): number {
  return chartWidthOf(range, finestWidth(context, range));
}
