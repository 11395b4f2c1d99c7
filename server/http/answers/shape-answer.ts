/**
 * Has a thread shape large answers. The main thread passes packed rows to it and gets bytes back, so that it
 * neither reads the rows nor writes the JSON.
 */
import type { AnalysisPool } from '../../jobs/analysis/analysis-pool.ts';
import type { MaybePacked } from '../../storage/packed.ts';
import { EncodedJson } from './encoded-json.ts';
import type { Shaped } from './shaped.ts';
import type { AnswerTasks } from './tasks.ts';

type BodyOf<K extends keyof AnswerTasks> =
  ReturnType<AnswerTasks[K]> extends Shaped<infer Body, unknown> ? Body : never;
type MetaOf<K extends keyof AnswerTasks> =
  ReturnType<AnswerTasks[K]> extends Shaped<unknown, infer Meta> ? Meta : never;

interface ShapedBytes<K extends keyof AnswerTasks> {
  readonly answer: EncodedJson<BodyOf<K>>;
  readonly meta: MetaOf<K>;
}

/** Runs one of {@link AnswerTasks} in a thread; packed arguments move there. Rejects as {@link AnalysisPool.shape} does. */
export async function shapeAnswer<K extends keyof AnswerTasks>(
  pool: Pick<AnalysisPool, 'shape'>,
  name: K,
  ...args: MaybePacked<Parameters<AnswerTasks[K]>>
): Promise<ShapedBytes<K>> {
  const { bytes, meta } = (await pool.shape(name, args)) as {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly meta: MetaOf<K>;
  };
  return { answer: new EncodedJson(bytes), meta };
}
