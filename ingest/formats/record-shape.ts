/**
 * Which readers may know a JSON value, by the names of its members: a body of many small records would otherwise ask each of them
 * for some eighty members that the record does not have.
 */

type Json = Readonly<Record<string, unknown>>;

/** Readers, as bits. */
export const READER = { forwarded: 1, logTail: 2, document: 4, list: 8, wrapped: 16 } as const;
export const EVERY_READER = 31;

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

const READERS = new Map<string, number>();
for (const [reader, names] of NAMES) for (const name of names) READERS.set(name, (READERS.get(name) ?? 0) | reader);

/** The bits of the readers that may take the value. */
export function readersOf(value: Json): number {
  let readers = 0;
  for (const name in value) readers |= READERS.get(name) ?? 0;
  return readers;
}
