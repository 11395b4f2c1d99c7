/**
 * Why a cold start happened: the first rule that applies, in the order of CAUSES. All evidence is observed except how long
 * Lambda keeps an idle environment, which is estimated and passed as an argument.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { ColdStartKind } from './classify.ts';
import type { IdleWindow } from './idle-window.ts';

/** In the order of their rules; stored by their place in this list. */
export const CAUSES = [
  'provisioned',
  'snap-start',
  'deploy',
  'runtime-patch',
  'crash',
  'proactive',
  'scale-out',
  'idle-expiry',
  'recycle',
  'unknown',
] as const;
export type Cause = (typeof CAUSES)[number];

/** What is known of the moment a new environment was asked for. Times in ms; null is not known, or not so. */
export interface CauseEvidence {
  readonly kind: ColdStartKind;
  /** What this environment has that the ones before it had not. */
  readonly change: 'deploy' | 'runtime-patch' | null;
  /** It is the first environment of the change. */
  readonly firstOfChange: boolean;
  /** Idle time of the latest environment from before the change that none has replaced yet; those are in use no more. */
  readonly replacedIdleMs: number | null;
  /** This environment's own invocation before ended in a failure. */
  readonly previousFailed: boolean;
  /** From the end of init to START, where nobody waited for it. */
  readonly proactiveGapMs: number | null;
  /** Other environments of the same configuration: at work then; idle then and used again later. */
  readonly busy: number;
  readonly idle: number;
  /** Idle time of the latest one that is never seen again, and whether it ended in a failure. */
  readonly goneIdleMs: number | null;
  readonly goneFailed: boolean;
  /** No environment of the function is on record before this one. */
  readonly firstOnRecord: boolean;
}

/** The first rule that holds. `window` is null while nothing tells how long an idle environment is kept. */
export function causeOf(evidence: CauseEvidence, window: IdleWindow | null): Cause {
  switch (evidence.kind) {
    case 'provisioned':
      return 'provisioned';
    case 'snap-start':
      return 'snap-start';
    case 'suppressed':
      return 'crash';
    case 'managed-instance':
      return 'unknown';
    case 'on-demand':
      return onDemand(evidence, window);
  }
}

function onDemand(evidence: CauseEvidence, window: IdleWindow | null): Cause {
  const { change, replacedIdleMs, goneIdleMs } = evidence;
  const { ms: windowMs, surelyMs } = window ?? { ms: 0, surelyMs: 0 };
  // An environment that would likely have been kept was missed because it was replaced: half are gone between the two.
  const likelyMs = window?.estimated === true ? (surelyMs + windowMs) / 2 : windowMs;
  if (change !== null && (evidence.firstOfChange || (replacedIdleMs !== null && replacedIdleMs <= likelyMs)))
    return change;
  if (evidence.previousFailed) return 'crash';
  if (evidence.proactiveGapMs !== null) return 'proactive';
  if (evidence.firstOnRecord || evidence.idle > 0) return 'unknown';
  if (evidence.busy > 0) return 'scale-out';
  if (goneIdleMs === null) return 'idle-expiry';
  if (evidence.goneFailed && goneIdleMs <= windowMs) return 'crash';
  // What was taken away early, or had idled as long as idle ones are kept; not known while few are known to be gone.
  if (window?.estimated === true) return goneIdleMs <= surelyMs ? 'recycle' : 'idle-expiry';
  return goneIdleMs <= windowMs || window === null ? 'unknown' : 'idle-expiry';
}

/** The verdict in words, with what it rests on. */
export function explainCause(evidence: CauseEvidence, cause: Cause, window: IdleWindow | null): string {
  const live = `${evidence.busy} at work, ${evidence.idle} idle`;
  const keptFor = window === null ? 'how long idle ones are kept is not known yet' : keeps(window);
  switch (cause) {
    case 'provisioned':
      return 'initialised for provisioned concurrency: nobody waited';
    case 'snap-start':
      return 'restored from a SnapStart snapshot';
    case 'deploy':
      return evidence.firstOfChange
        ? 'the first environment of this version, memory size and set of extensions'
        : `replaces an environment from before the change, idle for ${time(evidence.replacedIdleMs)} and never used again`;
    case 'runtime-patch':
      return evidence.firstOfChange
        ? 'the first environment of this version with this runtime version'
        : `replaces an environment of the runtime version before, idle for ${time(evidence.replacedIdleMs)} and never used again`;
    case 'crash':
      if (evidence.kind === 'suppressed') return 'initialised again inside the invocation, after a failure';
      return evidence.previousFailed
        ? 'the invocation before it in the same environment failed'
        : `the environment idle for ${time(evidence.goneIdleMs)} had ended in a failure and is never seen again`;
    case 'proactive':
      return `ready ${time(evidence.proactiveGapMs)} before its first invocation: nobody waited`;
    case 'scale-out':
      return `every live environment of this version was busy (${live})`;
    case 'idle-expiry':
      return evidence.goneIdleMs === null
        ? 'no environment had been in use within the last hours'
        : `the latest environment had been idle for ${time(evidence.goneIdleMs)}; ${keptFor}`;
    case 'recycle':
      return `an environment idle for only ${time(evidence.goneIdleMs)} is never seen again; ${keptFor}`;
    case 'unknown':
      if (evidence.kind === 'managed-instance') return 'an environment of a managed instance';
      if (evidence.firstOnRecord) return 'the record of this function begins here';
      if (evidence.idle > 0) return `an idle environment was there and was used later (${live})`;
      return `the latest environment had been idle for ${time(evidence.goneIdleMs)}; ${keptFor}`;
  }
}

function keeps(window: IdleWindow): string {
  return window.estimated
    ? `idle ones are kept for ${time(window.surelyMs)} to ${time(window.ms)}`
    : `the longest idle time survived so far is ${time(window.ms)}, too little to know how long they are kept`;
}

function time(ms: number | null): string {
  if (ms === null) return 'an unknown time';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(ms < 600_000 ? 1 : 0)} min` : `${(ms / HOUR_MS).toFixed(1)} h`;
}
