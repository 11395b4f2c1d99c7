/** An alert: what a rule found of one series, in the words and numbers that receivers get. */
import type { Labels, Measured, Rule } from '../rules/rule.ts';
import type { AlertState } from './transition.ts';

export interface Evidence {
  readonly requestId: string;
  readonly logStream: string;
  readonly timestamp: string;
  readonly status: string;
  readonly cause: string | null;
  /** Its REPORT line as it came, where lines are kept. Absent in what was stored before lines were told. */
  readonly line?: string | null;
}

/** Times as ISO 8601. */
export interface Alert {
  readonly id: string;
  /** Counts transitions of this series, so that a receiver can order what it got. */
  readonly sequence: number;
  readonly ruleId: string;
  readonly ruleName: string;
  /** Kind of signal of the rule. Absent for tests and alerts of the product's own. */
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
  /** Share of the invocations behind the value that were seen whole. */
  readonly coverage: number | null;
  readonly window: { readonly from: string; readonly to: string };
  readonly startsAt: string;
  readonly endsAt: string | null;
  /** Why it ended, where it was not the condition. */
  readonly reason: string | null;
  readonly evidence: readonly Evidence[];
}

/** A series that is pending or firing. */
export interface Instance {
  readonly series: string;
  readonly state: AlertState;
  readonly alert: Alert;
}

/** What is told of a window: the value with its interval, against the threshold. */
export function summaryOf(rule: Rule, { labels, value, n, interval }: Measured, unit: string): string {
  const who = labels['function'] ?? labels['account'] ?? 'all functions';
  const shown = value === null ? 'no data' : quantity(value, unit);
  const range = interval === null ? '' : `95 % CI ${quantity(interval.low, unit)}–${quantity(interval.high, unit)}, `;
  const evidence = n > 0 ? ` (${range}n = ${n.toLocaleString('en')})` : '';
  return `${who}: ${rule.name}: ${shown}${evidence}, threshold ${rule.comparison} ${quantity(rule.threshold, unit)}`;
}

/** A value as people read it. */
export function quantity(value: number, unit: string): string {
  switch (unit) {
    case 'ratio':
      return `${Number((100 * value).toPrecision(3))} %`;
    case 'USD':
      return `$${value.toFixed(2)}`;
    case 'count':
    case '':
      return String(Number(value.toPrecision(4)));
    default:
      return `${Number(value.toPrecision(4))} ${unit}`;
  }
}

/** What a receiver is tested with: marked as such, with every field filled. */
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
    summary: 'This is a test: nothing is wrong. checkout: 7.1 % (95 % CI 5.9 %–8.5 %, n = 2,310), threshold > 3 %',
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
