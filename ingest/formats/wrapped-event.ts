/**
 * JSON values in which tools wrap log events: Logs Insights, `--query` pairs, live tail, and the records of log shippers.
 * A shipper's record is taken only where its message is a line that Lambda or a runtime wrote: anything else may be an
 * application's own JSON line.
 */
import { accessLogTime } from '../documents/access-log.ts';
import { jsonIn } from '../documents/json.ts';
import { parsePlatformLine } from '../lines/platform-line.ts';
import { parseRuntimeError } from '../lines/runtime-error.ts';
import type { WholeText } from '../text/known-members.ts';
import type { EventTime } from './event-time.ts';
import { readEventTime } from './event-time.ts';
import type { EventPlace, ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { eventOf, readLogReference } from './export-event.ts';

type Json = Readonly<Record<string, unknown>>;

type Text = ExportProblem['text'];

/**
 * Reads one JSON value; null when it is none of these forms. `text` is the value as it was written, for problems. `whole`: the text
 * around it, if not all of that was parsed.
 */
export function readWrapped(value: unknown, text: Text, whole: WholeText | null = null): ExportRead | null {
  if (Array.isArray(value)) return fieldsRow(value, text, whole) ?? pair(value);
  if (!isObject(value)) return null;
  const isInsights = value['@message'] !== undefined || value['@ptr'] !== undefined;
  return (
    queryResults(value, text, whole) ??
    (isInsights ? null : readShipped(value)) ??
    insightsRow(value, text, whole) ??
    liveTail(value) ??
    loki(value) ??
    openTelemetry(value) ??
    newRelic(value)
  );
}

/** `aws logs get-query-results`: rows of `{ field, value }`. */
function queryResults(value: Json, text: Text, whole: WholeText | null): ExportRead | null {
  const results = value['results'];
  if (!Array.isArray(results) || !results.every(Array.isArray)) return null;
  const status = value['status'];
  const events: ExportEvent[] = [];
  const problems: ExportProblem[] = [];
  if (status === 'Running' || status === 'Scheduled') problems.push({ reason: 'insights-still-running', text });
  for (const fields of results as readonly (readonly unknown[])[]) {
    const own = (): string => jsonIn(whole, fields);
    const read = fieldsRow(fields, own, whole);
    if (read === null) problems.push({ reason: 'insights-without-message', text: own });
    else {
      for (const event of read.events) events.push(event);
      for (const problem of read.problems) problems.push(problem);
    }
  }
  return { events, problems };
}

/** One row of `{ field, value }`; null when the array is none. */
function fieldsRow(fields: readonly unknown[], text: Text, whole: WholeText | null): ExportRead | null {
  if (fields.length === 0 || !fields.every((one) => isObject(one) && typeof one['field'] === 'string')) return null;
  const row: Record<string, unknown> = {};
  for (const one of fields.filter(isObject)) {
    const name = String(one['field']);
    if (ROW_NAMES.has(name)) row[name] = one['value'];
  }
  return insightsRow(row, text, whole) ?? { events: [], problems: [{ reason: 'insights-without-message', text }] };
}

/** The fields of a row that are read: V8 describes each list of other names anew. */
const ROW_NAMES: ReadonlySet<string> = new Set(
  '@timestamp @message message @ptr @log @logStream @log_group @log_stream @owner @id'.split(' '),
);

/** A row of Logs Insights' JSON export. */
function insightsRow(value: Json, text: Text, whole: WholeText | null): ExportRead | null {
  const time = value['@timestamp'];
  const message = value['@message'];
  if (message === undefined && (value['@ptr'] !== undefined || (time !== undefined && value['message'] === undefined)))
    return { events: [], problems: [{ reason: 'insights-without-message', text }] };
  if (message === undefined) return null;
  const at = readEventTime(time);
  if (at === null) return { events: [], problems: [{ reason: 'insights-without-timestamp', text }] };
  const log = typeof value['@log'] === 'string' ? value['@log'] : '';
  const { account, group } = readLogReference(log);
  if (log !== '' || value['@log_group'] === undefined)
    return one(
      eventOf(
        { stream: textOf(value['@logStream']), id: '', group: log === '' ? null : group },
        at,
        messageOf(message, whole),
        account,
      ),
    );
  // What CloudWatch Logs' own subscription to OpenSearch stores.
  const [stream, owner, id] = [value['@log_stream'], value['@owner'], value['@id']].map(textOf);
  const place = {
    stream: stream ?? '',
    id: id !== undefined && /^\d{56}$/.test(id) ? id : '',
    group: textOf(value['@log_group']) || null,
  };
  return one(
    eventOf(place, at, messageOf(message, whole), owner !== undefined && /^\d{12}$/.test(owner) ? owner : null),
  );
}

/** `--query 'events[].[timestamp,message]'`, in either order. */
function pair(value: readonly unknown[]): ExportRead | null {
  const [first, second, stream] = value;
  const [time, message] = typeof first === 'string' ? [second, first] : [first, second];
  if (typeof time !== 'number' || typeof message !== 'string' || value.length > 3) return null;
  const at = readEventTime(time);
  return at === null ? null : one(eventOf({ ...NOWHERE, stream: textOf(stream) }, at, message));
}

/** `aws logs start-live-tail --mode print-only` with JSON output. */
function liveTail(value: Json): ExportRead | null {
  const update = isObject(value['sessionUpdate']) ? value['sessionUpdate'] : value;
  const results = update['sessionResults'];
  if (!Array.isArray(results)) return null;
  const events = results.filter(isObject).flatMap((row) => {
    const at = readEventTime(row['timestamp']);
    if (at === null || typeof row['message'] !== 'string') return [];
    const { account, group } = readLogReference(textOf(row['logGroupIdentifier']));
    const stream = textOf(row['logStreamName']);
    return [eventOf({ stream, id: '', group: group === '' ? null : group }, at, row['message'], account)];
  });
  return { events, problems: [] };
}

/** Loki's push form: lines with times in nanoseconds, as text. */
function loki(value: Json): ExportRead | null {
  // A push has streams, an answer to a query has results.
  const streams = value['streams'] ?? (isObject(value['data']) ? value['data']['result'] : undefined);
  if (!Array.isArray(streams)) return null;
  const events: ExportEvent[] = [];
  for (const stream of streams.filter(isObject)) {
    const rows = stream['values'];
    if (!Array.isArray(rows)) continue;
    const place = placeOf(isObject(stream['stream']) ? stream['stream'] : {});
    for (const row of rows as readonly unknown[]) {
      const message: unknown = Array.isArray(row) ? row[1] : null;
      if (!Array.isArray(row) || typeof message !== 'string') continue;
      const at = readEventTime(row[0]);
      if (at !== null) events.push(eventOf(place, at, message));
    }
  }
  return events.length === 0 ? null : { events, problems: [] };
}

/** Log records of OpenTelemetry in JSON: group and stream are attributes of the resource, times are nanoseconds as text. */
function openTelemetry(value: Json): ExportRead | null {
  if (!Array.isArray(value['resourceLogs'])) return null;
  const events = objectsIn(value['resourceLogs']).flatMap((resource) => {
    const attributes = isObject(resource['resource']) ? objectsIn(resource['resource']['attributes']) : [];
    const place = placeOf(Object.fromEntries(attributes.map((one) => [textOf(one['key']), firstText(one['value'])])));
    const records = objectsIn(resource['scopeLogs']).flatMap((scope) => objectsIn(scope['logRecords']));
    return records.flatMap((record) => {
      const at = readEventTime(record['timeUnixNano']) ?? readEventTime(record['observedTimeUnixNano']);
      const message = isObject(record['body']) ? record['body']['stringValue'] : undefined;
      return at === null || typeof message !== 'string' ? [] : [eventOf(place, at, message)];
    });
  });
  return events.length === 0 ? null : { events, problems: [] };
}

/** The text of an attribute: itself, or the first of a list. */
function firstText(value: unknown): string {
  if (!isObject(value)) return '';
  const list = isObject(value['arrayValue']) ? objectsIn(value['arrayValue']['values']) : [];
  return textOf(value['stringValue'] ?? list[0]?.['stringValue']);
}

/** Vector, Fluent Bit, Filebeat, Logstash, Splunk's HTTP event collector, and loggers that wrap a line as their message. */
export function readShipped(value: Json): ExportRead | null {
  const { event: inner } = value;
  const holders = holdersOf(value);
  const message = shippedMessage(value, holders) ?? (typeof inner === 'string' ? inner : null);
  if (message === null) return null;
  const line = parsePlatformLine(message);
  if (!line.ok && line.reason === 'not-platform' && parseRuntimeError(message) === null) return null;
  // A time in the line itself is CloudWatch's; the shipper's own may be that of its arrival.
  const own = line.ok && line.time !== null ? readEventTime(line.time) : null;
  const at = own ?? recordTime(value) ?? holders.map(recordTime).find((time) => time !== null) ?? null;
  return at === null ? null : one(eventOf(placeOf(value), at, message));
}

/** Objects that may hold the message. */
function holdersOf(value: Json): readonly Json[] {
  const { event, content, jsonPayload, data } = value;
  const hasAny = isObject(event) || isObject(content) || isObject(jsonPayload) || isObject(data);
  if (!hasAny) return NONE;
  return [event, content, jsonPayload, isObject(data) && isTimedData(value) ? data : null].filter(isObject);
}

const NONE: readonly Json[] = [];

function shippedMessage(value: Json, holders: readonly Json[]): string | null {
  for (const name of MESSAGE_NAMES) {
    const own = value[name];
    if (typeof own === 'string') return own;
  }
  // Coralogix.
  if (typeof value['text'] === 'string' && 'subsystemName' in value) return value['text'];
  for (const { message, original } of holders) {
    if (typeof message === 'string') return message;
    if (typeof original === 'string') return original;
  }
  return null;
}

const MESSAGE_NAMES = [
  'message',
  'log',
  'msg',
  'line',
  'textPayload',
  'full_message',
  'short_message',
  // Splunk and Sumo Logic, VictoriaLogs.
  '_raw',
  '_msg',
];
/** Names under which shippers and log services give the time of a record. */
export const TIME_NAMES = ['timestamp', '@timestamp', 'time', 'date', '_time', '_messagetime'];

/**
 * The time of a record, under the names that shippers and log services give it, or of an access log; null if it has none that
 * can be read.
 */
export function recordTime(record: Json): EventTime | null {
  for (const name of TIME_NAMES) {
    const time = record[name];
    if (time !== undefined && time !== null) return readEventTime(time);
  }
  return readEventTime(accessLogTime(record));
}

/** The time of a record of a platform or an application, which state it as `time` or `timestamp`; else as shippers do. */
export function statedTime(record: Json): EventTime | null {
  return readEventTime(record['time'] ?? record['timestamp']) ?? recordTime(record);
}

/** Honeycomb and Axiom: a time, the data, and nothing else but what the service adds. */
function isTimedData(value: Json): boolean {
  return Object.keys(value).every((name) => DATA_NAMES.has(name));
}

const DATA_NAMES: ReadonlySet<string> = new Set(['time', '_time', '_sysTime', '_rowId', 'samplerate', 'data']);

/** New Relic's log API: lines with attributes that they share. */
function newRelic(value: Json): ExportRead | null {
  if (!isObject(value['common']) || !Array.isArray(value['logs'])) return null;
  const place = placeOf(isObject(value['common']['attributes']) ? value['common']['attributes'] : {});
  const events = objectsIn(value['logs']).flatMap((row) => {
    const at = readEventTime(row['timestamp']);
    return at === null || typeof row['message'] !== 'string' ? [] : [eventOf(place, at, row['message'])];
  });
  return events.length === 0 ? null : { events, problems: [] };
}

const NOWHERE = { stream: '', id: '', group: null } as const;

/** Members in which shippers keep the log group and stream. */
const PLACES = [
  'aws',
  'aws.cloudwatch',
  'awscloudwatch',
  'cloudwatch',
  'cloudwatch_logs',
  'event',
  'fields',
  'kubernetes',
  'labels',
];
const GROUP_NAMES = [
  'logGroup',
  'logGroupName',
  'log_group',
  'log_group_name',
  'group',
  '__aws_cloudwatch_log_group',
  'aws.cloudwatch.log_group',
  'aws.logGroup',
  'aws.log.group.names',
];
const STREAM_NAMES = [
  'logStream',
  'logStreamName',
  'log_stream',
  'log_stream_name',
  '__aws_cloudwatch_log_stream',
  'aws.cloudwatch.log_stream',
  'aws.logStream',
  'aws.log.stream.names',
];

const ID_NAMES = ['eventId', 'event_id', 'id'];

/** Where shippers keep the log group, the stream and the event's id. `mayName`: whether any member may name them. */
export function placeOf(value: Json, mayName = namesPlace(value)): EventPlace {
  if (!mayName) return NOWHERE;
  const places = placesIn(value);
  const group = firstTextOf(places, GROUP_NAMES);
  const id = firstTextOf(places, ID_NAMES);
  const stream = firstTextOf(places, STREAM_NAMES);
  return { stream, group: group === '' ? null : group, id: id !== '' && /^\d{56}$/.test(id) ? id : '' };
}

/** The record, the objects in it that may name the place, and what those hold of CloudWatch. */
function placesIn(value: Json): readonly Json[] {
  const places = [value];
  for (const name of PLACES) {
    const place = value[name];
    if (isObject(place)) places.push(place);
  }
  const nested = places.length;
  for (let at = 1; at < nested; at += 1) {
    const within = places[at]?.['cloudwatch'];
    if (isObject(within)) places.push(within);
  }
  return places;
}

/** The first text under one of the names; "" if there is none. */
function firstTextOf(places: readonly Json[], names: readonly string[]): string {
  for (const place of places) {
    for (const name of names) {
      const text = place[name];
      if (typeof text === 'string' && text !== '') return text;
    }
  }
  return '';
}

/** Names of members that may tell the place. */
export const PLACE_NAMES: ReadonlySet<string> = new Set([...PLACES, ...GROUP_NAMES, ...STREAM_NAMES, ...ID_NAMES]);

/** Whether any member may name the place: most events have a few members, none of them of these. */
function namesPlace(value: Json): boolean {
  for (const name in value) if (PLACE_NAMES.has(name)) return true;
  return false;
}

/** A message that a tool parsed already is a JSON record again. */
function messageOf(value: unknown, whole: WholeText | null): string {
  return typeof value === 'string' ? value : jsonIn(whole, value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function one(event: ExportEvent): ExportRead {
  return { events: [event], problems: [] };
}

function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
