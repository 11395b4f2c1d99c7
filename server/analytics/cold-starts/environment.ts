/**
 * Classifies an environment as a whole: pairs START with REPORT, applies fault lines to invocations, and applies the rule
 * for cold starts (classify.ts) to each invocation in order. SQLite's writer reaches the same result line by line
 * (sqlite/write/classification.test.ts).
 */

import { isWholeSecond, mayBeOneAttempt, secondOf } from '../../../ingest/records/attempt.ts';
import type { InvocationStatus } from '../../../ingest/records/invocation-columns.ts';
import type { ColdStart } from './classify.ts';
import { classifyColdStart, classifyWithoutStream, isReinit, reinitEvidence, resetsEnvironment } from './classify.ts';
import type { Fault } from './fault-match.ts';
import { applyFaults } from './fault-match.ts';

/** A REPORT, with its START if both arrived together. Times in whole epoch ms, durations in whole microseconds. */
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
  readonly durationUs: number | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly initializationType: string | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
}

export interface FaultFact extends Omit<Fault, 'isNamed'> {
  /** Empty if the line carries none. */
  readonly requestId: string;
}

/** Everything known about an environment. */
export interface EnvironmentFacts<R extends ReportFact = ReportFact> {
  /** Version in the log stream's name. */
  readonly version: string | null;
  readonly reports: readonly R[];
  readonly starts: readonly StartFact[];
  readonly inits: readonly InitFact[];
  readonly faults: readonly FaultFact[];
  /** An init that ended more than this before START is proactive, ms. */
  readonly proactiveThresholdMs: number;
}

/** An invocation after all lines of its environment are applied. */
export interface ClassifiedInvocation<R extends ReportFact> {
  readonly report: R;
  readonly startMs: number | null;
  readonly status: InvocationStatus;
  readonly errorType: string | null;
  readonly cold: ColdStart | null;
  readonly version: string | null;
}

export interface ClassifiedEnvironment<R extends ReportFact> {
  /** Ascending by end. */
  readonly invocations: readonly ClassifiedInvocation<R>[];
  /** START times without a REPORT, ascending, epoch ms. */
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

export function classifyEnvironment<R extends ReportFact>(facts: EnvironmentFacts<R>): ClassifiedEnvironment<R> {
  const reports = facts.reports.toSorted((a, b) => a.endMs - b.endMs || (a.requestId < b.requestId ? -1 : 1));
  const inits = facts.inits.toSorted((a, b) => a.atMs - b.atMs);
  const { startOf, pending } = pairStarts(reports, facts.starts);
  const version =
    facts.version ?? firstOf(reports, (one) => one.version) ?? firstOf(facts.starts, (one) => one.version);
  const environment = {
    initializationType: firstOf(inits, (one) => one.initializationType),
    initStartMs: inits.find((one) => one.kind === 'init-start')?.atMs ?? null,
    proactiveThresholdMs: facts.proactiveThresholdMs,
  };
  const reinits = inits.filter(isReinit);
  const faults = faultsByRequest(facts.faults);
  // Invocations of managed instances overlap, so only a request id tells whose line it is.
  const unnamed =
    environment.initializationType === 'lambda-managed-instances'
      ? []
      : (faults.get('') ?? []).filter(({ kind }) => kind !== 'network');
  const invocations: ClassifiedInvocation<R>[] = [];
  let failures = 0;
  // Invocations that end in the same millisecond have the same predecessors: those that ended before it.
  let previous: Predecessor = { endMs: -1, failed: false, reset: false };
  let current: Predecessor = previous;
  for (const report of reports) {
    if (report.endMs > current.endMs) {
      previous = current;
      current = { endMs: report.endMs, failed: false, reset: false };
    }
    const startMs = startOf.get(report) ?? null;
    const outcome = applyFaults({ ...report, startMs }, report, [...(faults.get(report.requestId) ?? []), ...unnamed]);
    const { endMs } = previous;
    const cold = classifyColdStart({ ...report, startMs }, environment, {
      previousFailed: previous.failed,
      previousReset: previous.reset,
      ...reinitEvidence(reinits.filter(({ atMs }) => atMs > endMs && atMs <= report.endMs)),
    });
    if (outcome.status !== 'success') {
      failures += 1;
      current = { ...current, failed: true, reset: current.reset || resetsEnvironment(outcome.status) };
    }
    invocations.push({ report, startMs, ...outcome, cold, version: report.version ?? version });
  }
  return {
    invocations,
    pendingStarts: pending,
    version,
    memoryMb: firstOf(reports, (one) => one.memoryMb),
    maxMemoryMb: maxMemoryOf(reports),
    runtimeVersion: firstOf(inits, (one) => one.runtimeVersion),
    runtimeVersionArn: firstOf(inits, (one) => one.runtimeVersionArn),
    initializationType: environment.initializationType,
    initStartMs: environment.initStartMs,
    initUs: firstOf(reports.toReversed(), (one) => one.initUs),
    failures,
    lastStatus: invocations.at(-1)?.status ?? null,
  };
}

/**
 * Classifies the invocations of a function whose log stream is unknown, each by itself: START and fault lines belong to them by
 * request id, and nothing is known of an environment.
 */
export function classifyUnknownStream<R extends ReportFact>(facts: EnvironmentFacts<R>): ClassifiedEnvironment<R> {
  const reports = facts.reports.toSorted((a, b) => a.endMs - b.endMs || (a.requestId < b.requestId ? -1 : 1));
  const { startOf, pending } = pairStarts(reports, facts.starts);
  const faults = faultsByRequest(facts.faults);
  const versions = new Map(facts.starts.map((start) => [start.requestId, start.version]));
  const invocations = reports.map((report) => {
    const startMs = startOf.get(report) ?? null;
    const outcome = applyFaults({ ...report, startMs }, report, faults.get(report.requestId) ?? []);
    const version = report.version ?? versions.get(report.requestId) ?? null;
    return { report, startMs, ...outcome, cold: classifyWithoutStream(report), version };
  });
  const newestInit = facts.inits.filter((init) => init.runtimeVersion !== null).toSorted((a, b) => b.atMs - a.atMs)[0];
  return {
    invocations,
    pendingStarts: pending,
    version: null,
    memoryMb: null,
    maxMemoryMb: maxMemoryOf(reports),
    runtimeVersion: newestInit?.runtimeVersion ?? null,
    runtimeVersionArn: null,
    initializationType: null,
    initStartMs: null,
    initUs: null,
    failures: invocations.filter((run) => run.status !== 'success').length,
    lastStatus: null,
  };
}

/**
 * Finds the reports whose end is truncated to the second and which are, by request id and Duration, a copy of one whose end is exact, in the
 * same log stream or with one of the two unknown (0). Returns the exact ones by their copies.
 */
export function copiesOf<R extends RepeatableReport>(reports: readonly R[]): Map<R, R> {
  const exact = new Map<string, R[]>();
  for (const one of reports) {
    if (isWholeSecond(one.endMs)) continue;
    const name = nameOf(one, secondOf(one.endMs));
    exact.set(name, [...(exact.get(name) ?? []), one]);
  }
  const copies = new Map<R, R>();
  if (exact.size === 0) return copies;
  for (const copy of reports) {
    if (!isWholeSecond(copy.endMs)) continue;
    const found = exact.get(nameOf(copy, copy.endMs)) ?? [];
    const same =
      found.find((one) => one.streamId === copy.streamId) ??
      found.find((one) => one.streamId === 0 || copy.streamId === 0);
    if (same !== undefined) copies.set(copy, same);
  }
  return copies;
}

export interface RepeatableReport extends Pick<ReportFact, 'requestId' | 'endMs' | 'durationUs'> {
  /** 0 if the log stream is unknown. */
  readonly streamId: number;
}

function nameOf({ requestId, durationUs }: RepeatableReport, secondMs: number): string {
  return `${requestId} ${durationUs} ${secondMs}`;
}

/** The invocations that ended at one time. */
interface Predecessor {
  readonly endMs: number;
  /** At least one of them failed. */
  readonly failed: boolean;
  /** At least one of them reset the environment. */
  readonly reset: boolean;
}

/** Pairs each START with the first REPORT of its request that may be of the same attempt and has no START yet. */
function pairStarts<R extends ReportFact>(
  reports: readonly R[],
  starts: readonly StartFact[],
): { readonly startOf: ReadonlyMap<R, number>; readonly pending: readonly number[] } {
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
  const pending: number[] = [];
  for (const { requestId, startMs } of starts.toSorted((a, b) => a.startMs - b.startMs)) {
    if (own.has(`${requestId} ${startMs}`)) continue;
    const candidates = open.get(requestId) ?? [];
    const found = candidates.find(
      (report) => !startOf.has(report) && mayBeOneAttempt(startMs, report.endMs, report.durationUs / 1000),
    );
    if (found === undefined) pending.push(startMs);
    else startOf.set(found, startMs);
  }
  return { startOf, pending };
}

function faultsByRequest(faults: readonly FaultFact[]): ReadonlyMap<string, readonly Fault[]> {
  const found = new Map<string, Fault[]>();
  for (const fault of faults) {
    const mine = found.get(fault.requestId) ?? [];
    found.set(fault.requestId, mine);
    mine.push({ ...fault, isNamed: fault.requestId !== '' });
  }
  return found;
}

function firstOf<T, V>(all: readonly T[], of: (one: T) => V | null): V | null {
  for (const one of all) {
    const value = of(one);
    if (value !== null) return value;
  }
  return null;
}

function maxMemoryOf(reports: readonly ReportFact[]): number | null {
  let most: number | null = null;
  for (const { maxMemoryMb } of reports) if (maxMemoryMb !== null) most = Math.max(most ?? 0, maxMemoryMb);
  return most;
}
