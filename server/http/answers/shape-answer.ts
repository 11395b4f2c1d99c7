/**
 * Has a thread shape large answers. The main thread passes packed rows to it and gets bytes back, so that it
 * neither reads the rows nor writes the JSON.
 */
import type { AnalysisPool } from '../../jobs/analysis/analysis-pool.ts';
import type { MaybePacked, ReaderResult, ShapedBytes } from '../../storage/packed.ts';
import { Packed } from '../../storage/packed.ts';
import type { Store, TelemetryReader } from '../../storage/ports.ts';
import { EncodedJson } from './encoded-json.ts';
import type { Shaped } from './shaped.ts';
import type { AnswerTasks } from './tasks.ts';

type BodyOf<K extends keyof AnswerTasks> =
  ReturnType<AnswerTasks[K]> extends Shaped<infer Body, unknown> ? Body : never;
type MetaOf<K extends keyof AnswerTasks> =
  ReturnType<AnswerTasks[K]> extends Shaped<unknown, infer Meta> ? Meta : never;

interface ShapedAnswer<K extends keyof AnswerTasks> {
  readonly answer: EncodedJson<BodyOf<K>>;
  readonly meta: MetaOf<K>;
}

/** Runs one of {@link AnswerTasks} in a thread; packed arguments move there. Rejects as {@link AnalysisPool.shape} does. */
export async function shapeAnswer<K extends keyof AnswerTasks>(
  pool: Pick<AnalysisPool, 'shape'>,
  name: K,
  ...args: MaybePacked<Parameters<AnswerTasks[K]>>
): Promise<ShapedAnswer<K>> {
  const { bytes, meta } = (await pool.shape(name, args)) as {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly meta: MetaOf<K>;
  };
  return { answer: new EncodedJson(bytes), meta };
}

/** Questions whose answer is the first argument of a task. */
type QuestionFor<K extends keyof AnswerTasks> = {
  [Q in keyof TelemetryReader]: ReaderResult<Q> extends Parameters<AnswerTasks[K]>[0] ? Q : never;
}[keyof TelemetryReader];
type RestOf<Args extends readonly unknown[]> = Args extends readonly [unknown, ...infer Rest] ? Rest : never;

/**
 * Asks a question and runs one of {@link AnswerTasks} on its answer, in the reader thread that reads it: the rows pass through no
 * other thread. Where the store has no such threads, the answers thread runs the task. Rejects as the question does.
 */
export async function readShaped<K extends keyof AnswerTasks, Q extends QuestionFor<K>>(
  { store, analysis }: { readonly store: Pick<Store, 'readShaped'>; readonly analysis: Pick<AnalysisPool, 'shape'> },
  [question, query]: readonly [question: Q, query: Parameters<TelemetryReader[Q]>[0]],
  name: K,
  ...args: RestOf<Parameters<AnswerTasks[K]>>
): Promise<EncodedJson<BodyOf<K>>> {
  const found = await store.readShaped(question, query, { name, args });
  if (!(found instanceof Packed)) return new EncodedJson(found.bytes);
  const { bytes } = (await analysis.shape(name, [found, ...args])) as ShapedBytes;
  return new EncodedJson(bytes);
}
