/**
 * Determines why a cold start happened: the first rule that applies, in the order of CAUSES. All evidence is observed
 * except how long Lambda keeps an idle environment, which is estimated and passed as an argument.
 */

import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
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
export function explainCause(evidence: CauseEvidence, cause: Cause, window: IdleWindow | null): Reason {
  const { busy, idle } = evidence;
  const kept = windowParameters(window);
  switch (cause) {
    case 'provisioned':
      return reasonOf('cause-provisioned');
    case 'snap-start':
      return reasonOf('cause-snap-start');
    case 'deploy':
      return evidence.firstOfChange
        ? reasonOf('cause-first-of-change')
        : reasonOf('cause-replaced', idleFor(evidence.replacedIdleMs));
    case 'runtime-patch':
      return evidence.firstOfChange
        ? reasonOf('cause-first-of-runtime')
        : reasonOf('cause-runtime-replaced', idleFor(evidence.replacedIdleMs));
    case 'crash':
      if (evidence.kind === 'suppressed') return reasonOf('cause-repeated-init');
      return evidence.previousFailed
        ? reasonOf('cause-previous-failed')
        : reasonOf('cause-last-failed', idleFor(evidence.goneIdleMs));
    case 'init-timeout':
      return reasonOf('cause-init-timeout');
    case 'proactive':
      return reasonOf('cause-proactive', idleFor(evidence.proactiveGapMs));
    case 'new-tenant':
      return reasonOf('cause-new-tenant');
    case 'scale-out':
      return reasonOf('cause-scale-out', { busy, idle });
    case 'idle-expiry': {
      if (evidence.goneIdleMs === null) return reasonOf('cause-not-used');
      const parameters = { ...idleFor(evidence.goneIdleMs), ...kept };
      return busy === 0 && !(evidence.gone > 1)
        ? reasonOf('cause-idle', parameters)
        : reasonOf('cause-expired', { expired: evidence.gone, busy, ...parameters });
    }
    case 'recycle':
      return reasonOf('cause-recycled', { ...idleFor(evidence.goneIdleMs), ...kept });
    case 'unknown':
      if (evidence.kind === 'managed-instance') return reasonOf('cause-managed-instance');
      if (evidence.firstOnRecord) return reasonOf('cause-first-on-record');
      if (idle > 0) return reasonOf('cause-idle-available', { busy, idle });
      return reasonOf('cause-idle', { ...idleFor(evidence.goneIdleMs), ...kept });
  }
}

function windowParameters(window: IdleWindow | null) {
  if (window === null) return { window: 'unknown', surelyMs: null, windowMs: null };
  return { window: window.estimated ? 'estimated' : 'survived', surelyMs: window.surelyMs, windowMs: window.ms };
}

function idleFor(idleMs: number | null) {
  return { hasIdle: idleMs !== null, idleMs };
}
