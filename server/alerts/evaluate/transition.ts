/**
 * State machine of one series of a rule: inactive → pending → firing → resolved, with Prometheus's boundaries. Pure: the
 * previous state, the finding and the time of the evaluation give the next state and the transition.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

export type Phase = 'inactive' | 'pending' | 'firing';

/** Result of evaluating one series: the condition is true or false, there is no data, or the query failed. */
export type Finding = 'true' | 'false' | 'no-data' | 'error';

/** How a series without data is treated. Names are those of CloudWatch alarms. */
export type NoDataPolicy = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface SeriesState {
  readonly phase: Phase;
  /** When the condition became true, epoch ms; null while inactive. */
  readonly activeSinceMs: number | null;
  /** When it began to fire, epoch ms. */
  readonly firedMs: number | null;
  /** First evaluation at which the condition of a firing alert was false, epoch ms; null while it is true. */
  readonly keepSinceMs: number | null;
  /** Consecutive evaluations without data under the policy `missing`. */
  readonly missed: number;
  /** Last successful evaluation, epoch ms. */
  readonly evaluatedMs: number | null;
  /** True if the last evaluation failed; the phase is then that of the evaluation before. */
  readonly failing: boolean;
}

export interface Timing {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly noData: NoDataPolicy;
}

export type Transition = 'pending' | 'firing' | 'resolved' | null;

export interface Step {
  readonly state: SeriesState;
  readonly transition: Transition;
  /** Why it resolved; null if the condition became false. */
  readonly reason: 'missing-data' | null;
}

export const INACTIVE: SeriesState = {
  phase: 'inactive',
  activeSinceMs: null,
  firedMs: null,
  keepSinceMs: null,
  missed: 0,
  evaluatedMs: null,
  failing: false,
};

/** After a longer gap between evaluations, `pending` starts again: the condition may have been false meanwhile. */
export const OUTAGE_TOLERANCE_MS = HOUR_MS;
/** Consecutive evaluations without data after which a firing alert resolves with reason `missing-data`. */
const MAX_MISSED_EVALUATIONS = 2;

/** Computes the next state of a series. A failed query (`error`) keeps the phase. */
export function step(before: SeriesState, finding: Finding, nowMs: number, timing: Timing): Step {
  if (finding === 'error') return unchanged({ ...before, failing: true });
  const current = { ...before, failing: false, evaluatedMs: nowMs };
  if (finding !== 'no-data') return decide({ ...current, missed: 0 }, before, finding === 'true', nowMs, timing);
  switch (timing.noData) {
    case 'ignore':
      return unchanged(current);
    case 'breaching':
      return decide(current, before, true, nowMs, timing);
    case 'notBreaching':
      return decide(current, before, false, nowMs, timing);
    case 'missing':
      return missing({ ...current, missed: before.missed + 1 }, nowMs);
  }
}

/** Ends a series because its rule was deleted or its query changed: firing resolves, pending is dropped. */
export function end(before: SeriesState, nowMs: number): Step {
  return {
    state: { ...INACTIVE, evaluatedMs: nowMs },
    transition: before.phase === 'firing' ? 'resolved' : null,
    reason: null,
  };
}

function decide(known: SeriesState, before: SeriesState, holds: boolean, nowMs: number, timing: Timing): Step {
  if (!holds) return conditionFalse(known, nowMs, timing);
  const { phase } = known;
  if (phase === 'firing') return unchanged({ ...known, keepSinceMs: null });
  const hasLapsed = before.evaluatedMs !== null && nowMs - before.evaluatedMs > OUTAGE_TOLERANCE_MS;
  const activeSinceMs = phase === 'inactive' || hasLapsed ? nowMs : (known.activeSinceMs ?? nowMs);
  if (nowMs - activeSinceMs >= timing.forMs) {
    return { state: { ...known, phase: 'firing', activeSinceMs, firedMs: nowMs }, transition: 'firing', reason: null };
  }
  const state: SeriesState = { ...known, phase: 'pending', activeSinceMs };
  return { state, transition: phase === 'pending' ? null : 'pending', reason: null };
}

function conditionFalse(known: SeriesState, nowMs: number, timing: Timing): Step {
  if (known.phase !== 'firing') return unchanged(resetState(known));
  const keepSinceMs = known.keepSinceMs ?? nowMs;
  if (nowMs - keepSinceMs < timing.keepFiringForMs) return unchanged({ ...known, keepSinceMs });
  return { state: resetState(known), transition: 'resolved', reason: null };
}

function missing(known: SeriesState, nowMs: number): Step {
  if (known.phase !== 'firing') return unchanged(resetState(known));
  if (known.missed < MAX_MISSED_EVALUATIONS) return unchanged(known);
  return { state: { ...resetState(known), evaluatedMs: nowMs }, transition: 'resolved', reason: 'missing-data' };
}

function resetState(known: SeriesState): SeriesState {
  return { ...known, phase: 'inactive', activeSinceMs: null, firedMs: null, keepSinceMs: null };
}

function unchanged(state: SeriesState): Step {
  return { state, transition: null, reason: null };
}
