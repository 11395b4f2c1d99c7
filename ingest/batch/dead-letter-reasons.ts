/** Why a line that looks like the service's own cannot be read. */
export const DEAD_LETTER_REASONS: Readonly<Record<string, string>> = {
  'report-without-duration': 'REPORT without Duration: too little for an invocation.',
  'report-without-request-id': 'REPORT without a request id.',
  'report-without-fields': 'REPORT with none of its fields, clipped perhaps.',
  'start-without-request-id': 'START without a request id.',
  'extension-without-name': 'EXTENSION without a name.',
  'platform-json-unreadable': 'A JSON platform record that is not valid JSON, clipped perhaps.',
  'platform-json-without-record': 'A JSON platform record without its record.',
  'platform-report-without-request-id': 'platform.report without a request id.',
  'document-not-json': 'Expected JSON in this log group.',
  'segment-without-id': 'A trace segment needs trace_id and id.',
  'segment-without-time': 'A trace segment or span needs a start time.',
  'span-without-id': 'A span needs traceId and spanId.',
  'network-event-without-name': 'A CloudTrail record needs eventName.',
  'access-log-without-request-id': 'An access log line needs a request id.',
  'insights-without-request-id': 'A Lambda Insights document needs request_id and function_name.',
  'flow-log-unreadable': 'A flow log record needs its fourteen fields.',
};
