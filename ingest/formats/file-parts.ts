/** Reads a file of any size in parts: gzip by its content, UTF-8 or UTF-16, divided between events. */
import type { Bytes, Note } from './gzip-stream.ts';
import { inflated } from './gzip-stream.ts';
import { PartSplitter } from './part-splitter.ts';
import { decodedText } from './text-encoding.ts';

/**
 * The parts of a file, each of which `readRawLogs` can read by itself. `note` receives what a person should know about the
 * file, such as a truncated end. `maxUndivided`: characters of a document that cannot be divided. `maxBytes`: what a layer of gzip may
 * inflate to. @throws NotTextError, UndividedError, InflatesTooFarError
 */
export async function* filePartsOf(
  bytes: Bytes,
  note: Note,
  maxUndivided?: number,
  maxBytes?: number,
): AsyncGenerator<string> {
  const splitter = new PartSplitter(undefined, maxUndivided);
  for await (const text of decodedText(inflated(bytes, note, maxBytes))) yield* splitter.push(text);
  yield* splitter.finish();
}
