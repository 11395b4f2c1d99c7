/**
 * What the lines of one environment mean together: which START belongs to which REPORT, what a fault line makes of an
 * invocation, which invocations were cold starts. Everything is known at once here; SQLite's writer comes to the same
 * answers line by line, and the conformance suite compares them.
 */

import { afterFault } from '../../../ingest/batch/status.ts';
import { mayBeOneAttempt } from '../../../ingest/records/attempt.ts';
import type { FaultKind } from '../../../ingest/records/fault-line.ts';
import type { InvocationStatus } from '../../../ingest/records/invocation-columns.ts';
import type { ColdStart } from './classify.ts';
import { classifyColdStart } from './classify.ts';
import { belongsTo } from './fault-match.ts';

/** A REPORT, with its START where both came together. Times in whole epoch ms, durations in whole microseconds. */
export interface ReportFact {
  readonly requestId: string;
  readonly endMs: number;
  readonly startMs: number | null;
  readonly durationUs: number;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  readonly initUs: number | null;
  readonly restoreUs: number | null;
  readonly status: InvocationStatus;
  readonly errorType: string | null;
  readonly version: string | null;
}

export interface StartFact {
  readonly requestId: string;
  readonly startMs: number;
  readonly version: string | null;
}

export interface InitFact {
  readonly atMs: number;
  readonly kind: string;
  readonly phase: string | null;
  readonly status: string | null;
  readonly initializationType: string | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
}

export interface FaultFact {
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Empty where the line carries none. */
  readonly requestId: string;
  readonly errorType: string | null;
}

/** All that is known of an environment. */
export interface EnvironmentFacts<R extends ReportFact = ReportFact> {
  /** Of its log stream's name. */
  readonly version: string | null;
  readonly reports: readonly R[];
  readonly starts: readonly StartFact[];
  readonly inits: readonly InitFact[];
  readonly faults: readonly FaultFact[];
  /** How long before START an init made ahead ends, at least, ms. */
  readonly proactiveGapMs: number;
}

/** What an invocation is in the light of its environment. */
export interface Judged<R extends ReportFact> {
  readonly report: R;
  readonly startMs: number | null;
  readonly status: InvocationStatus;
  readonly errorType: string | null;
  readonly cold: ColdStart | null;
  readonly version: string | null;
}

export interface JudgedEnvironment<R extends ReportFact> {
  /** By end. */
  readonly invocations: readonly Judged<R>[];
  /** START of each that no REPORT is known of, ascending. */
  readonly pendingStarts: readonly number[];
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly initializationType: string | null;
  readonly initStartMs: number | null;
  readonly initUs: number | null;
  readonly failures: number;
  readonly lastStatus: InvocationStatus | null;
}

export function judgeEnvironment<R extends ReportFact>(facts: EnvironmentFacts<R>): JudgedEnvironment<R> {
  const reports = facts.reports.toSorted((a, b) => a.endMs - b.endMs || (a.requestId < b.requestId ? -1 : 1));
  const inits = facts.inits.toSorted((a, b) => a.atMs - b.atMs);
  const { startOf, left } = paired(reports, facts.starts);
  const version =
    facts.version ?? firstOf(reports, (one) => one.version) ?? firstOf(facts.starts, (one) => one.version);
  const initializationType = firstOf(inits, (one) => one.initializationType);
  const initStartMs = inits.find((one) => one.kind === 'init-start')?.atMs ?? null;
  const failedInits = inits.filter(isReinit).map((one) => one.atMs);
  const faults = byRequest(facts.faults);
  const invocations: Judged<R>[] = [];
  let failed = 0;
  let previous: Judged<R> | null = null;
  for (const report of reports) {
    const startMs = startOf.get(report) ?? null;
    const told = toldBy(faults.get(report.requestId) ?? [], report, startMs);
    const sinceMs = previous?.report.endMs ?? -1;
    const cold = classifyColdStart({
      startMs,
      endMs: report.endMs,
      durationMs: report.durationUs / 1000,
      initMs: report.initUs === null ? null : report.initUs / 1000,
      restoreMs: report.restoreUs === null ? null : report.restoreUs / 1000,
      initializationType,
      initStartMs,
      previousFailed: previous !== null && previous.status !== 'success',
      reinitialised: failedInits.some((atMs) => atMs > sinceMs && atMs <= report.endMs),
      proactiveGapMs: facts.proactiveGapMs,
    });
    previous = { report, startMs, ...told, cold, version: report.version ?? version };
    if (told.status !== 'success') failed += 1;
    invocations.push(previous);
  }
  return {
    invocations,
    pendingStarts: left,
    version,
    memoryMb: firstOf(reports, (one) => one.memoryMb),
    maxMemoryMb: mostOf(reports),
    runtimeVersion: firstOf(inits, (one) => one.runtimeVersion),
    runtimeVersionArn: firstOf(inits, (one) => one.runtimeVersionArn),
    initializationType,
    initStartMs,
    initUs: firstOf(reports.toReversed(), (one) => one.initUs),
    failures: failed,
    lastStatus: previous?.status ?? null,
  };
}

/** A failed init, or one inside an invocation: what follows starts anew. */
function isReinit({ kind, phase, status }: InitFact): boolean {
  return kind === 'init-report' && (phase === 'invoke' || (status !== null && status !== 'success'));
}

/** Each START belongs to the first REPORT of its request that may be of the same attempt and has none of its own. */
function paired<R extends ReportFact>(
  reports: readonly R[],
  starts: readonly StartFact[],
): { readonly startOf: ReadonlyMap<R, number>; readonly left: readonly number[] } {
  const startOf = new Map<R, number>();
  const open = new Map<string, R[]>();
  const own = new Set<string>();
  for (const report of reports) {
    if (report.startMs === null) open.set(report.requestId, [...(open.get(report.requestId) ?? []), report]);
    else {
      startOf.set(report, report.startMs);
      own.add(`${report.requestId} ${report.startMs}`);
    }
  }
  const left: number[] = [];
  for (const { requestId, startMs } of starts.toSorted((a, b) => a.startMs - b.startMs)) {
    if (own.has(`${requestId} ${startMs}`)) continue;
    const candidates = open.get(requestId) ?? [];
    const found = candidates.find(
      (report) => !startOf.has(report) && mayBeOneAttempt(startMs, report.endMs, report.durationUs / 1000),
    );
    if (found === undefined) left.push(startMs);
    else startOf.set(found, startMs);
  }
  return { startOf, left };
}

function byRequest(faults: readonly FaultFact[]): ReadonlyMap<string, readonly FaultFact[]> {
  const found = new Map<string, FaultFact[]>();
  for (const fault of faults.toSorted((a, b) => a.atMs - b.atMs || (a.kind < b.kind ? -1 : 1))) {
    const mine = found.get(fault.requestId) ?? [];
    found.set(fault.requestId, mine);
    mine.push(fault);
  }
  return found;
}

function toldBy(
  faults: readonly FaultFact[],
  report: ReportFact,
  startMs: number | null,
): { readonly status: InvocationStatus; readonly errorType: string | null } {
  let { status, errorType } = report;
  for (const fault of faults) {
    if (!belongsTo(fault.atMs, { startMs, endMs: report.endMs, durationMs: report.durationUs / 1000 })) continue;
    const next = afterFault(status, fault.kind);
    if (next === status) continue;
    status = next;
    errorType ??= fault.errorType;
  }
  return { status, errorType };
}

function firstOf<T, V>(all: readonly T[], of: (one: T) => V | null): V | null {
  for (const one of all) {
    const value = of(one);
    if (value !== null) return value;
  }
  return null;
}

function mostOf(reports: readonly ReportFact[]): number | null {
  let most: number | null = null;
  for (const { maxMemoryMb } of reports) if (maxMemoryMb !== null) most = Math.max(most ?? 0, maxMemoryMb);
  return most;
}
