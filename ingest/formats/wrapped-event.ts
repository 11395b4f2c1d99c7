/**
 * JSON values in which tools wrap log events: Logs Insights, `--query` pairs, live tail, and the records of log shippers.
 * A shipper's record is taken only where its message is a line that Lambda or a runtime wrote: anything else may be an
 * application's own JSON line.
 */
import { parsePlatformLine } from '../lines/platform-line.ts';
import { parseRuntimeError } from '../lines/runtime-error.ts';
import type { ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { readEpoch, readLogReference, readTime } from './export-event.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reads one JSON value; null when it is none of these forms. `text` is the value as it was written, for problems. */
export function readWrapped(value: unknown, text: string): ExportRead | null {
  if (Array.isArray(value)) return pair(value);
  if (!isObject(value)) return null;
  return queryResults(value, text) ?? insightsRow(value, text) ?? liveTail(value) ?? loki(value) ?? shipped(value);
}

/** `aws logs get-query-results`: rows of `{ field, value }`. */
function queryResults(value: Json, text: string): ExportRead | null {
  const results = value['results'];
  if (!Array.isArray(results) || !results.every(Array.isArray)) return null;
  const status = value['status'];
  const events: ExportEvent[] = [];
  const problems: ExportProblem[] = [];
  if (status === 'Running' || status === 'Scheduled') problems.push({ reason: 'insights-still-running', text });
  for (const fields of results as readonly (readonly unknown[])[]) {
    const row = Object.fromEntries(fields.filter(isObject).map((field) => [String(field['field']), field['value']]));
    const read = insightsRow(row, JSON.stringify(row));
    if (read === null) problems.push({ reason: 'insights-without-message', text: JSON.stringify(row) });
    events.push(...(read?.events ?? []));
    problems.push(...(read?.problems ?? []));
  }
  return { events, problems };
}

/** A row of Logs Insights' JSON export. */
function insightsRow(value: Json, text: string): ExportRead | null {
  const time = value['@timestamp'];
  const message = value['@message'];
  if (message === undefined && (value['@ptr'] !== undefined || (time !== undefined && value['message'] === undefined)))
    return { events: [], problems: [{ reason: 'insights-without-message', text }] };
  if (message === undefined) return null;
  const timestampMs = timeOf(time);
  if (timestampMs === null) return { events: [], problems: [{ reason: 'insights-without-timestamp', text }] };
  const log = typeof value['@log'] === 'string' ? value['@log'] : '';
  const { account, group } = readLogReference(log);
  const stream = textOf(value['@logStream']);
  return one({ timestampMs, message: messageOf(message), stream, id: '', group: log === '' ? null : group, account });
}

/** `--query 'events[].[timestamp,message]'`. */
function pair(value: readonly unknown[]): ExportRead | null {
  const [time, message, stream] = value;
  if (typeof time !== 'number' || typeof message !== 'string' || value.length > 3) return null;
  const timestampMs = readEpoch(time);
  return timestampMs === null ? null : one({ ...NOWHERE, timestampMs, message, stream: textOf(stream) });
}

/** `aws logs start-live-tail --mode print-only` with JSON output. */
function liveTail(value: Json): ExportRead | null {
  const update = isObject(value['sessionUpdate']) ? value['sessionUpdate'] : value;
  const results = update['sessionResults'];
  if (!Array.isArray(results)) return null;
  const events = results.filter(isObject).flatMap((row) => {
    const timestampMs = timeOf(row['timestamp']);
    if (timestampMs === null || typeof row['message'] !== 'string') return [];
    const { account, group } = readLogReference(textOf(row['logGroupIdentifier']));
    const stream = textOf(row['logStreamName']);
    return [{ timestampMs, message: row['message'], stream, id: '', group: group === '' ? null : group, account }];
  });
  return { events, problems: [] };
}

/** Loki's push form: lines with times in nanoseconds, as text. */
function loki(value: Json): ExportRead | null {
  const streams = value['streams'];
  if (!Array.isArray(streams)) return null;
  const events = streams.filter(isObject).flatMap((stream) => {
    const labels = isObject(stream['stream']) ? stream['stream'] : {};
    const rows = Array.isArray(stream['values']) ? (stream['values'] as readonly unknown[]) : [];
    return rows.flatMap((row) => {
      const [time, message] = Array.isArray(row) ? (row as readonly unknown[]) : [];
      const timestampMs = readEpoch(Number(time));
      if (timestampMs === null || typeof message !== 'string') return [];
      return [{ ...NOWHERE, ...placeOf(labels), timestampMs, message }];
    });
  });
  return events.length === 0 ? null : { events, problems: [] };
}

/** Vector, Fluent Bit, Filebeat, Logstash, Splunk's HTTP event collector, and loggers that wrap a line as their message. */
function shipped(value: Json): ExportRead | null {
  const inner = value['event'];
  const message = value['message'] ?? value['log'] ?? value['msg'] ?? (isObject(inner) ? inner['message'] : inner);
  if (typeof message !== 'string') return null;
  const line = parsePlatformLine(message);
  if (!line.ok && parseRuntimeError(message) === null) return null;
  // A time in the line itself is CloudWatch's; the shipper's own may be that of its arrival.
  const own = line.ok && line.time !== null ? readTime(line.time) : null;
  const timestampMs = own ?? timeOf(value['timestamp'] ?? value['@timestamp'] ?? value['time'] ?? value['date']);
  return timestampMs === null ? null : one({ ...NOWHERE, ...placeOf(value), timestampMs, message });
}

const NOWHERE = { stream: '', id: '', group: null, account: null } as const;

/** Where shippers keep the log group and stream. */
function placeOf(value: Json): Partial<ExportEvent> {
  const nested = [
    value,
    value['aws'],
    value['awscloudwatch'],
    value['cloudwatch'],
    value['fields'],
    value['kubernetes'],
  ].filter(isObject);
  const find = (names: readonly string[]): string =>
    nested.flatMap((place) => names.map((name) => textOf(place[name]))).find((text) => text !== '') ?? '';
  const group = find(['logGroup', 'log_group', 'log_group_name', 'group', '__aws_cloudwatch_log_group']);
  const id = find(['eventId', 'event_id', 'id']);
  return {
    stream: find(['logStream', 'log_stream', 'log_stream_name', '__aws_cloudwatch_log_stream']),
    group: group === '' ? null : group,
    id: /^\d{56}$/.test(id) ? id : '',
  };
}

function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return readEpoch(value);
  if (typeof value !== 'string') return null;
  return /^\d{9,19}(?:\.\d+)?$/.test(value) ? readEpoch(Number(value)) : readTime(value);
}

/** A message that a tool parsed already is a JSON record again. */
function messageOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function one(event: ExportEvent): ExportRead {
  return { events: [event], problems: [] };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
