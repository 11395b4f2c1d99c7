/** Words of the lines in which runtimes report a failed handler: without these lines a thrown error looks like a success. */
export const ERROR_TERMS: readonly string[] = [
  'Invoke Error',
  'Uncaught Exception',
  'Unhandled Promise Rejection',
  'Traceback (most recent call last)',
  'Exception',
  'errorMessage',
  'exception from handler',
  'Error raised from handler',
  'Error loading',
  'panicked at',
  'panic: ',
  ': errorString',
  'Lambda runtime invoke',
];

/** A member of every document in the embedded metric format, in whatever a logger or the JSON format of Lambda wraps it. */
const METRIC_TERM = 'CloudWatchMetrics';

/**
 * Words that select platform lines, lines with metrics, and lines in which runtimes report a failed handler. A line passes if it
 * contains any of them. Subscription filters, the poller and the forwarder use this one list. More passes than is needed: a line that
 * mentions an exception is read and then left alone.
 */
export const PLATFORM_TERMS: readonly string[] = [
  'RequestId:',
  'INIT_START',
  'INIT_REPORT',
  'RESTORE_START',
  'RESTORE_REPORT',
  'EXTENSION',
  'TELEMETRY',
  'State: Subscribed',
  'Task timed out after',
  'Process exited before completing request',
  'Unknown application error occurred',
  'LAMBDA_WARNING',
  'ENILimitReachedException',
  'EC2ThrottledException',
  'EC2AccessDeniedException',
  'SubnetIPAddressLimitReachedException',
  'platform.',
  METRIC_TERM,
  ...ERROR_TERMS,
];

/**
 * The default filter pattern of subscriptions and the poller: the terms as alternatives; text between quotes may hold any
 * character. At most 1,024 characters.
 */
export const PLATFORM_FILTER = PLATFORM_TERMS.map((term) => `?"${term}"`).join(' ');

/** Whether a subscription with the default filter passes the line. */
export function passesPlatformFilter(message: string): boolean {
  return PLATFORM_TERMS.some((term) => message.includes(term));
}
