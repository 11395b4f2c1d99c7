/** What of a slice is counted on for scrapers and remote write, as one row of numbers. */
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { HISTOGRAM_BOUNDS_MS } from '../../../storage/questions/series/bounds.ts';
import { READ_AT, READ_COLUMNS } from '../../../storage/rollup/bucket.ts';
import type { BucketSums } from './families.ts';

/** Counts by bound, those above, and the sum. */
const HISTOGRAM = HISTOGRAM_BOUNDS_MS.length + 2;
const USD_AT = READ_COLUMNS.length;
const CAUSES_AT = USD_AT + 1;
const DURATION_AT = CAUSES_AT + CAUSES.length;
const INIT_AT = DURATION_AT + HISTOGRAM;

/** Names of the columns: stored counters are read by them, so that a later version may add some. */
export const COUNTER_COLUMNS: readonly string[] = [
  ...READ_COLUMNS,
  'usd',
  ...CAUSES.map((cause) => `cause-${cause}`),
  ...histogramColumns('duration'),
  ...COLD_START_KINDS.flatMap((kind) => histogramColumns(`init-${kind}`)),
];

function histogramColumns(name: string): readonly string[] {
  return [...HISTOGRAM_BOUNDS_MS.map((ms) => `${name}-${ms}`), `${name}-above`, `${name}-sum`];
}

/** Invocations, which decrease only where some were deleted. */
export const INVOCATIONS_AT = READ_AT.n;

/** The numbers of a bucket, and its cost. */
export function counterRow({ counts, causes, duration, init }: BucketSums, usd: number): Float64Array {
  const row = new Float64Array(COUNTER_COLUMNS.length);
  row.set(counts);
  row[USD_AT] = usd;
  if (causes !== null) row.set(causes, CAUSES_AT);
  if (duration !== null) row.set(duration, DURATION_AT);
  for (const [at, histogram] of init.entries()) if (histogram !== null) row.set(histogram, INIT_AT + at * HISTOGRAM);
  return row;
}

/** The sums that a row has: views of it. */
export function sumsOfRow(row: Float64Array): BucketSums {
  return {
    counts: row.subarray(0, USD_AT),
    usd: row[USD_AT] ?? 0,
    causes: row.subarray(CAUSES_AT, DURATION_AT),
    duration: row.subarray(DURATION_AT, INIT_AT),
    init: COLD_START_KINDS.map((_, at) => row.subarray(INIT_AT + at * HISTOGRAM, INIT_AT + (at + 1) * HISTOGRAM)),
    maxMemoryMb: null,
  };
}
