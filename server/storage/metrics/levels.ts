/** Widths of the sums of metrics. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { LEVELS } from '../rollup/bucket.ts';

/** From the finest. */
export const METRIC_LEVELS = [
  { table: 'metric_5m', widthMs: LEVELS[0].widthMs },
  { table: 'metric_1h', widthMs: HOUR_MS },
  { table: 'metric_1d', widthMs: DAY_MS },
] as const;

/** Longest period of a point: it is part of one hour. */
export const LONGEST_PERIOD_MS = HOUR_MS;
