/** Alerts that the product raises of itself: they are told like any other. */
import type { Alert, Instance } from './alert.ts';
import type { Receiver } from './receiver.ts';

/** They are instances of this rule. */
export const OWN_RULE = 'thermocline:receivers';

/** A silent pager is worse than none: that it is silent is told to the others. */
export function receiverDisabled(receiver: Receiver, why: 'gone' | 'failing', nowMs: number, id: string): Instance {
  return {
    series: receiver.id,
    alert: ownAlert(receiver, why, nowMs, id),
    state: {
      phase: 'firing',
      activeSinceMs: nowMs,
      firedMs: nowMs,
      keepSinceMs: null,
      missed: 0,
      evaluatedMs: nowMs,
      failing: false,
    },
  };
}

function ownAlert(receiver: Receiver, why: 'gone' | 'failing', nowMs: number, id: string): Alert {
  const at = new Date(nowMs).toISOString();
  const reason = why === 'gone' ? 'it answered 410 Gone' : 'nothing could be delivered for a day';
  return {
    id,
    sequence: 1,
    ruleId: OWN_RULE,
    ruleName: 'Receiver disabled',
    severity: 'critical',
    runbookUrl: null,
    labels: { alertname: 'Receiver disabled', receiver: receiver.name, severity: 'critical' },
    annotations: {},
    summary: `Receiver ${receiver.name} is disabled: ${reason}. Alerts do not reach it.`,
    value: null,
    threshold: 0,
    unit: '',
    n: 0,
    interval: null,
    window: { from: at, to: at },
    startsAt: at,
    endsAt: null,
    reason: null,
    evidence: [],
  };
}
