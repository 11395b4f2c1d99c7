/** Evidence of a cold start from which no cause follows; tests change what they are about. */
import type { CauseEvidence } from '../../server/analytics/cold-starts/cause.ts';

export const NO_EVIDENCE: CauseEvidence = {
  kind: 'on-demand',
  change: null,
  firstOfChange: false,
  replacedIdleMs: null,
  changeKnown: false,
  initTimedOut: false,
  previousFailed: false,
  proactiveGapMs: null,
  busy: 0,
  idle: 0,
  gone: 0,
  goneIdleMs: null,
  goneFailed: false,
  newTenant: false,
  firstOnRecord: false,
};
