/** The list of a function's environments, with their concurrency over time. */
import { HOUR_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import { coverageOf, placedOf } from '../../analytics/metrics/counts.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { EnvironmentFacts, TimeRange } from '../../storage/ports.ts';
import type { EnvironmentsAnswer } from '../contract/functions.ts';
import { environmentOf } from '../presentation/present.ts';
import { withoutStreamOf } from '../presentation/without-stream.ts';
import type { Shaped } from './shaped.ts';

/** `totals` of the function in the range. */
export function environmentList(
  found: ReaderResult<'environments'>,
  totals: ReaderResult<'functions'>,
  range: TimeRange,
  nowMs: number,
): Shaped<EnvironmentsAnswer> {
  const counts = totals.items[0]?.counts ?? null;
  const body = {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: found.concurrency.widthMs },
    items: found.environments.map((environment) => ({
      ...environmentOf(environment),
      concurrent: environment.mostAtOnce > 1,
      mostAtOnce: environment.mostAtOnce,
      end: endOf(environment, nowMs),
      lifetimeMs: environment.lastSeenMs - environment.firstSeenMs,
      runs: [...environment.runs],
    })),
    nextCursor: null,
    total: found.total,
    truncated: found.truncated,
    withoutStream: counts === null ? null : withoutStreamOf(counts),
    coverage: counts === null ? null : coverageOf(counts),
    concurrency: {
      peak: counts !== null && counts.unplaced > 0 && placedOf(counts) === 0 ? null : found.concurrency.peak,
      peakAt: isoOrNull(found.concurrency.peakAtMs),
      series: found.concurrency.buckets.map(({ fromMs, max, mean }) => ({ at: iso(fromMs), max, mean })),
    },
  };
  return { body, meta: null };
}

/** An environment used within this time counts as in use. */
const MAY_COME_BACK_MS = 2 * HOUR_MS;

function endOf(environment: EnvironmentFacts, nowMs: number): 'in-use' | 'failure' | 'last-seen' {
  if (nowMs - environment.lastSeenMs < MAY_COME_BACK_MS) return 'in-use';
  return environment.endedInFailure ? 'failure' : 'last-seen';
}
