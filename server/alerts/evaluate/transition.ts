/**
 * From one evaluation to the next: inactive → pending → firing → resolved, at the boundaries that Prometheus has. Pure: the
 * state before, what was found, and the time of the evaluation give the state after, and what is to be told.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

export type Phase = 'inactive' | 'pending' | 'firing';

/** What an evaluation found of one series: the condition held or not, there was no data, or the question failed. */
export type Finding = 'true' | 'false' | 'no-data' | 'error';

/** How a series without data is taken; the words are those of CloudWatch alarms. */
export type NoDataPolicy = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface AlertState {
  readonly phase: Phase;
  /** When the condition began to hold; null while inactive. Epoch ms, as all times here. */
  readonly activeSinceMs: number | null;
  readonly firedMs: number | null;
  /** The first evaluation at which a firing alert's condition no longer held; null while it holds. */
  readonly keepSinceMs: number | null;
  /** Evaluations in a row without data, under the policy `missing`. */
  readonly missed: number;
  readonly evaluatedMs: number | null;
  /** The newest evaluation failed: the phase is that of the one before. */
  readonly failing: boolean;
}

export interface Timing {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly noData: NoDataPolicy;
}

export type Transition = 'pending' | 'firing' | 'resolved' | null;

export interface Step {
  readonly state: AlertState;
  readonly transition: Transition;
  /** Why it resolved, where it was not the condition. */
  readonly reason: 'missing-data' | null;
}

export const INACTIVE: AlertState = {
  phase: 'inactive',
  activeSinceMs: null,
  firedMs: null,
  keepSinceMs: null,
  missed: 0,
  evaluatedMs: null,
  failing: false,
};

/** After this long without an evaluation nobody knows whether the condition went on holding: pending begins anew. */
export const OUTAGE_TOLERANCE_MS = HOUR_MS;
/** A firing alert whose series is gone for so many evaluations is resolved, and says that it was its data that went. */
const MISSED_UNTIL_RESOLVED = 2;

export function step(before: AlertState, finding: Finding, nowMs: number, timing: Timing): Step {
  if (finding === 'error') return quiet({ ...before, failing: true });
  const known = { ...before, failing: false, evaluatedMs: nowMs };
  if (finding !== 'no-data') return decide({ ...known, missed: 0 }, before, finding === 'true', nowMs, timing);
  switch (timing.noData) {
    case 'ignore':
      return quiet(known);
    case 'breaching':
      return decide(known, before, true, nowMs, timing);
    case 'notBreaching':
      return decide(known, before, false, nowMs, timing);
    case 'missing':
      return missing({ ...known, missed: before.missed + 1 }, nowMs);
  }
}

/** The rule is gone or became another one: what fires is resolved, what was pending is forgotten. */
export function end(before: AlertState, nowMs: number): Step {
  return {
    state: { ...INACTIVE, evaluatedMs: nowMs },
    transition: before.phase === 'firing' ? 'resolved' : null,
    reason: null,
  };
}

function decide(known: AlertState, before: AlertState, holds: boolean, nowMs: number, timing: Timing): Step {
  if (!holds) return ceased(known, nowMs, timing);
  const { phase } = known;
  if (phase === 'firing') return quiet({ ...known, keepSinceMs: null });
  const lapsed = before.evaluatedMs !== null && nowMs - before.evaluatedMs > OUTAGE_TOLERANCE_MS;
  const activeSinceMs = phase === 'inactive' || lapsed ? nowMs : (known.activeSinceMs ?? nowMs);
  if (nowMs - activeSinceMs >= timing.forMs) {
    return { state: { ...known, phase: 'firing', activeSinceMs, firedMs: nowMs }, transition: 'firing', reason: null };
  }
  const state: AlertState = { ...known, phase: 'pending', activeSinceMs };
  return { state, transition: phase === 'pending' ? null : 'pending', reason: null };
}

function ceased(known: AlertState, nowMs: number, timing: Timing): Step {
  if (known.phase !== 'firing') return quiet(calm(known));
  const keepSinceMs = known.keepSinceMs ?? nowMs;
  if (nowMs - keepSinceMs < timing.keepFiringForMs) return quiet({ ...known, keepSinceMs });
  return { state: calm(known), transition: 'resolved', reason: null };
}

function missing(known: AlertState, nowMs: number): Step {
  if (known.phase !== 'firing') return quiet(calm(known));
  if (known.missed < MISSED_UNTIL_RESOLVED) return quiet(known);
  return { state: { ...calm(known), evaluatedMs: nowMs }, transition: 'resolved', reason: 'missing-data' };
}

function calm(known: AlertState): AlertState {
  return { ...known, phase: 'inactive', activeSinceMs: null, firedMs: null, keepSinceMs: null };
}

function quiet(state: AlertState): Step {
  return { state, transition: null, reason: null };
}
