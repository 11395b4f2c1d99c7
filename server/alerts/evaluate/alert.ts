/** Alerts as receivers get them: what a rule found for one series, in text and numbers. */

import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { ReasonCodeView } from '../../http/contract/reasons.ts';
import type { Labels, Measured, Rule } from '../rules/rule.ts';
import type { SeriesState } from './transition.ts';

/** An example invocation behind an alert. */
export interface Evidence {
  readonly requestId: string;
  readonly logStream: string | null;
  readonly timestamp: string;
  readonly status: string;
  readonly cause: string | null;
  /** REPORT line, if raw lines are kept. Absent in alerts stored by older versions. */
  readonly line?: string | null;
}

/** Times are ISO 8601. */
export interface Alert {
  readonly id: string;
  /** Number of transitions of this alert so far; lets receivers order notifications. */
  readonly sequence: number;
  readonly ruleId: string;
  readonly ruleName: string;
  /** Signal kind of the rule. Absent for test alerts and meta-alerts. */
  readonly signal?: string;
  readonly severity: string;
  readonly runbookUrl: string | null;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly summary: string;
  /** What the summary says, in values. Absent in alerts stored by older versions, and where there is no code. */
  readonly summaryCode?: ReasonCodeView;
  readonly value: number | null;
  readonly threshold: number;
  readonly unit: string;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  /** Share of the invocations behind the value that were received with both START and REPORT. */
  readonly coverage: number | null;
  readonly window: { readonly from: string; readonly to: string };
  readonly startsAt: string;
  readonly endsAt: string | null;
  /** Why it resolved; null if the condition became false. */
  readonly reason: string | null;
  /** Receivers of the rule's own. Absent: routes decide. */
  readonly receivers?: readonly string[];
  readonly evidence: readonly Evidence[];
}

export type CodedSummary = Required<Pick<Alert, 'summary' | 'summaryCode'>>;

/** A pending or firing series. */
export interface Instance {
  readonly series: string;
  readonly state: SeriesState;
  readonly alert: Alert;
}

/** Titles come from logs. */
const TITLE_CHARACTERS = 200;

/** Summary sentence: the value with its confidence interval, and the threshold. */
export function summaryOf(rule: Rule, measured: Measured, unit: string): CodedSummary {
  const { labels, value, n, interval, title } = measured;
  const subject = labels['function'] ?? labels['account'] ?? scopeOf(rule);
  return codedSummary(
    reasonOf('alert-summary', {
      ...{ isAll: subject === null, subject, rule: rule.name },
      ...{ hasTitle: title !== undefined, title: title?.slice(0, TITLE_CHARACTERS) ?? null, unit },
      ...{ hasValue: value !== null, isLowerBound: measured.isLowerBound === true, valueQuantity: value },
      ...{ hasEvidence: n > 0, n, hasInterval: interval !== null },
      ...{ lowQuantity: interval?.low ?? null, highQuantity: interval?.high ?? null },
      ...{ comparison: rule.comparison, thresholdQuantity: rule.threshold },
    }),
  );
}

export function codedSummary({ code, parameters, text }: Reason): CodedSummary {
  return { summary: text, summaryCode: { code, parameters: { ...parameters } } };
}

/** Names, tags and filters of a scope that a summary lists. */
const MOST_NAMED = 3;

/** What a series without a function of its own is measured over, `check*, sea*`; null if it is all functions. */
function scopeOf({ signal, functions, tags = [] }: Rule): string | null {
  const filters = 'filters' in signal ? signal.filters : [];
  const named = [
    ...('functions' in signal ? signal.functions : []),
    ...[...functions, ...tags],
    ...filters.map(({ field, op, value }) => `${field} ${op} ${String(value)}`),
  ];
  const more = named.length - MOST_NAMED;
  return named.length === 0 ? null : `${named.slice(0, MOST_NAMED).join(', ')}${more > 0 ? `, … (+${more})` : ''}`;
}

/** Sample alert for receiver tests and previews, with every field set. `at` is ISO 8601. */
export function testAlert(at: string): Alert {
  return {
    id: 'al_test',
    sequence: 1,
    ruleId: 'test',
    ruleName: 'Test',
    severity: 'info',
    runbookUrl: null,
    labels: { alertname: 'Test', severity: 'info', function: 'checkout' },
    annotations: {},
    summary: 'This is a test, no action is needed. checkout: 7.1 % (95 % CI 5.9 %–8.5 %, n = 2,310), threshold > 3 %',
    value: 0.071,
    threshold: 0.03,
    unit: 'ratio',
    n: 2310,
    interval: [0.059, 0.085],
    coverage: 0.994,
    window: { from: at, to: at },
    startsAt: at,
    endsAt: null,
    reason: null,
    evidence: [],
  };
}
