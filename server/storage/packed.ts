/**
 * Answers of a store that the main thread passes to another thread without reading them: a reader thread serializes its
 * answer, and the bytes move from thread to thread instead of being copied.
 */
import { deserialize, serialize } from 'node:v8';
import type { TelemetryReader } from './questions/telemetry-reader.generated.ts';

/** The result of a question. */
export type ReaderResult<K extends keyof TelemetryReader> = Awaited<ReturnType<TelemetryReader[K]>>;

/** A serialized answer, or the plain answer of a store whose client runs on the main thread. */
export class Packed<T> {
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly value: T | null;
  /** Where the next page begins, if the answer is a page that is not the last. */
  readonly nextCursor: string | null;
  /** Number of rows, if the answer is a page that says so. */
  readonly rows: number | null;

  constructor(bytes: Uint8Array<ArrayBuffer> | null, value: T | null, { nextCursor, rows }: PageFacts = NO_PAGE) {
    this.bytes = bytes;
    this.value = value;
    this.nextCursor = nextCursor;
    this.rows = rows;
  }
}

/** What the main thread needs to know of a page to ask for the next. */
export type PageFacts = Pick<Packed<unknown>, 'nextCursor' | 'rows'>;

const NO_PAGE: PageFacts = { nextCursor: null, rows: null };

/** Cursor and number of rows of an answer that is a page; null for any other answer. */
export function pageFactsOf(answer: unknown): PageFacts {
  if (typeof answer !== 'object' || answer === null) return NO_PAGE;
  const nextCursor = 'nextCursor' in answer && typeof answer.nextCursor === 'string' ? answer.nextCursor : null;
  return { nextCursor, rows: 'rows' in answer && typeof answer.rows === 'number' ? answer.rows : null };
}

/** Each argument as it is, or packed. */
export type MaybePacked<Args extends readonly unknown[]> = { readonly [I in keyof Args]: Args[I] | Packed<Args[I]> };

/** Runs a question of {@link TelemetryReader} and returns its packed result. Rejects as the question itself does. */
export type PackedReader = <K extends keyof TelemetryReader>(
  name: K,
  query: Parameters<TelemetryReader[K]>[0],
) => Promise<Packed<ReaderResult<K>>>;

/** The name of a question, and its query. */
export type Question<K extends keyof TelemetryReader = keyof TelemetryReader> = {
  [Name in K]: readonly [name: Name, query: Parameters<TelemetryReader[Name]>[0]];
}[K];

/** A task that turns the answers of questions into the text of an API answer. */
export interface ShapeTask {
  readonly name: string;
  /** Arguments after the first, which are the answers of the questions. */
  readonly args: readonly unknown[];
}

/** What a task wrote. */
export interface ShapedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly meta: unknown;
}

/**
 * Runs questions, which see one snapshot and share one deadline, and the task on their answers in the same thread. A store that
 * reads in no thread of its own returns the packed answers, on which no task ran. Rejects as the questions themselves do.
 */
export type ShapingReader = (
  questions: readonly Question[],
  task: ShapeTask,
) => Promise<ShapedBytes | readonly Packed<unknown>[]>;

/** Serializes an answer into a buffer of its own, which can be transferred. */
export function packedBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = serialize(value);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Reverses {@link packedBytes}. */
export function unpackedBytes(bytes: Uint8Array): unknown {
  return deserialize(bytes);
}

/** The answer of a reader on this thread, as {@link PackedReader} returns it. */
export async function unserialized<K extends keyof TelemetryReader>(
  read: TelemetryReader,
  name: K,
  query: Parameters<TelemetryReader[K]>[0],
): Promise<Packed<ReaderResult<K>>> {
  const value: unknown = await read[name](query as never);
  return new Packed<never>(null, value as never, pageFactsOf(value));
}

/** The packed answers of a reader, as {@link ShapingReader} returns them. */
export function allPacked(read: PackedReader, questions: readonly Question[]): Promise<readonly Packed<unknown>[]> {
  return Promise.all(questions.map(([name, query]) => read(name, query as never)));
}
