/** Alerts that the product raises of itself: they are told like any other. */
import type { Instance } from './evaluate/alert.ts';
import type { Receiver } from './notify/receiver.ts';
import type { Labels, Rule } from './rules/rule.ts';

/** They are instances of this rule. */
export const OWN_RULE = 'thermocline:self';

/** Receivers and rules may bear the same id. */
export function receiverSeries(id: string): string {
  return `receiver:${id}`;
}

export function ruleSeries(id: string): string {
  return `rule:${id}`;
}

/** Trouble with where things are stored: `disk`, `damage`, `backup`. */
export function storageSeries(trouble: string): string {
  return `storage:${trouble}`;
}

const STORAGE_TROUBLES: Readonly<Record<string, string>> = {
  disk: 'Disk nearly full',
  damage: 'Database damaged',
  backup: 'Backup failed',
};

export function storageTrouble(trouble: string, sentence: string, nowMs: number, id: string): Instance {
  const name = STORAGE_TROUBLES[trouble] ?? 'Storage';
  return own(storageSeries(trouble), name, { trouble }, nowMs, id, { summary: sentence });
}

/** A silent pager is worse than none: that it is silent is told to the others. */
export function receiverDisabled(receiver: Receiver, why: 'gone' | 'failing', nowMs: number, id: string): Instance {
  const reason = why === 'gone' ? 'it answered 410 Gone' : 'nothing could be delivered for a day';
  return own(receiverSeries(receiver.id), 'Receiver disabled', { receiver: receiver.name }, nowMs, id, {
    summary: `Receiver ${receiver.name} is disabled: ${reason}. Alerts do not reach it.`,
  });
}

/** A rule that cannot be evaluated watches over nothing. */
export function ruleFails(rule: Rule, error: string, nowMs: number, id: string): Instance {
  return own(ruleSeries(rule.id), 'Rule cannot be evaluated', { rule: rule.id }, nowMs, id, {
    summary: `Rule ${rule.name} cannot be evaluated: ${error.slice(0, 500)}. What it watches over is not known.`,
  });
}

function own(
  series: string,
  name: string,
  labels: Labels,
  nowMs: number,
  id: string,
  { summary }: { readonly summary: string },
): Instance {
  const at = new Date(nowMs).toISOString();
  return {
    series,
    alert: {
      id,
      sequence: 1,
      ruleId: OWN_RULE,
      ruleName: name,
      severity: 'critical',
      runbookUrl: null,
      labels: { alertname: name, severity: 'critical', ...labels },
      annotations: {},
      summary,
      value: null,
      threshold: 0,
      unit: '',
      n: 0,
      interval: null,
      coverage: null,
      window: { from: at, to: at },
      startsAt: at,
      endsAt: null,
      reason: null,
      evidence: [],
    },
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
