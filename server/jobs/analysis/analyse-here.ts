/** Runs analyses in the calling thread, for processes that serve no requests: attribution workers and the transfer. */
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import { analysisTasks } from '../../analytics/tasks.ts';
import type { MaybePacked } from '../../storage/packed.ts';
import { Packed, unpackedBytes } from '../../storage/packed.ts';

/** Runs one of {@link AnalysisTasks}. AnalysisPool has the same method for threads. */
export async function analyseHere<K extends keyof AnalysisTasks>(
  name: K,
  ...args: MaybePacked<Parameters<AnalysisTasks[K]>>
): Promise<ReturnType<AnalysisTasks[K]>> {
  const task = analysisTasks[name] as (...args: readonly unknown[]) => unknown;
  return task(...args.map(plain)) as ReturnType<AnalysisTasks[K]>;
}

function plain(arg: unknown): unknown {
  if (!(arg instanceof Packed)) return arg;
  return arg.bytes === null ? arg.value : unpackedBytes(arg.bytes);
}
