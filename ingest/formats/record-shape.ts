/**
 * Which readers may know a JSON value, by the names of its members: a body of many small records would otherwise ask each of them
 * for some eighty members that the record does not have. All is found in one pass over the members: the first name of an object
 * of very many takes as long as all of them, and half as long as parsing.
 */
import { ACCESS_LOG_NAMES } from '../documents/access-log.ts';
import { lazily } from '../documents/json.ts';
import type { WholeText } from '../text/known-members.ts';
import type { ExportRead } from './export-event.ts';
import { BULK_ACTIONS } from './record-lists.ts';
import { SHORTEST_LINE } from './text-line.ts';
import { PLACE_NAMES, readShipped, readWrapped, TIME_NAMES } from './wrapped-event.ts';

type Json = Readonly<Record<string, unknown>>;

/** Readers, as bits. `shipped`: the one of them in `wrapped` that reads records of log shippers. */
export const READER = { forwarded: 1, logTail: 2, document: 4, list: 8, wrapped: 16, shipped: 32 } as const;
export const EVERY_READER = 63;
/**
 * Further bits: a member may name the place of the event, or its time; the value holds as much as a time and a message; a member is a text
 * as long as a line, or holds members; a member is one by which events, messages and failed deliveries are told, or an action of a bulk request.
 */
export const SHAPE = { place: 64, enough: 128, time: 256, inner: 512, direct: 1024, bulk: 2048 } as const;
/** The bits of a value whose members are not looked through. */
export const EVERY_SHAPE = 4095;

/** Members without which a reader takes no value. The test reads records that tell which members they are asked for. */
const NAMES: readonly (readonly [reader: number, names: readonly string[]])[] = [
  [READER.forwarded, ['awslogs', 'Records', 'Messages', 'requestPayload', 'payload', 'requestContext', 'detail']],
  [READER.forwarded, ['Type', 'Body', 'messageType', 'records']],
  [READER.logTail, ['LogResult']],
  [READER.document, ['Traces', 'Segments', 'Functions', 'Records', 'FunctionName', 'eventName']],
  // Power Tuning
  [READER.document, ['output', 'results', 'analysis', 'power', 'input', 'lambdaARN']],
  [READER.document, ['trace_id', 'traceId', 'metric_stream_name']],
  [READER.list, ['hits', 'rawResponse', 'response', '_source', 'fields', 'result', 'attributes']],
  [READER.list, ['data', 'logs', 'messages', 'matches', 'entries', 'results']],
  [READER.wrapped, ['results', '@message', '@ptr', '@timestamp', 'sessionUpdate', 'sessionResults', 'streams', 'data']],
  [READER.wrapped, ['resourceLogs', 'common']],
  [READER.shipped, ['event', 'content', 'jsonPayload', 'data', 'text']],
  [READER.shipped, ['message', 'log', 'msg', 'line', 'textPayload', 'full_message', 'short_message', '_raw', '_msg']],
];
/** Members without which a value is no failed delivery, list of events, message or event. */
const DIRECT_NAMES = ['rawData', 'events', 'messageType', 'message'];

export const LISTED_NAMES: readonly string[] = NAMES.flatMap(([, names]) => names);

const BITS = new Map<string, number>();
for (const [reader, names] of NAMES) for (const name of names) BITS.set(name, (BITS.get(name) ?? 0) | reader);
for (const name of [...TIME_NAMES, ...ACCESS_LOG_NAMES.time]) BITS.set(name, (BITS.get(name) ?? 0) | SHAPE.time);
for (const name of PLACE_NAMES) BITS.set(name, (BITS.get(name) ?? 0) | SHAPE.place);
for (const name of DIRECT_NAMES) BITS.set(name, (BITS.get(name) ?? 0) | SHAPE.direct);
for (const name of BULK_ACTIONS) BITS.set(name, (BITS.get(name) ?? 0) | SHAPE.bulk);

/** The bits of the readers that may take the value, and those of {@link SHAPE}. */
export function shapeOf(value: Json): number {
  let bits = 0;
  let members = 0;
  for (const name in value) {
    members += 1;
    const holdsMore = mayHoldLine(value[name]);
    if (holdsMore) bits |= SHAPE.inner;
    // Less than a time and a message is one member that is short and holds nothing. Those of Logs Insights have a reason of their own.
    if (members > 1 || holdsMore || name.charCodeAt(0) === AT_SIGN) bits |= SHAPE.enough;
    bits |= BITS.get(name) ?? 0;
  }
  return bits;
}

const AT_SIGN = 0x40;

/** Whether the value is as long as a line, or holds further values. */
function mayHoldLine(value: unknown): boolean {
  return typeof value === 'string' ? value.length >= SHORTEST_LINE : typeof value === 'object' && value !== null;
}

/** Whether the value is an event of CloudWatch Logs. With a level it is an application's. */
export function isEvent(value: Json): boolean {
  return 'message' in value && ('timestamp' in value || 'eventTime' in value) && !('level' in value);
}

/** What the readers of shippers and exports make of a record, where its members ask for them; null for any other. */
export function readAsked(
  record: Json,
  readers: number,
  text: string | null,
  whole: WholeText | null,
): ExportRead | null {
  if ((readers & READER.wrapped) !== 0) return readWrapped(record, text ?? lazily(record), whole);
  return (readers & READER.shipped) === 0 ? null : readShipped(record);
}
