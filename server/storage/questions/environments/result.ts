/** Environments with their invocations, and exact concurrency. */

import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { concurrencyOf, mostAtOnce } from '../../../analytics/metrics/concurrency.ts';
import { entryOf } from '../../map-entry.ts';
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

type ShownRun = EnvironmentTimeline['environments'][number]['runs'][number];

/**
 * Builds the timeline from the rows of the range, one by one: tens of thousands count towards the concurrency, but only those of
 * environments in `facts` are shown, and become objects.
 */
export class TimelineBuilder {
  readonly #facts: ReadonlyMap<number, EnvironmentFacts>;
  readonly #query: TimeRange & { readonly limit: number; readonly maxRuns: number };
  readonly #shown = new Map<number, ShownRun[]>();
  /** When callers began to wait, and when they had their answers. */
  #starts = new Float64Array(FIRST_ROWS);
  #ends = new Float64Array(FIRST_ROWS);
  #count = 0;
  #hasMore = false;
  #firstStartMs = Number.POSITIVE_INFINITY;

  constructor(
    facts: ReadonlyMap<number, EnvironmentFacts>,
    query: TimeRange & { readonly limit: number; readonly maxRuns: number },
  ) {
    this.#facts = facts;
    this.#query = query;
  }

  /** Adds the next row, newest first; the row after `maxRuns` only says that there are more. */
  add(row: TimelineRow): void {
    if (this.#count === this.#query.maxRuns) {
      this.#hasMore = true;
      return;
    }
    // An init after a failure is part of Duration and precedes START; callers waited for it too.
    const ranMs = Math.max(row.run_ms ?? 0, hidesInit(row) || row.run_ms === null ? row.duration_us / 1000 : 0);
    const startMs = row.end_ms - ranMs;
    const initMs =
      row.init_us === null && row.restore_us === null ? null : ((row.init_us ?? 0) + (row.restore_us ?? 0)) / 1000;
    this.#addInterval(startMs - (row.user_felt === 1 ? (initMs ?? 0) : 0), row.end_ms);
    this.#firstStartMs = Math.min(this.#firstStartMs, startMs);
    if (!this.#facts.has(row.environment_id)) return;
    entryOf(this.#shown, row.environment_id, () => []).push({
      startMs,
      endMs: row.end_ms,
      status: STATUSES[row.status] ?? 'error',
      cold: row.cold === null ? null : (COLD_START_KINDS[row.cold] ?? null),
      initMs,
    });
  }

  /** `total`: environments in the range; `widthMs`: of the buckets of the concurrency. */
  result(total: number, widthMs: number): EnvironmentTimeline {
    const { fromMs, toMs, limit } = this.#query;
    const knownMs = this.#hasMore ? this.#firstStartMs : fromMs;
    const [starts, ends] = [this.#starts.subarray(0, this.#count), this.#ends.subarray(0, this.#count)];
    const range = { fromMs: Math.floor(knownMs / widthMs) * widthMs, toMs, widthMs };
    return {
      environments: [...this.#facts.values()]
        .toSorted((a, b) => a.firstSeenMs - b.firstSeenMs)
        .map((environment) => {
          const runs = (this.#shown.get(environment.environmentId) ?? []).toSorted((a, b) => a.startMs - b.startMs);
          return { ...environment, mostAtOnce: mostAtOnce(runs), runs };
        }),
      total,
      truncated: this.#hasMore || total > limit,
      concurrency: { ...concurrencyOf(starts, ends, range), widthMs },
    };
  }

  #addInterval(startMs: number, endMs: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = doubled(this.#starts);
      this.#ends = doubled(this.#ends);
    }
    this.#starts[this.#count] = startMs;
    this.#ends[this.#count] = endMs;
    this.#count += 1;
  }
}

/** Rows that there is room for at first. */
const FIRST_ROWS = 1024;

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

const SUPPRESSED = COLD_START_KINDS.indexOf('suppressed');

function hidesInit(row: { readonly cold: number | null }): boolean {
  return row.cold === SUPPRESSED;
}
