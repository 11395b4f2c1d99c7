/**
 * Has a thread shape large answers. The main thread passes packed rows to it and gets bytes back, so that it
 * neither reads the rows nor writes the JSON.
 */
import type { AnalysisPool } from '../../jobs/analysis/analysis-pool.ts';
import type { MaybePacked, Question, ReaderResult, ShapedBytes } from '../../storage/packed.ts';
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

type Names = readonly (keyof TelemetryReader)[];
type Answers<Q extends Names> = { readonly [I in keyof Q]: ReaderResult<Q[I]> };
/** Arguments of a task after the answers of the questions; never if the task does not take these answers. */
type RestOf<Args extends readonly unknown[], Q extends Names> = Args extends readonly [...Answers<Q>, ...infer Rest]
  ? Rest
  : never;

/**
 * Asks questions and runs one of {@link AnswerTasks} on their answers, in the reader thread that reads them: the rows pass through
 * no other thread. Where the store has no such threads, the answers thread runs the task. Rejects as the questions do.
 */
export async function readShaped<K extends keyof AnswerTasks, const Q extends Names>(
  threads: Threads,
  questions: { readonly [I in keyof Q]: Question<Q[I]> },
  name: K,
  ...args: RestOf<Parameters<AnswerTasks[K]>, Q>
): Promise<EncodedJson<BodyOf<K>>> {
  return (await readShapedAnswer(threads, questions, name, ...args)).answer;
}

/** {@link readShaped}, with what the handler needs to know of the answer. */
export async function readShapedAnswer<K extends keyof AnswerTasks, const Q extends Names>(
  { store, analysis }: Threads,
  questions: { readonly [I in keyof Q]: Question<Q[I]> },
  name: K,
  ...args: RestOf<Parameters<AnswerTasks[K]>, Q>
): Promise<ShapedAnswer<K>> {
  const found = await store.readShaped(questions, { name, args });
  const { bytes, meta } = 'bytes' in found ? found : ((await analysis.shape(name, [...found, ...args])) as ShapedBytes);
  return { answer: new EncodedJson(bytes), meta: meta as MetaOf<K> };
}

/** What reads and shapes. */
interface Threads {
  readonly store: Pick<Store, 'readShaped'>;
  readonly analysis: Pick<AnalysisPool, 'shape'>;
}
