/**
 * What CloudWatch Logs hands to a Lambda forwarder, directly or through Kinesis, and the envelopes in which events come back
 * from its dead-letter queue, its on-failure destination, or a topic.
 */
import { jsonIn } from '../documents/json.ts';
import { parseLimited } from '../text/json-limits.ts';
import type { WholeText } from '../text/known-members.ts';

export type ForwardedItem =
  /** Base64 of one subscription message, usually compressed. */
  | { readonly kind: 'data'; readonly data: string; readonly field: string; readonly text: string }
  /** A subscription message that is decoded already. */
  | { readonly kind: 'message'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly text: string };

type Json = Readonly<Record<string, unknown>>;

/** A message of a queue holds an on-failure record, which holds the event: no chain of envelopes is longer than this. */
const MAX_DEPTH = 6;

/**
 * The subscription messages in an event or dead letter; null if the value is neither. `text` is the value as written. `whole`: the text
 * around it, if not all of that was parsed.
 */
export function readForwarded(
  value: unknown,
  text?: string,
  whole: WholeText | null = null,
): readonly ForwardedItem[] | null {
  return read(value, { text, whole }, 0);
}

/** The text of a value, and the text around it, if not all of that was parsed. */
interface Written {
  readonly text: string | undefined;
  readonly whole: WholeText | null;
}

function read(value: unknown, written: Written, depth: number): readonly ForwardedItem[] | null {
  if (depth > MAX_DEPTH) return [unreadable('dead-letter-nested-too-deep', value, written)];
  const within = { text: undefined, whole: written.whole };
  if (Array.isArray(value)) {
    const items = value.map((item) => read(item, within, depth + 1));
    return items.length > 0 && items.every((item) => item !== null) ? items.flat() : null;
  }
  if (!isRecord(value)) return null;
  if (value['messageType'] !== undefined) return [{ kind: 'message', value, text: textOf(value, written) }];
  const { awslogs } = value;
  if (isRecord(awslogs) && ('data' in awslogs || Object.keys(value).length === 1))
    return [dataItem(awslogs['data'], 'awslogs.data', value, written)];
  const inner = (payload: unknown): readonly ForwardedItem[] =>
    (typeof payload === 'string' ? readText(payload, depth + 1) : read(payload, within, depth + 1)) ?? [
      unreadable('dead-letter-not-an-event', payload, within),
    ];
  const { Records, records, Messages, requestPayload, payload } = value;
  if (Array.isArray(records) && records.some(holdsData) && isFirehose(value))
    return records.map((record, at) => firehoseItem(record, at, within));
  if (Array.isArray(Records) && Records.length > 0) return readRecords(Records, inner, within);
  if (Array.isArray(Messages) && Messages.every((message) => isRecord(message) && 'Body' in message))
    return (Messages as readonly Json[]).flatMap((message) => inner(message['Body']));
  const isOnFailure = isRecord(value['requestContext']) && 'functionArn' in value['requestContext'];
  if (requestPayload !== undefined && (isOnFailure || holdsEvent(requestPayload))) return inner(requestPayload);
  if (isOnFailure && payload !== undefined) return inner(payload);
  if (isOnFailure && 'KinesisBatchInfo' in value) return [unreadable('dead-letter-without-payload', value, written)];
  if (isRecord(value['detail']) && value['detail']['requestPayload'] !== undefined)
    return inner(value['detail']['requestPayload']);
  if (value['Type'] === 'Notification' && 'TopicArn' in value && typeof value['Message'] === 'string')
    return inner(value['Message']);
  if (typeof value['Body'] === 'string' && 'MessageId' in value) return inner(value['Body']);
  return null;
}

/** Records of an event source: Kinesis, SQS or SNS. null if a record is of another service. */
function readRecords(
  records: readonly unknown[],
  inner: (payload: unknown) => readonly ForwardedItem[],
  within: Written,
): readonly ForwardedItem[] | null {
  const items: ForwardedItem[] = [];
  for (const [at, record] of records.entries()) {
    if (!isRecord(record)) return null;
    if (isRecord(record['kinesis']))
      items.push(dataItem(record['kinesis']['data'], `Records[${at}].kinesis.data`, record, within));
    // aws kinesis get-records
    else if (typeof record['Data'] === 'string' && 'PartitionKey' in record)
      items.push(dataItem(record['Data'], `Records[${at}].Data`, record, within));
    else if (isRecord(record['Sns'])) for (const item of inner(record['Sns']['Message'])) items.push(item);
    else if (typeof record['body'] === 'string') for (const item of inner(record['body'])) items.push(item);
    else return null;
  }
  return items;
}

/** A request of Data Firehose to an HTTP endpoint, or to a function that transforms its records. Applications log such members, too. */
function isFirehose(value: Json): boolean {
  return (
    ('requestId' in value && typeof value['timestamp'] === 'number') ||
    ('invocationId' in value && 'deliveryStreamArn' in value)
  );
}

function holdsData(record: unknown): boolean {
  return isRecord(record) && typeof record['data'] === 'string';
}

function firehoseItem(record: unknown, at: number, within: Written): ForwardedItem {
  if (!isRecord(record)) return unreadable('record-without-data', record, within);
  return dataItem(record['data'], `records[${at}].data`, record, within);
}

function holdsEvent(payload: unknown): boolean {
  return isRecord(payload) && ('awslogs' in payload || 'Records' in payload);
}

function readText(text: string, depth: number): readonly ForwardedItem[] | null {
  const value = parseLimited(text);
  return value === undefined ? null : read(value, { text, whole: null }, depth);
}

function dataItem(data: unknown, field: string, value: unknown, written: Written): ForwardedItem {
  if (typeof data !== 'string') return unreadable('record-without-data', value, written);
  return { kind: 'data', data, field, text: textOf(value, written) };
}

function unreadable(reason: string, value: unknown, written: Written): ForwardedItem {
  return {
    kind: 'unreadable',
    reason,
    text: written.text === undefined && typeof value === 'string' ? value : textOf(value, written),
  };
}

function textOf(value: unknown, { text, whole }: Written): string {
  return text ?? jsonIn(whole, value);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
