/** What CloudWatch counted of a function over a range, as far as findings follow from it. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { mannKendall } from '../statistics/trend.ts';
import type { CountedMetric } from './counted-metrics.ts';

/** Sums of one metric of a function: over the range, and in equal parts of it, null where no point came. */
export interface PlatformSums {
  readonly total: PlatformPart;
  readonly parts: readonly (PlatformPart | null)[];
}

export interface PlatformPart {
  readonly count: number;
  readonly sum: number;
  /** Null if some points do not state it. */
  readonly max: number | null;
}

/** An age that rises over the range: whatever reads the events falls behind. */
export interface GrowingAge {
  /** Largest age in the first and in the last part with points, ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Parts with points. */
  readonly parts: number;
  /** Of Mann and Kendall's test, two-sided. */
  readonly p: number;
  /** Number of ages. */
  readonly n: number;
  /** At least half of what events may reach by default before they are dropped. */
  readonly isNearLimit: boolean;
}

/** Null: no point came, so nothing is known. */
export interface PlatformCounts {
  readonly throttles: number | null;
  readonly invocations: number | null;
  /** Most environments that were busy at once. */
  readonly concurrency: number | null;
  readonly spillover: number | null;
  readonly asyncReceived: number | null;
  readonly asyncDropped: number | null;
  readonly deadLetterErrors: number | null;
  readonly destinationFailures: number | null;
  /** Null too if the age does not grow. */
  readonly iteratorAge: GrowingAge | null;
  readonly asyncEventAge: GrowingAge | null;
}

export function platformCounts(sums: ReadonlyMap<CountedMetric, PlatformSums>): PlatformCounts {
  const sum = (name: CountedMetric): number | null => sums.get(name)?.total.sum ?? null;
  return {
    throttles: sum('throttles'),
    invocations: sum('platformInvocations'),
    concurrency: sums.get('concurrentExecutions')?.total.max ?? null,
    spillover: sum('provisionedConcurrencySpilloverInvocations'),
    asyncReceived: sum('asyncEventsReceived'),
    asyncDropped: sum('asyncEventsDropped'),
    deadLetterErrors: sum('deadLetterErrors'),
    destinationFailures: sum('destinationDeliveryFailures'),
    iteratorAge: growingAge(sums.get('iteratorAge'), STREAM_RETENTION_MS),
    asyncEventAge: growingAge(sums.get('asyncEventAge'), ASYNC_EVENT_MS),
  };
}

/** Default retention of Kinesis and of streams of DynamoDB: older records are gone. */
const STREAM_RETENTION_MS = DAY_MS;
/** Default of the longest time for which an asynchronous event is tried again. */
const ASYNC_EVENT_MS = 6 * HOUR_MS;
/** An age below this is that of a batch that waits for more events. */
const SHORT_AGE_MS = MINUTE_MS;
/** An age that doubles. */
const GROWTH = 2;
const SIGNIFICANT = 0.05;

/** The test needs five parts to find anything: four that rise have p = 0.09. */
function growingAge(sums: PlatformSums | undefined, limitMs: number): GrowingAge | null {
  const ages = (sums?.parts ?? []).flatMap((part) => (part === null || part.max === null ? [] : [part.max]));
  const [firstMs] = ages;
  const lastMs = ages.at(-1);
  if (sums === undefined || firstMs === undefined || lastMs === undefined) return null;
  const { s, p } = mannKendall(ages);
  if (s <= 0 || p >= SIGNIFICANT || lastMs < SHORT_AGE_MS || lastMs < GROWTH * firstMs) return null;
  return { firstMs, lastMs, parts: ages.length, p, n: sums.total.count, isNearLimit: lastMs >= limitMs / 2 };
}
