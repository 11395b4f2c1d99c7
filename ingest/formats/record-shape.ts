/**
 * Which readers may know a JSON value, by the names of its members: a body of many small records would otherwise ask each of them
 * for some eighty members that the record does not have. All is found in one pass over the members: the first name of an object
 * of very many takes as long as all of them, and half as long as parsing.
 */
import { ACCESS_LOG_NAMES } from '../documents/access-log.ts';
import { SHORTEST_LINE } from './text-line.ts';
import { PLACE_NAMES, TIME_NAMES } from './wrapped-event.ts';

type Json = Readonly<Record<string, unknown>>;

/** Readers, as bits. */
export const READER = { forwarded: 1, logTail: 2, document: 4, list: 8, wrapped: 16 } as const;
export const EVERY_READER = 31;
/** Further bits: a member may name the place of the event, or its time, and the value holds as much as a time and a message. */
export const SHAPE = { place: 32, enough: 64, time: 128 } as const;
/** The bits of a value whose members are not looked through. */
export const EVERY_SHAPE = EVERY_READER | SHAPE.place | SHAPE.enough | SHAPE.time;

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
  [READER.wrapped, ['resourceLogs', 'common', 'event', 'content', 'jsonPayload', 'text']],
  [READER.wrapped, ['message', 'log', 'msg', 'line', 'textPayload', 'full_message', 'short_message', '_raw', '_msg']],
];

export const LISTED_NAMES: readonly string[] = NAMES.flatMap(([, names]) => names);

const BITS = new Map<string, number>();
for (const [reader, names] of NAMES) for (const name of names) BITS.set(name, (BITS.get(name) ?? 0) | reader);
for (const name of [...TIME_NAMES, ...ACCESS_LOG_NAMES.time]) BITS.set(name, (BITS.get(name) ?? 0) | SHAPE.time);
for (const name of PLACE_NAMES) BITS.set(name, (BITS.get(name) ?? 0) | SHAPE.place);

/** The bits of the readers that may take the value, and those of {@link SHAPE}. */
export function shapeOf(value: Json): number {
  let bits = 0;
  let members = 0;
  for (const name in value) {
    members += 1;
    if (members > 1 || !isLittle(name, value[name])) bits |= SHAPE.enough;
    bits |= BITS.get(name) ?? 0;
  }
  return bits;
}

/** Whether a member is less than a time and a message: it is short and holds nothing. */
function isLittle(name: string, value: unknown): boolean {
  // Members of Logs Insights have a reason of their own.
  if (name.startsWith('@')) return false;
  return typeof value === 'string' ? value.length < SHORTEST_LINE : typeof value !== 'object' || value === null;
}
