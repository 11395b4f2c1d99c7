/** Context of queries: client, clock, and the functions this process is responsible for. */

import type { TimeRange } from '../questions/shared-types.ts';
import { LEVELS } from '../rollup/bucket.ts';
import { chartWidthOf, finestWidthOf } from '../rollup/range.ts';
import type { FunctionShard } from './classify/pending.ts';
import type { LineReader } from './lines/line-threads.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

export interface QueryContext {
  readonly client: ClickHouseQueryClient;
  readonly lines: LineReader;
  /** Aborted when the client of the question no longer waits for the answer. */
  readonly signal?: AbortSignal;
  /** Functions that this process attributes cold starts for, now. */
  readonly shard: () => FunctionShard;
  readonly now: () => number;
  /** Retention of single events and five-minute rollups, ms. */
  readonly detailMs: () => number;
}

/** Returns the finest rollup width, ms, that is still stored for the whole range. */
export function keptWidth({ now, detailMs }: QueryContext, range: TimeRange): number {
  return range.fromMs < now() - detailMs() ? LEVELS[1].widthMs : LEVELS[0].widthMs;
}

export function finestWidth(context: QueryContext, range: TimeRange): number {
  return finestWidthOf(range, () => keptWidth(context, range));
}

export function chartWidth(context: QueryContext, range: TimeRange): number {
  return chartWidthOf(range, finestWidth(context, range));
}
