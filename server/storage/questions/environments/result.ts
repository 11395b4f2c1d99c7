/** Environments with their invocations, and exact concurrency. */

import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { concurrency, mostAtOnce } from '../../../analytics/metrics/concurrency.ts';
import type { TimeRange } from '../shared-types.ts';
import type { EnvironmentFacts, EnvironmentTimeline } from './types.ts';

/** A stored invocation. */
export interface TimelineRow {
  readonly environment_id: number;
  readonly end_ms: number;
  readonly run_ms: number | null;
  readonly duration_us: number;
  readonly status: number;
  readonly cold: number | null;
  readonly user_felt: number | null;
  readonly init_us: number | null;
  readonly restore_us: number | null;
}

/** `rows`: newest first, one more than `maxRuns` if there are more. `total`: environments in the range. */
export function timelineOf(
  facts: ReadonlyMap<number, EnvironmentFacts>,
  total: number,
  rows: readonly TimelineRow[],
  query: TimeRange & { readonly limit: number; readonly maxRuns: number },
  widthMs: number,
): EnvironmentTimeline {
  const runs = rows.slice(0, query.maxRuns).map((row) => ({
    environmentId: row.environment_id,
    // An init after a failure is part of Duration and precedes START; callers waited for it too.
    startMs: row.end_ms - Math.max(row.run_ms ?? 0, hidesInit(row) || row.run_ms === null ? row.duration_us / 1000 : 0),
    endMs: row.end_ms,
    status: STATUSES[row.status] ?? 'error',
    cold: row.cold === null ? null : (COLD_START_KINDS[row.cold] ?? null),
    felt: row.user_felt === 1,
    initMs:
      row.init_us === null && row.restore_us === null ? null : ((row.init_us ?? 0) + (row.restore_us ?? 0)) / 1000,
  }));
  const truncated = rows.length > query.maxRuns || total > query.limit;
  const fromMs = rows.length > query.maxRuns ? Math.min(...runs.map((run) => run.startMs)) : query.fromMs;
  const byEnvironment = group(runs);
  const answer = concurrency(
    runs.map((run) => ({ startMs: run.startMs - (run.felt ? (run.initMs ?? 0) : 0), endMs: run.endMs })),
    Math.floor(fromMs / widthMs) * widthMs,
    query.toMs,
    widthMs,
  );
  return {
    environments: [...facts.values()]
      .toSorted((a, b) => a.firstSeenMs - b.firstSeenMs)
      .map((environment) => {
        const mine = (byEnvironment.get(environment.environmentId) ?? []).toSorted((a, b) => a.startMs - b.startMs);
        return {
          ...environment,
          mostAtOnce: mostAtOnce(mine),
          runs: mine.map(({ environmentId: _, felt: __, ...run }) => run),
        };
      }),
    total,
    truncated,
    concurrency: { ...answer, widthMs },
  };
}

const SUPPRESSED = COLD_START_KINDS.indexOf('suppressed');

function hidesInit(row: { readonly cold: number | null }): boolean {
  return row.cold === SUPPRESSED;
}

function group<T extends { readonly environmentId: number }>(runs: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const run of runs) {
    const list = groups.get(run.environmentId);
    if (list === undefined) groups.set(run.environmentId, [run]);
    else list.push(run);
  }
  return groups;
}
