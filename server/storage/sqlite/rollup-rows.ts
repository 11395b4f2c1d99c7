/** Rollup rows of functions, of the series that a filter names. */

import { sql } from 'kysely';
import type { Counts } from '../ports.ts';
import { countsFrom } from '../rollup/aggregation.ts';
import { COUNT_COLUMNS, READ_COLUMNS, RollupBucket } from '../rollup/bucket.ts';
import type { Databases } from './databases.ts';
import { errorDaysIn } from './error-days.ts';
import type { Param } from './read-connection.ts';
import { telemetryStatement } from './read-connection.ts';
import type { RollupPart } from './rollup-parts.ts';
import { selectPart } from './rollup-parts.ts';
import type { RollupValues } from './rollup-statements.ts';
import { rollupBuckets, rollupQuery } from './rollup-statements.ts';
import type { StoredRollup } from './schema.ts';
import type { Series } from './series.ts';

export interface RollupRow {
  readonly seriesId: number;
  readonly series: Series;
  /** Start of the bucket, epoch ms. */
  readonly bucket: number;
  readonly maxMemoryMb: number | null;
  /** Encoded sketch. */
  readonly duration: Uint8Array;
  /** Encoded sketches of cold starts. */
  readonly cold: Uint8Array;
  readonly counts: Counts;
}

const ROWS = rollupQuery((shape) =>
  telemetryStatement((db, param: Param<RollupValues>) =>
    rollupBuckets(db, param, shape)
      .select(['function_id', 'series_id', 'bucket', 'max_memory_mb', 'duration', 'cold'])
      .select(COUNT_COLUMNS)
      .select(sql<number>`n`.as('errors_unknown')),
  ).asTuples('function_id', 'series_id', 'bucket', 'max_memory_mb', 'duration', 'cold', ...READ_COLUMNS),
);

/** Reads one segment after the other, so that at most one is held in memory. */
export function* rollupRows(db: Databases, parts: readonly RollupPart[]): Generator<RollupRow> {
  for (const part of parts) {
    const selection = selectPart(part);
    const errorsKnown = errorDaysIn(db, part.functionIds, part);
    for (const segment of part.segments) {
      for (const row of ROWS(db, selection, segment)) {
        const [functionId, seriesId, bucket, maxMemoryMb, duration, cold] = row;
        const series = part.series.get(seriesId);
        if (series === undefined) continue;
        const counts = countsFrom(row, 6);
        if (errorsKnown(functionId, bucket)) counts.errors_unknown = 0;
        yield { seriesId, series, bucket, maxMemoryMb, duration, cold, counts };
      }
    }
  }
}

/** Decodes a whole stored row. `errors_unknown` is not part of it and stays 0. */
export function storedBucket(row: StoredRollup): RollupBucket {
  const bucket = new RollupBucket();
  for (const [at, name] of COUNT_COLUMNS.entries()) bucket.counts[at] = row[name];
  bucket.duration.mergeEncoded(row.duration);
  bucket.mergeEncodedCold(row.cold);
  bucket.maxMemoryMb = row.max_memory_mb;
  return bucket;
}
