/**
 * Determines why a cold start happened: the first rule that applies, in the order of CAUSES. All evidence is observed
 * except how long Lambda keeps an idle environment, which is estimated and passed as an argument.
 */

import { duration } from '../../../ingest/text/quantities.ts';
import type { ColdStartKind } from './classify.ts';
import type { IdleWindow } from './idle-window.ts';

/** Nearly in the order of their rules. The store saves the index, so the order must not change, and new ones come last. */
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
  'init-timeout',
  'new-tenant',
] as const;
export type Cause = (typeof CAUSES)[number];

/** Evidence at the moment a new environment was requested. Times in ms; null if unknown or not applicable. */
export interface CauseEvidence {
  readonly kind: ColdStartKind;
  /** What changed between the previous environments and this one. */
  readonly change: 'deploy' | 'runtime-patch' | null;
  /** True for the first environment after the change. */
  readonly firstOfChange: boolean;
  /**
   * Idle time of the latest environment from before the change not replaced yet, at the update of $LATEST that ended it or
   * else when it was replaced; null while an old one is in use.
   */
  readonly replacedIdleMs: number | null;
  /** The time of the change is known: `replacedIdleMs` is the idle time at it. */
  readonly changeKnown: boolean;
  /** The init that ran inside the invocation, or that it repeats, was stopped at its time limit. */
  readonly initTimedOut: boolean;
  /** The previous invocation in the same environment failed. */
  readonly previousFailed: boolean;
  /** From the end of init to START, for proactive inits. */
  readonly proactiveGapMs: number | null;
  /** Other environments of the same configuration: busy at that moment; idle then and used again later. */
  readonly busy: number;
  readonly idle: number;
  /**
   * Other environments of the same configuration that were free, are never used again, and that no newer one replaced yet: Lambda
   * had terminated them. 0 where an earlier version attributed the hour.
   */
  readonly gone: number;
  /** Of the most recently used of them: idle time when it was first known to be terminated, and whether its last invocation failed. */
  readonly goneIdleMs: number | null;
  readonly goneFailed: boolean;
  /** The first environment on record that serves its tenant. */
  readonly newTenant: boolean;
  /** There is no earlier environment of the function on record. */
  readonly firstOnRecord: boolean;
}

/** Returns the first cause that applies. `window` is null while it is unknown how long idle environments are kept. */
export function causeOf(evidence: CauseEvidence, window: IdleWindow | null): Cause {
  switch (evidence.kind) {
    case 'provisioned':
      return 'provisioned';
    case 'snap-start':
      return 'snap-start';
    case 'suppressed':
      return evidence.initTimedOut ? 'init-timeout' : 'crash';
    case 'managed-instance':
      return 'unknown';
    case 'on-demand':
      return onDemand(evidence, window);
  }
}

function onDemand(evidence: CauseEvidence, window: IdleWindow | null): Cause {
  const { change, replacedIdleMs, goneIdleMs } = evidence;
  const { ms: windowMs, surelyMs } = window ?? { ms: 0, surelyMs: 0 };
  // No caller waited, whatever the reason for the init.
  if (evidence.proactiveGapMs !== null && !evidence.previousFailed) return 'proactive';
  // Without the change, most environments idle for less than the window would have been reused.
  if (change !== null && (evidence.firstOfChange || (replacedIdleMs !== null && replacedIdleMs <= windowMs)))
    return change;
  if (evidence.previousFailed) return 'crash';
  if (evidence.newTenant && !evidence.firstOnRecord) return 'new-tenant';
  if (evidence.firstOnRecord || evidence.idle > 0) return 'unknown';
  // Busy environments say nothing of the terminated one that would have served the request.
  if (evidence.busy > 0 && !(evidence.gone > 0)) return 'scale-out';
  if (goneIdleMs === null) return 'idle-expiry';
  if (evidence.goneFailed && goneIdleMs <= windowMs) return 'crash';
  // Terminated early, or idle for as long as environments are kept. Unknown while few terminations have been observed.
  if (window?.estimated === true) return goneIdleMs <= surelyMs ? 'recycle' : 'idle-expiry';
  return goneIdleMs <= windowMs || window === null ? 'unknown' : 'idle-expiry';
}

/** Explains the cause in a sentence, with the evidence for it. */
export function explainCause(evidence: CauseEvidence, cause: Cause, window: IdleWindow | null): string {
  const live = `${evidence.busy} busy, ${evidence.idle} idle`;
  const keptFor = window === null ? 'the idle window is not known yet' : keeps(window);
  switch (cause) {
    case 'provisioned':
      return 'initialised for provisioned concurrency: no caller waited';
    case 'snap-start':
      return 'restored from a SnapStart snapshot';
    case 'deploy':
      return evidence.firstOfChange
        ? 'the first environment of this version, code, memory size and set of extensions'
        : `replaces an environment from before the change, idle for ${time(evidence.replacedIdleMs)} and never used again`;
    case 'runtime-patch':
      return evidence.firstOfChange
        ? 'the first environment of this version with this runtime version'
        : `replaces an environment with the previous runtime version, idle for ${time(evidence.replacedIdleMs)} and never used again`;
    case 'crash':
      if (evidence.kind === 'suppressed') return 'initialised again inside the invocation, after a failure';
      return evidence.previousFailed
        ? 'the previous invocation in the same environment failed'
        : `the last invocation of an environment failed; it was idle for ${time(evidence.goneIdleMs)} and never seen again`;
    case 'init-timeout':
      return 'initialised again inside the invocation: an init was stopped at its time limit';
    case 'proactive':
      return `ready ${time(evidence.proactiveGapMs)} before its first invocation: no caller waited`;
    case 'new-tenant':
      return 'the first environment of this tenant on record: tenants never share environments';
    case 'scale-out':
      return `all environments of this version were busy, and none had expired (${live})`;
    case 'idle-expiry':
      if (evidence.goneIdleMs === null) return 'no environment had been used in the last hours';
      if (evidence.busy === 0 && !(evidence.gone > 1))
        return `the most recently used environment had been idle for ${time(evidence.goneIdleMs)}; ${keptFor}`;
      return `${expired(evidence.gone)} (${evidence.busy} busy); the most recently used was idle for ${time(evidence.goneIdleMs)}; ${keptFor}`;
    case 'recycle':
      return `an environment was idle for only ${time(evidence.goneIdleMs)} and never seen again; ${keptFor}`;
    case 'unknown':
      if (evidence.kind === 'managed-instance') return 'an environment of a managed instance';
      if (evidence.firstOnRecord) return 'the logs of this function begin here';
      if (evidence.idle > 0) return `an idle environment was available and was used later (${live})`;
      return `the most recently used environment had been idle for ${time(evidence.goneIdleMs)}; ${keptFor}`;
  }
}

function expired(n: number): string {
  return n === 1 ? '1 idle environment had expired' : `${n} idle environments had expired`;
}

function keeps(window: IdleWindow): string {
  return window.estimated
    ? `idle environments are kept for ${time(window.surelyMs)} to ${time(window.ms)}`
    : `the longest idle time survived so far is ${time(window.ms)}: the idle window is not known yet`;
}

/** Formats a duration; says so if it is unknown. */
function time(ms: number | null): string {
  return ms === null ? 'an unknown time' : duration(ms);
}
