/** What each reason of a rejected record means, and what its sender can do. */
import { DEAD_LETTER_REASONS } from '../batch/dead-letter-reasons.ts';
import { MAX_NAMES } from '../documents/load-test.ts';
import { MOST_DIMENSIONS } from '../documents/metric-text.ts';
import { limits } from '../formats/limits.ts';
import { MOST_MEMBERS } from '../formats/literals.ts';
import { MOST_NAMES } from '../formats/yaml-item.ts';
import { integer } from '../text/quantities.ts';

/** In English, by reason. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {
  'too-many-streams': `Events of more than ${integer(limits.streamsPerRequest)} log streams in one request, or of more than ${integer(limits.shortStreamsPerRequest)} whose names are shorter than those of a function; those of further ones were not read. Send them in several requests.`,
  'name-too-long': `The name of a log group or log stream has more than ${integer(limits.nameChars)} characters; CloudWatch Logs allows 512.`,
  'message-extraction-enabled':
    'A log line without its envelope: turn off message extraction (CloudWatchLogProcessing) on the Firehose stream.',
  'not-a-subscription-message': 'Not a CloudWatch Logs subscription message.',
  'unknown-message-type': 'messageType is neither DATA_MESSAGE nor CONTROL_MESSAGE.',
  'owner-missing': `owner: expected a string of 1 to ${integer(limits.nameChars)} characters.`,
  'log-group-missing': `logGroup: expected a string of 1 to ${integer(limits.nameChars)} characters.`,
  'log-stream-missing': `logStream: expected a string of 1 to ${integer(limits.nameChars)} characters.`,
  'log-events-missing': 'logEvents: expected an array.',
  'timestamp-impossible':
    'A log event has an invalid timestamp: expected epoch milliseconds (or seconds, microseconds, nanoseconds) between November 2014 and 2100. The other events of its message were read.',
  'log-event-without-message': 'A log event has no message. The other events of its subscription message were read.',
  'record-without-data': 'data: expected a base64 string.',
  'dead-letter-not-an-event':
    'The dead letter holds no event of CloudWatch Logs: neither awslogs.data nor Kinesis records.',
  'dead-letter-without-payload':
    'The on-failure record names a Kinesis batch and does not hold it. Read the stream again from that sequence number.',
  'dead-letter-nested-too-deep': 'Nested envelopes: no event was found in seven levels.',
  'record-not-base64': 'data: not padded standard base64.',
  'line-without-time':
    'The line has no timestamp. Log tails of aws lambda invoke, sam local, and awslogs without --timestamp have none. Export with timestamps (aws logs filter-log-events or aws logs tail).',
  'messages-without-times':
    "Messages without their times. Export both: --query 'events[].[timestamp,message]', or the whole events (aws logs filter-log-events).",
  'log-result-without-times':
    'The log tail of aws lambda invoke (LogResult), whose lines have no times. Export with aws logs tail --format detailed or aws logs filter-log-events, or set the log format of the function to JSON.',
  'platform-line-behind-prefix':
    'A platform line behind text that is not the prefix of a known tool, so an application may have written it. Remove that text, or export with aws logs filter-log-events.',
  'time-incomplete':
    'The time before the line has no date or no year, or is not in the form of ISO 8601. Export with complete times (journalctl -o short-iso, aws logs tail).',
  'platform-line-in-unknown-member':
    'The JSON holds a platform line in a member that no known tool uses for it, so an application may have written it. Send the line as "message", beside "timestamp".',
  'serverless-logs-without-times':
    'Output of serverless logs, which drops the times of platform lines (version 3 the request ids, too). Export with aws logs tail --format detailed or aws logs filter-log-events.',
  'printed-value-unreadable': `A value as Python, Node.js or rubydebug prints it, which cannot be read to its end or has more than ${MOST_MEMBERS} members. Print JSON instead (json.dumps, JSON.stringify), or export with aws logs filter-log-events.`,
  'printed-value-shortened':
    'Node.js left out items or ends of strings ("... more items"). Print the whole with JSON.stringify, or export with aws logs filter-log-events. The other events were read.',
  'not-a-log-event': 'JSON, but neither a log event nor a platform record with a time.',
  'tuning-without-function': 'A Power Tuning result does not name its function: import it with --function.',
  'tuning-without-points':
    'A Power Tuning result without stats and without a readable visualization address: the execution failed, is running, or was a dry run.',
  'tuning-compares-runs': 'The visualization compares two runs of Power Tuning: import the result of each.',
  'binary-data': `Binary data, or text in an encoding other than UTF-8 and UTF-16. Its first ${integer(limits.deadLetterBytes)} bytes are kept as they were sent.`,
  'csv-unreadable': 'The CSV does not follow RFC 4180: a quoted cell is not closed, or a bare cell contains a quote.',
  'function-not-named':
    'The function that wrote the line is unknown. Add --function NAME, or function=NAME to the request.',
  'yaml-unreadable': `The item of the YAML list cannot be read, or has a key beyond the ${MOST_NAMES} names that the list uses. Use --output json.`,
  'date-order-ambiguous':
    'No date of the file shows whether the day or the month comes first (03/04/2026). Export with times in ISO 8601 or epoch milliseconds.',
  'time-rounded':
    'A spreadsheet rounded the times (1.79569E+12, or 10:00 without seconds), so the exact ones are lost. Import the file as it was exported, before a spreadsheet saved it.',
  'row-without-time': 'The table row has no readable time.',
  'gzip-trailing-bytes':
    'Bytes follow gzip data that is complete. Further members and zero bytes, which pad, are no problem; anything else was not read.',
  'message-contradicts':
    'The subscription message states one of its members twice, with different values, of which only one would be read. CloudWatch Logs states each once: check what changes messages on the way.',
  'insights-without-message':
    'Logs Insights export without @message. Add "fields @timestamp, @message, @logStream, @log" to the query.',
  'insights-still-running':
    'The Logs Insights query was still running, so rows may be missing. Call get-query-results again when its status is Complete.',
  'insights-without-timestamp':
    'Logs Insights export without @timestamp. Add "fields @timestamp, @message, @logStream, @log" to the query.',
  'metric-without-name':
    'A period of a metric stream without namespace or metric name of up to 255 characters, or with a unit of more than 32.',
  'metric-without-time': 'timestamp of a metric: expected epoch milliseconds.',
  'metric-without-value': 'value of a metric: expected an object with count and sum.',
  'metric-value-impossible':
    'Figures that no metric has: a negative count, a sum of no values, a minimum above the maximum, or a statistic that is no number.',
  'metric-dimensions-unreadable': `dimensions of a metric: expected at most ${MOST_DIMENSIONS}, with names of up to 255 characters and values of up to 1,024, none of them empty.`,
  'otel-message-unreadable':
    'A message of a metric stream in OpenTelemetry format that is cut or damaged. The other messages of its record were read.',
  'otel-without-summary':
    'A metric in OpenTelemetry format that is no summary, as all of CloudWatch are. Other sources than CloudWatch metric streams are not read.',
  'otlp-item-empty': 'A span or log record of OTLP that is too small to hold its ids or a time, or that is no object.',
  'otlp-log-without-time':
    'A log record of OTLP without a possible time: expected timeUnixNano or observedTimeUnixNano in nanoseconds since the epoch.',
  'otlp-function-not-named':
    'A log record of OTLP whose resource names no function: expected faas.name, cloud.resource_id or aws.log.group.names among the attributes of the resource.',
  'load-test-unreadable': 'Neither a hey summary with its histogram, nor hey or Locust CSV with requests.',
  'load-test-too-many-names': `Statistics of Locust with more than ${integer(MAX_NAMES)} names of requests. Group requests by name= and export again.`,
  'function-without-name': 'An entry of a function list needs FunctionName.',
  'inventory-needs-admin':
    'The configuration of a function, sent with an ingest key. Send it with scope admin, or replay it here.',
  'own-log-group': "A log group of Thermocline's own delivery chain: exclude it from the subscription.",
};

/** The sentence for a reason; the reason itself where it is a sentence already. */
export function explainDeadLetter(reason: string): string {
  return EXPLANATIONS[reason] ?? DEAD_LETTER_REASONS[reason] ?? reason;
}
