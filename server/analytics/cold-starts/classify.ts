/**
 * The rule for cold starts: which invocations were cold starts, of which kind, and whether a user waited for them.
 * Both stores call it. ClickHouse classifies an environment as a whole (environment.ts); SQLite's writer classifies the
 * row that arrives and its neighbours. Definitions: docs/methods.md.
 */

import type { InvocationStatus } from '../../../ingest/records/invocation-columns.ts';

export type ColdStartKind = 'on-demand' | 'provisioned' | 'snap-start' | 'suppressed' | 'managed-instance';
export const COLD_START_KINDS: readonly ColdStartKind[] = [
  'on-demand',
  'provisioned',
  'snap-start',
  'suppressed',
  'managed-instance',
];

export interface ColdStart {
  readonly kind: ColdStartKind;
  /**
   * False if no request waited for the init: provisioned concurrency, managed instances and proactive inits. Null if the
   * log stream is unknown, and with it when the init began.
   */
  readonly userFelt: boolean | null;
  /** Of a suppressed init: its time, which is part of Duration, µs; null if unknown. */
  readonly hiddenInitUs?: number | null;
  /** Of a suppressed init: it, or the init that it repeats, was stopped at its time limit. */
  readonly initTimedOut?: boolean;
}

/** One invocation, as its START and REPORT lines describe it. */
export interface InvocationEvidence {
  /** Epoch ms; null if START did not arrive. */
  readonly startMs: number | null;
  /** Epoch ms. */
  readonly endMs: number;
  readonly durationUs: number;
  readonly initUs: number | null;
  readonly restoreUs: number | null;
}

/** What the lines of an environment say about all of its invocations. */
export interface EnvironmentEvidence {
  /** `initializationType` of platform.initStart; null in text logs. */
  readonly initializationType: string | null;
  /** Earliest INIT_START, epoch ms. */
  readonly initStartMs: number | null;
  /** An init that ended more than this before START is proactive, ms (proactive-threshold.ts). */
  readonly proactiveThresholdMs: number;
}

/** What happened in the environment between the end of the previous invocation and the end of this one. */
export interface PrecedingEvidence {
  /** The previous invocation ended in a timeout, out of memory, exit or runtime error. */
  readonly previousFailed: boolean;
  /** It ended in a timeout, out of memory or exit: Lambda resets the environment, and the next invocation initialises it again. */
  readonly previousReset: boolean;
  /** An init failed or ran inside the invocation ({@link isReinit}). */
  readonly reinitialised: boolean;
  /** Total time of the inits that ran inside this invocation, by their INIT_REPORT lines, µs; null without such a line. */
  readonly reportedInitUs: number | null;
  /** One of these inits was stopped at its time limit. */
  readonly initTimedOut: boolean;
}

export const NOTHING_PRECEDING: PrecedingEvidence = {
  previousFailed: false,
  previousReset: false,
  reinitialised: false,
  reportedInitUs: null,
  initTimedOut: false,
};

/** Lower bound of {@link EnvironmentEvidence.proactiveThresholdMs}, far above clock noise between two log lines. */
export const MIN_PROACTIVE_THRESHOLD_MS = 1000;
/** If Duration exceeds END − START by more than this, it contains an init that the service did not report. */
const HIDDEN_INIT_MS = 5;

/**
 * Classifies one invocation. Null means a warm invocation.
 * More evidence (a late START, INIT_START or fault) can change the result, so callers classify again when it arrives.
 */
export function classifyColdStart(
  invocation: InvocationEvidence,
  environment: EnvironmentEvidence,
  preceding: PrecedingEvidence,
): ColdStart | null {
  if (invocation.restoreUs !== null) return { kind: 'snap-start', userFelt: true };
  if (invocation.initUs !== null) return reportedInit(invocation, invocation.initUs / 1000, environment, preceding);
  if (environment.initializationType === 'lambda-managed-instances') return null;
  if (preceding.reinitialised || preceding.previousReset || (preceding.previousFailed && hidesInit(invocation))) {
    return {
      kind: 'suppressed',
      userFelt: true,
      hiddenInitUs: preceding.reportedInitUs ?? unreportedInitUs(invocation),
      initTimedOut: preceding.initTimedOut,
    };
  }
  return null;
}

/**
 * Classifies an invocation whose log stream is unknown, by its REPORT alone: which lines describe its environment is not
 * known, so neither is whether a caller waited, nor an init that REPORT does not print.
 */
export function classifyWithoutStream({
  initUs,
  restoreUs,
}: Pick<InvocationEvidence, 'initUs' | 'restoreUs'>): ColdStart | null {
  if (restoreUs !== null) return { kind: 'snap-start', userFelt: null };
  return initUs === null ? null : { kind: 'on-demand', userFelt: null };
}

/**
 * Returns whether an invocation with this status ends in a reset of its environment (Lambda developer guide, "Failures during
 * the invoke phase"). An error that the handler reports does not.
 */
export function resetsEnvironment(status: InvocationStatus): boolean {
  return status === 'timeout' || status === 'oom' || status === 'exit';
}

/** START, or Duration before END where the line was lost, epoch ms: Duration begins at START when Init Duration is apart. */
function startOf({ startMs, endMs, durationUs }: InvocationEvidence): number {
  return startMs ?? endMs - durationUs / 1000;
}

function reportedInit(
  invocation: InvocationEvidence,
  initMs: number,
  { initializationType, initStartMs, proactiveThresholdMs }: EnvironmentEvidence,
  { previousFailed }: PrecedingEvidence,
): ColdStart {
  switch (initializationType) {
    case 'provisioned-concurrency':
      return { kind: 'provisioned', userFelt: false };
    case 'lambda-managed-instances':
      return { kind: 'managed-instance', userFelt: false };
    default: {
      const isProactive = initStartMs !== null && startOf(invocation) - (initStartMs + initMs) > proactiveThresholdMs;
      // After a failure, the environment initialises for a waiting request, and INIT_START describes its first init.
      return { kind: 'on-demand', userFelt: previousFailed || !isProactive };
    }
  }
}

/** A suppressed init runs before START is logged, but counts in Duration. */
function hidesInit({ startMs, endMs, durationUs }: InvocationEvidence): boolean {
  return startMs !== null && endMs - startMs < durationUs / 1000 - HIDDEN_INIT_MS;
}

/** Duration minus the time from START to the end: what ran before START. Null if it is within clock noise, or START is unknown. */
function unreportedInitUs(invocation: InvocationEvidence): number | null {
  const { startMs, endMs, durationUs } = invocation;
  return startMs !== null && hidesInit(invocation) ? durationUs - (endMs - startMs) * 1000 : null;
}

/** What the INIT_REPORT lines since the previous invocation say of the next one. */
export function reinitEvidence(
  reports: readonly (Parameters<typeof isReinit>[0] & { readonly durationUs: number | null })[],
): Omit<PrecedingEvidence, 'previousFailed' | 'previousReset'> {
  const inside = reports.filter((one) => one.phase === 'invoke' && one.durationUs !== null);
  return {
    reinitialised: reports.some(isReinit),
    reportedInitUs: inside.length === 0 ? null : inside.reduce((sum, { durationUs }) => sum + (durationUs ?? 0), 0),
    initTimedOut: reports.some((one) => isReinit(one) && one.status === 'timeout'),
  };
}

/** Returns true for an INIT_REPORT of a failed init or of one inside an invocation: the next invocation starts cold. */
export function isReinit({
  kind,
  phase,
  status,
}: {
  readonly kind: string;
  readonly phase: string | null;
  readonly status: string | null;
}): boolean {
  return kind === 'init-report' && (phase === 'invoke' || (status !== null && status !== 'success'));
}
