/** Self-monitoring alerts (meta-alerts): the product's own failures, routed and delivered like any other alert. */
import { reasonOf } from '../../ingest/text/reason.ts';
import type { Alert, Instance } from './evaluate/alert.ts';
import { codedSummary } from './evaluate/alert.ts';
import type { Receiver } from './notify/receiver.ts';
import { RECEIVER_DISABLED, RULE_FAILING, STORAGE_ALERT_NAMES } from './rules/builtin-names.ts';
import type { Labels, Rule } from './rules/rule.ts';

/** Rule id of all meta-alerts. */
export const META_RULE_ID = 'thermocline:self';

/** Series of the meta-alert about a receiver. The prefix keeps apart receivers and rules with the same id. */
export function receiverSeries(id: string): string {
  return `receiver:${id}`;
}

/** Series of the meta-alert about a rule. */
export function ruleSeries(id: string): string {
  return `rule:${id}`;
}

/**
 * Series of the meta-alert about storage or a job; `trouble` is `disk`, `damage`, `files`, `backup`, `attribution`, `clock` or
 * `rules`.
 */
export function storageSeries(trouble: string): string {
  return `storage:${trouble}`;
}

/** The meta-alert about storage. */
export function storageAlert(trouble: string, sentence: string, nowMs: number, id: string): Instance {
  const name = STORAGE_ALERT_NAMES[trouble] ?? 'Storage';
  return metaAlert(storageSeries(trouble), name, { trouble }, nowMs, id, { summary: sentence });
}

/** The meta-alert about a receiver that was disabled by failures; reaches the other receivers. */
export function receiverDisabledAlert(
  receiver: Receiver,
  reason: 'gone' | 'failing',
  nowMs: number,
  id: string,
): Instance {
  const name = { receiver: receiver.name };
  const summary = reasonOf(reason === 'gone' ? 'alert-receiver-gone' : 'alert-receiver-failing', name);
  return metaAlert(receiverSeries(receiver.id), RECEIVER_DISABLED, name, nowMs, id, codedSummary(summary));
}

/** The meta-alert about a rule whose evaluations fail. */
export function ruleFailingAlert(rule: Rule, error: string, nowMs: number, id: string): Instance {
  const summary = reasonOf('alert-rule-failing', { rule: rule.name, error: error.slice(0, 500) });
  return metaAlert(ruleSeries(rule.id), RULE_FAILING, { rule: rule.id }, nowMs, id, codedSummary(summary));
}

function metaAlert(
  series: string,
  name: string,
  labels: Labels,
  nowMs: number,
  id: string,
  summary: Pick<Alert, 'summary' | 'summaryCode'>,
): Instance {
  const at = new Date(nowMs).toISOString();
  return {
    series,
    alert: {
      id,
      sequence: 1,
      ruleId: META_RULE_ID,
      ruleName: name,
      severity: 'critical',
      runbookUrl: null,
      labels: { alertname: name, severity: 'critical', ...labels },
      annotations: {},
      ...summary,
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
