/** Which invocations were cold starts, of which kind, and did somebody wait? Terms: docs/glossary.md. */

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
  /** False when nobody waited for it: provisioned, or initialised ahead of any request. */
  readonly userFelt: boolean;
}

export interface ColdStartEvidence {
  /** START, or null where it did not arrive. */
  readonly startMs: number | null;
  readonly endMs: number;
  readonly durationMs: number;
  readonly initMs: number | null;
  readonly restoreMs: number | null;
  /** `initializationType` of the environment; null in text logs. */
  readonly initializationType: string | null;
  /** INIT_START of the environment. */
  readonly initStartMs: number | null;
  /** The environment's previous invocation ended in timeout, OOM, exit or error of the runtime. */
  readonly previousFailed: boolean;
  /** A failed or invoke-phase INIT_REPORT stands between the previous invocation and this one's end. */
  readonly reinitialised: boolean;
  /** An init that ended longer than this before START was made ahead, ms: the function's own (causes/proactive-gap.ts). */
  readonly proactiveGapMs: number;
}

/** The least that {@link ColdStartEvidence.proactiveGapMs} can be. Clock noise between the two lines is far below. */
export const PROACTIVE_GAP_MS = 1000;
/** Duration exceeding END − START by more than this contains an init the service did not report. */
const HIDDEN_INIT_MS = 5;

/** Decides from what is known; more evidence (a late START, INIT_START or fault) may change the answer. */
export function classifyColdStart(evidence: ColdStartEvidence): ColdStart | null {
  if (evidence.restoreMs !== null) return { kind: 'snap-start', userFelt: true };
  if (evidence.initMs !== null) return reportedInit(evidence, evidence.initMs);
  if (evidence.initializationType === 'lambda-managed-instances') return null;
  if (evidence.reinitialised || (evidence.previousFailed && hidesInit(evidence))) {
    return { kind: 'suppressed', userFelt: true };
  }
  return null;
}

function reportedInit(evidence: ColdStartEvidence, initMs: number): ColdStart {
  switch (evidence.initializationType) {
    case 'provisioned-concurrency':
      return { kind: 'provisioned', userFelt: false };
    case 'lambda-managed-instances':
      return { kind: 'managed-instance', userFelt: false };
    default:
      // After a failure the environment is initialised for the request that waits; INIT_START is that of its first init.
      return { kind: 'on-demand', userFelt: evidence.previousFailed || !isProactive(evidence, initMs) };
  }
}

function isProactive(evidence: ColdStartEvidence, initMs: number): boolean {
  if (evidence.startMs === null || evidence.initStartMs === null) return false;
  return evidence.startMs - (evidence.initStartMs + initMs) > evidence.proactiveGapMs;
}

/** A suppressed init runs before START is written, but is counted in Duration. */
function hidesInit(evidence: ColdStartEvidence): boolean {
  return evidence.startMs !== null && evidence.endMs - evidence.startMs < evidence.durationMs - HIDDEN_INIT_MS;
}
