/** Reads a file of any size in parts: gzip by its content, UTF-8 or UTF-16, divided between events; or records of OpenTelemetry. */
import type { Bytes, Note } from './gzip-stream.ts';
import { inflated } from './gzip-stream.ts';
import { beginsOtelRecord, HEAD_BYTES } from './otel-metrics.ts';
import { OtelSplitter } from './otel-parts.ts';
import { PartSplitter, UndividedError } from './part-splitter.ts';
import { decodedText } from './text-encoding.ts';

/**
 * The parts of a file, each of which `readRawLogs` can read by itself: texts, or the bytes of a metric stream. `note` receives what a person should know about the
 * file, such as a truncated end. `maxUndivided`: characters of a document that cannot be divided. `maxBytes`: what a layer of gzip may
 * inflate to. @throws NotTextError, UndividedError, InflatesTooFarError
 */
export async function* filePartsOf(
  bytes: Bytes,
  note: Note,
  maxUndivided?: number,
  maxBytes?: number,
): AsyncGenerator<string | Buffer> {
  const chunks = inflated(bytes, note, maxBytes);
  const head = await headOf(chunks);
  if (beginsOtelRecord(head)) {
    yield* otelParts(withHead(head, chunks), maxUndivided);
    return;
  }
  const splitter = new PartSplitter(undefined, maxUndivided);
  for await (const text of decodedText(withHead(head, chunks))) yield* splitter.push(text);
  yield* splitter.finish();
}

async function* otelParts(bytes: Bytes, maxUndivided = MOST_UNDIVIDED): AsyncGenerator<Buffer> {
  const splitter = new OtelSplitter();
  for await (const chunk of bytes) {
    yield* splitter.push(chunk);
    if (splitter.held > maxUndivided) throw new UndividedError('a message of a metric stream has an impossible length');
  }
  yield* splitter.finish();
}

/** Bytes that are held behind a broken message, to find the next one. */
const MOST_UNDIVIDED = 64 * 1_048_576;

/** Enough chunks to tell what the file is; all of a shorter file. */
async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const head: Buffer[] = [];
  for (let bytes = 0; bytes < HEAD_BYTES; ) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(next.value);
    bytes += next.value.length;
  }
  return Buffer.concat(head);
}

async function* withHead(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}
