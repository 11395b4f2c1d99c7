/** Entry points for bytes: each decodes a body as the decode threads do, in this process. */
import { gzipSync } from 'node:zlib';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from '../../ingest/decode/pipeline.ts';
import type { Signal } from '../../ingest/formats/otlp/items.ts';
import type { Encoding } from '../../ingest/formats/otlp/request.ts';
import { readOtlp } from '../../ingest/formats/otlp/request.ts';
import { readPulledPage } from '../../ingest/formats/pulled-page.ts';
import { readRawLogs } from '../../ingest/formats/raw-logs.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const context = { raw: 'platform', region: 'eu-west-1', selfLogGroups: [] } as const;
const source = { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/f', logStream: '' };

export interface EntryPoint {
  readonly name: string;
  /** Decodes a body with the text, which is all of it or the part that a sender chooses. Returns the size of the inflated body. */
  decode(text: string): number;
  /** That it reads protocol buffers, a character a byte. */
  readonly isBinary?: true;
}

const START = { id: '1', timestamp: AT, message: `START RequestId: ${ID} Version: $LATEST\n` };

function subscription(logGroup: string, logEvents: readonly unknown[]): string {
  const head = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup, logStream: STREAM };
  return JSON.stringify({ ...head, subscriptionFilters: ['all'], logEvents });
}

function firehose(record: string): number {
  const data = gzipSync(record, { level: 1 }).toString('base64');
  envelope(JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data }] }));
  return Buffer.byteLength(record);
}

/** A message of OpenTelemetry's format around the text: its length, and a resource of the length that follows. */
function otelRecord(text: string): number {
  const inner = Buffer.from(text, 'latin1');
  const message = Buffer.concat([Buffer.from([0x0a]), varint(inner.length), inner]);
  const data = Buffer.concat([varint(message.length), message]).toString('base64');
  envelope(JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data }] }));
  return message.length;
}

/** A request of OTLP with the text as its only scope. */
function otlpScope(signal: Signal, text: string): number {
  const scope = Buffer.from(text, 'latin1');
  const resource = Buffer.concat([Buffer.from([0x12]), varint(scope.length), scope]);
  const named = Buffer.concat([Buffer.from(NAMED_RESOURCE, 'latin1'), resource]);
  return otlp(signal, 'protobuf', Buffer.concat([Buffer.from([0x0a]), varint(named.length), named]));
}

/** A resource with the attribute `faas.name`: `f`. */
const NAMED_RESOURCE = '\n\u0012\n\u0010\n\tfaas.name\u0012\u0003\n\u0001f';

function otlp(signal: Signal, encoding: Encoding, body: Buffer): number {
  const read = readOtlp(body, signal, encoding);
  if (read.ok) decodeStreams(read.upload, { account: '', region: '' }, context);
  return body.length;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  return Buffer.from([...bytes, left]);
}

function envelope(body: string): number {
  decodeFirehose(Buffer.from(body), { requestId: 'r' }, context);
  return Buffer.byteLength(body);
}

function forwarded(body: string): number {
  decodeLambdaEvent(Buffer.from(body), context);
  return Buffer.byteLength(body);
}

function upload(body: string | Buffer, logGroup = source.logGroup): number {
  const logs = readRawLogs(Buffer.from(body as string), { ...source, logGroup });
  if (logs.ok) decodeStreams(logs, source, context);
  return Buffer.byteLength(body);
}

const CHECKPOINT = {
  account: '1',
  region: 'r',
  logGroup: '/aws/lambda/f',
  mode: 'poll',
  state: 'ok',
  events: 1,
  updatedMs: AT,
};

function pull(body: string): number {
  const page = readPulledPage(Buffer.from(body));
  if (page.ok) decodeStreams(page.given, page.checkpoint, context);
  return Buffer.byteLength(body);
}

/** Log groups whose messages have their own formats. */
const GROUPS = ['/aws/lambda/f', 'aws/spans', '/aws/lambda-insights', 'aws-cloudtrail-logs'];
const numbered = (text: string): readonly (readonly [string, number])[] =>
  text.split('\n').map((line, at) => [line, at]);
const event = (message: string) => ({ timestamp: AT, logStreamName: STREAM, message });

export const ENTRY_POINTS: readonly EntryPoint[] = [
  { name: 'lines', decode: (text) => upload(text) },
  { name: 'lines of no group', decode: (text) => upload(text, '') },
  { name: 'utf-16', decode: (text) => upload(Buffer.from(`\ufeff${text}`, 'utf16le')) },
  { name: 'record', decode: firehose },
  { name: 'envelope', decode: envelope },
  { name: 'OpenTelemetry record', decode: otelRecord },
  { name: 'OTLP scope of spans', decode: (text) => otlpScope('traces', text), isBinary: true },
  { name: 'OTLP scope of logs', decode: (text) => otlpScope('logs', text), isBinary: true },
  {
    name: 'OTLP request',
    decode: (text) => otlp('traces', 'protobuf', Buffer.from(text, 'latin1')),
    isBinary: true,
  },
  { name: 'OTLP spans in JSON', decode: (text) => otlp('traces', 'json', Buffer.from(text)) },
  { name: 'OTLP logs in JSON', decode: (text) => otlp('logs', 'json', Buffer.from(text)) },
  { name: 'forwarded', decode: forwarded },
  { name: 'forwarded message', decode: (text) => forwarded(JSON.stringify({ Records: [{ body: text }] })) },
  { name: 'pull', decode: pull },
  { name: 'pulled event', decode: (text) => pull(JSON.stringify({ checkpoint: CHECKPOINT, events: [event(text)] })) },
  { name: 'event of a file', decode: (text) => upload(JSON.stringify({ events: [event(text)] })) },
  { name: 'message of a shipper', decode: (text) => upload(JSON.stringify({ message: text, timestamp: AT })) },
  {
    name: 'events',
    decode: (text) =>
      firehose(
        subscription(
          '/aws/lambda/f',
          numbered(text).map(([message, at]) => ({ id: String(at), timestamp: AT + at, message })),
        ),
      ),
  },
  {
    name: 'extracted fields',
    decode: (text) =>
      firehose(
        subscription(
          '/g',
          numbered(text).map(([field, at]) => ({
            id: String(at),
            timestamp: AT,
            message: 'x',
            extractedFields: { '@aws.account': field, '@aws.region': field },
          })),
        ),
      ),
  },
  ...GROUPS.map((group) => ({
    name: `event in ${group}`,
    decode: (text: string) => firehose(subscription(group, [START, { id: '2', timestamp: AT + 1, message: text }])),
  })),
];
