/** Matches fault lines to the attempt they describe, and applies them to its status. */
import { afterFault } from '../../../ingest/batch/status.ts';
import type { FaultKind } from '../../../ingest/records/fault-line.ts';
import type { InvocationStatus } from '../../../ingest/records/invocation-columns.ts';

/** A fault line lies at most this long before the start and after the end of its attempt. */
const FAULT_BEFORE_START_MS = 1000;
export const FAULT_AFTER_END_MS = 10_000;

/** Times in epoch ms. `startMs` is null if START did not arrive. */
export interface Attempt {
  readonly startMs: number | null;
  readonly endMs: number;
  readonly durationUs: number;
}

export interface Fault<T = string> {
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly errorType: T | null;
  /** False: the line carries no request id, only its environment. */
  readonly isNamed: boolean;
}

export interface Outcome<T = string> {
  readonly status: InvocationStatus;
  readonly errorType: T | null;
}

/**
 * Returns true if a fault line of the attempt's request id describes this attempt and not an earlier or later retry.
 * The attempt begins at START or Duration before its end, whichever is earlier: Duration contains a suppressed init, which
 * runs before START. So a START that arrives late can only widen the window.
 */
export function belongsTo(atMs: number, { startMs, endMs, durationUs }: Attempt): boolean {
  const fromMs = endMs - durationUs / 1000;
  const beginMs = startMs === null ? fromMs : Math.min(startMs, fromMs);
  return atMs >= beginMs - FAULT_BEFORE_START_MS && atMs <= endMs + FAULT_AFTER_END_MS;
}

/**
 * Returns true if the attempt was open in its environment when the line was printed. Decides for fault lines without a request
 * id. A line of the very millisecond in which one attempt ends and the next begins counts for both.
 */
export function wasOpen(atMs: number, { startMs, endMs, durationUs }: Attempt): boolean {
  const fromMs = Math.floor(endMs - durationUs / 1000);
  return atMs >= (startMs === null ? fromMs : Math.min(startMs, fromMs)) && atMs <= endMs;
}

/** What the lines of a failure say about it. */
export interface FailureDetail {
  readonly message: string | null;
  /** Frames, innermost first. */
  readonly stack: readonly string[];
}

export interface DetailedFault extends Fault {
  readonly message: string | null;
  /** Frames, one per line; null if there are none. */
  readonly stack: string | null;
}

/**
 * Returns message and stack of a failed attempt: of its earliest fault of this status that has a message, else of any. Null if
 * no line carries one.
 */
export function failureDetail(
  attempt: Attempt,
  status: InvocationStatus,
  faults: readonly DetailedFault[],
): FailureDetail | null {
  const told = ownFaults(attempt, faults).filter(({ message }) => message !== null);
  const first = told.find(({ kind }) => kind === status) ?? told[0];
  if (first === undefined || status === 'success') return null;
  return { message: first.message, stack: first.stack === null ? [] : first.stack.split('\n') };
}

/** The attempt's faults among those of its request id and those without one, earliest first. */
export function ownFaults<F extends Fault<unknown>>(attempt: Attempt, faults: readonly F[]): readonly F[] {
  return faults
    .filter((fault) => (fault.isNamed ? belongsTo(fault.atMs, attempt) : wasOpen(fault.atMs, attempt)))
    .toSorted((a, b) => a.atMs - b.atMs || (a.kind < b.kind ? -1 : 1));
}

/**
 * Applies the attempt's fault lines, in any order, to what is known of its outcome: those of its request id, and those without
 * one that {@link wasOpen} gives to it. The most specific status
 * remains. The error type is that of the earliest typed fault of this status, else of any; a type that only REPORT states stays.
 * `T` is the type's text, or the store's id of it.
 */
export function applyFaults<T>(attempt: Attempt, known: Outcome<T>, faults: readonly Fault<T>[]): Outcome<T> {
  const mine = ownFaults(attempt, faults);
  const status = mine.reduce((worst, fault) => afterFault(worst, fault.kind), known.status);
  const typed = mine.filter(({ errorType }) => errorType !== null);
  const first = typed.find(({ kind }) => kind === status) ?? typed[0];
  const isReports = known.errorType !== null && !typed.some(({ errorType }) => errorType === known.errorType);
  return { status, errorType: isReports || first === undefined ? known.errorType : first.errorType };
}
