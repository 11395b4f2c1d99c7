/** Coverage for the status page, the metrics and findings. */

import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import { PULLED_METRICS } from '../../../ingest/records/pull-checkpoint.ts';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { CoverageReason } from '../../analytics/metrics/coverage.ts';
import type { analyseHere } from '../../jobs/analysis/analyse-here.ts';
import type { IngestStatus, Store } from '../../storage/ports.ts';

const LOOK_BACK_MS = 7 * DAY_MS;
/** Four of each weekday show when a function usually rests. */
const ACTIVITY_MS = 28 * DAY_MS;

export interface Coverage {
  readonly status: IngestStatus;
  readonly pulls: readonly PullCheckpoint[];
  /** Share of attempts with both START and REPORT; null without attempts. */
  readonly value: number | null;
  readonly missingReports: number;
  readonly reasons: readonly CoverageReason[];
}

/** `analyse` runs what takes too long for the main thread: whether each silent function has stopped. */
export async function readCoverage(store: Store, analyse: typeof analyseHere, nowMs: number): Promise<Coverage> {
  const [status, pulls, functions] = await Promise.all([
    store.read.ingestStatus({}),
    store.read.pullCheckpoints({}),
    store.readPacked('coverage', { fromMs: nowMs - LOOK_BACK_MS, activityFromMs: nowMs - ACTIVITY_MS, nowMs }),
  ]);
  const attempts = status.invocations + status.orphanStarts;
  const { accepted = 0, duplicates = 0, ignored = 0, rejected = 0 } = status.counters;
  const { missingReports, reasons } = await analyse('coverage', functions, {
    events: accepted + duplicates + ignored + rejected,
    rejected,
    lagP99Ms: status.lagMs.p99,
    nowMs,
    failingGroups: pulls
      .filter(({ state, logGroup }) => state !== 'ok' && logGroup !== PULLED_METRICS)
      .map(({ logGroup }) => logGroup),
  });
  return {
    status,
    pulls,
    value: attempts === 0 ? null : status.withStart / attempts,
    missingReports,
    reasons,
  };
}
