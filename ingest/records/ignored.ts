/** Well-formed events without telemetry: each class is counted by itself, and nothing else is ignored. */

/** What each reason means, shown with its count. */
export const IGNORED_REASONS = {
  application: 'Application lines without an error: kept for searches of log lines, as set',
  end: 'END lines: the REPORT line says the same and more',
  platform: 'Platform records that say nothing beyond the REPORT line',
  'runtime-done-without-metrics': 'platform.runtimeDone records that carry no metrics: they say nothing beyond REPORT',
  'logs-dropped':
    'platform.logsDropped records: Lambda dropped log lines of the function before anything received them',
  warning: 'Warnings of Lambda that report no error',
  'regional-copy': 'Lines of a group that copies the lines of another group, which is read',
  'other-call': 'CloudTrail calls that neither update a Lambda function nor concern a network interface of one',
  'dry-run': 'CloudTrail dry runs, which change nothing',
  'failed-call': 'CloudTrail calls that failed, and so changed no function',
  'accepted-traffic': 'Flow log records of accepted traffic',
  'control-message': 'Test messages of CloudWatch Logs (CONTROL_MESSAGE), which hold no log events',
  'emf-not-json': 'Lines with a member "_aws" that are no JSON: no embedded metric was read',
  'emf-without-directives': 'Embedded metrics without _aws.CloudWatchMetrics, or without a metric in it',
  'emf-without-time': 'Embedded metrics without a possible time in _aws.Timestamp (epoch milliseconds)',
  'emf-directive-invalid': 'Directives of embedded metrics without a namespace, or with more than 100 metrics',
  'emf-dimensions-invalid':
    'Directives of embedded metrics with a dimension that the document does not have as text, with more than 30 of them, or without a list of sets',
  'emf-metric-absent': 'Embedded metrics without a value in the document',
  'emf-metric-invalid':
    'Embedded metrics whose value is neither a finite number nor up to 100 of them, or whose name or unit is too long',
  'emf-statistic-set': 'Embedded metrics that state a sum for their values, of which no percentile follows: not read',
  'emf-too-many-series': 'Embedded metrics beyond 1,000 pairs of metric and set of dimensions of one line',
  'metric-statistic':
    'Periods of a metric stream with statistics beyond count, sum, minimum, maximum and percentiles (trimmed means and others), which are not kept',
  'metric-redacted':
    'Periods of metrics with a name or dimension that redaction replaces: without it, they would be taken for those of another metric',
  'bulk-action': 'Action lines of bulk requests: the document follows them',
} as const;

export type IgnoredReason = keyof typeof IGNORED_REASONS;

/** Ignored events by reason; reasons without any are absent. */
export type IgnoredCounts = readonly (readonly [reason: IgnoredReason, n: number])[];

/** Prefix of the names of their counters. */
const COUNTER = 'ignored:';

/** Names of counters, with the number to add. */
export function ignoredCounters(counts: IgnoredCounts): readonly (readonly [name: string, n: number])[] {
  return counts.map(([reason, n]) => [`${COUNTER}${reason}`, n]);
}

/** Reads what {@link ignoredCounters} named, most events first. */
export function readIgnoredCounters(
  counters: Readonly<Record<string, number>>,
): readonly { readonly reason: string; readonly text: string; readonly n: number }[] {
  return Object.entries(counters)
    .filter(([name, n]) => name.startsWith(COUNTER) && n > 0)
    .map(([name, n]) => {
      const reason = name.slice(COUNTER.length);
      return { reason, text: (IGNORED_REASONS as Readonly<Record<string, string>>)[reason] ?? reason, n };
    })
    .toSorted((a, b) => b.n - a.n);
}
