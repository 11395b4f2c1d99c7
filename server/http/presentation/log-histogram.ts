/** Matches of a log search over time. */
import { iso } from '../../../ingest/records/time.ts';
import type { LogHistogram } from '../../storage/ports.ts';
import type { LogHistogramAnswer } from '../contract/logs.ts';

export function logHistogram({ widthMs, firstMs, bins, countedFromMs, ...rest }: LogHistogram): LogHistogramAnswer {
  return {
    widthMs,
    bins: bins.map((counts, at) => ({
      start: iso(firstMs + at * widthMs),
      errors: counts?.errors ?? null,
      warnings: counts?.warnings ?? null,
      others: counts?.others ?? null,
    })),
    countedFrom: countedFromMs === null ? null : iso(countedFromMs),
    ...rest,
  };
}
