/** What each dead-letter reason means, and what to do about it. Shown beside the entry on the ingest page. */
export const DEAD_LETTER_REASONS: Readonly<Record<string, string>> = {
  'report-without-duration':
    'The REPORT line has no Duration, so no invocation can be stored. Check whether a log shipper truncates lines.',
  'runtime-done-without-request-id':
    'The platform.runtimeDone record has no request id. Check whether a log shipper changes or truncates lines.',
  'runtime-done-without-duration':
    'The metrics of the platform.runtimeDone record have no durationMs that is a number. Check whether a log shipper changes or truncates lines.',
  'report-without-request-id':
    'The REPORT line has no request id. Check whether a log shipper changes or truncates lines.',
  'report-without-fields': 'The REPORT line has none of its fields. It was probably truncated on the way.',
  'start-without-request-id':
    'The START line has no request id. Check whether a log shipper changes or truncates lines.',
  'several-lines':
    'The event holds several platform lines that cannot be told apart for certain, or whose times it does not have: several REPORT lines, an init, lines without a line break between them, or text before them. Configure the log shipper to send each line as an event of its own.',
  'field-repeated':
    'The REPORT line states a field twice, with different values. Check whether a log shipper joins or changes lines.',
  'number-unreadable':
    'A figure of the line is no decimal number with a unit that is known, such as "12.5 ms". It was probably damaged on the way.',
  'number-not-whole':
    'A size is not a whole number of MB, or a billed duration not one of milliseconds. Lambda writes whole numbers: check whether a log shipper or a copy changed them.',
  'duration-impossible':
    'A duration is longer than Lambda allows: 15 minutes, or 90 on Managed Instances. Check whether something other than Lambda writes to the log group.',
  'billed-impossible':
    'The billed duration is longer than duration, init and restore together, or shorter than a duration that no timeout cut; or more of a restore was billed than it took. Check whether something other than Lambda writes to the log group.',
  'memory-impossible':
    'A memory size is 0 or above the 10,240 MB that Lambda allows, or more memory was used than the function has. Check whether something other than Lambda writes to the log group.',
  'extension-without-name': 'The EXTENSION line names no extension. It was probably truncated on the way.',
  'platform-json-unreadable': 'The JSON platform record is not valid JSON. It was probably truncated on the way.',
  'platform-json-contradicts':
    'The JSON platform record states a member twice, with different values, of which only one would count. Check whether a log shipper joins or changes records.',
  'platform-json-without-record': 'The JSON platform record has no "record" object.',
  'platform-report-without-request-id': 'The platform.report record has no requestId.',
  'document-not-json':
    'The line is not JSON, but its log group or document holds only JSON. Check the log format of the group.',
  'segment-without-id': 'The X-Ray segment has no trace_id or no id.',
  'segment-without-time': 'The trace segment or span has no start time.',
  'segment-ends-before-start': 'The trace segment or span ends before it starts, so that its times cannot be right.',
  'segment-id-too-long':
    'The id of the segment or span, or of its parent, has more than 16 characters. X-Ray and OpenTelemetry write 16 hexadecimal digits.',
  'trace-document-shortened': 'A part of the trace document was not read; the rest was.',
  'span-without-id': 'The span has no traceId or no spanId.',
  'deploy-without-function': 'The CloudTrail record of an update does not name the function.',
  'network-event-without-name': 'The CloudTrail record has no eventName.',
  'access-log-without-request-id': 'The access log line has no request id. Add $context.requestId to the log format.',
  'insights-without-request-id': 'The Lambda Insights document has no request_id or no function_name.',
  'flow-log-unreadable':
    'The flow log record does not have the fourteen fields of the default format. Use the default format, version 2.',
};

/**
 * Why an event is a dead letter, and the log stream that it came from; '' where none is known. `found`: what was found and allowed, where the
 * reason alone does not say it.
 */
export function deadLetterDetail(reason: string, logStream: string, found?: string): string {
  const stream = logStream === '' ? 'The log stream is unknown.' : `Log stream ${logStream}.`;
  return `${found ?? DEAD_LETTER_REASONS[reason] ?? reason} ${stream}`;
}
