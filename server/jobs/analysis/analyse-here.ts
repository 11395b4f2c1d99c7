/** Runs analyses in the calling thread, for processes that serve no requests: attribution workers and the transfer. */
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import { analysisTasks } from '../../analytics/tasks.ts';

/** Runs one of {@link AnalysisTasks}. AnalysisPool has the same method for threads. */
export async function analyseHere<K extends keyof AnalysisTasks>(
  name: K,
  ...args: Parameters<AnalysisTasks[K]>
): Promise<ReturnType<AnalysisTasks[K]>> {
  const task = analysisTasks[name] as (...args: readonly unknown[]) => unknown;
  return task(...args) as ReturnType<AnalysisTasks[K]>;
}
