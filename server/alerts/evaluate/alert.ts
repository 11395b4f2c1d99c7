/** Alerts as receivers get them: what a rule found for one series, in text and numbers. */

import { integer, quantity } from '../../../ingest/text/quantities.ts';
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

/** A pending or firing series. */
export interface Instance {
  readonly series: string;
  readonly state: SeriesState;
  readonly alert: Alert;
}

/** Titles come from logs. */
const TITLE_CHARACTERS = 200;

/** Summary sentence: the value with its confidence interval, and the threshold. */
export function summaryOf(rule: Rule, measured: Measured, unit: string): string {
  const { labels, value, n, interval } = measured;
  const least = measured.isLowerBound === true ? 'at least ' : '';
  const subject = labels['function'] ?? labels['account'] ?? 'all functions';
  const shown = value === null ? 'no data' : `${least}${quantity(value, unit)}`;
  const range = interval === null ? '' : `95 % CI ${quantity(interval.low, unit)}–${quantity(interval.high, unit)}, `;
  const evidence = n > 0 ? ` (${range}n = ${integer(n)})` : '';
  const about = measured.title === undefined ? '' : `${measured.title.slice(0, TITLE_CHARACTERS)}: `;
  return `${subject}: ${rule.name}: ${about}${shown}${evidence}, threshold ${rule.comparison} ${quantity(rule.threshold, unit)}`;
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
