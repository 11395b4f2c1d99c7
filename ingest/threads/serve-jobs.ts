/** The thread's side of {@link WorkerPool}: runs a handler for each job, one at a time. */
import { parentPort } from 'node:worker_threads';
import { yieldToMainThread } from './priority.ts';

export type ThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly message: string; readonly stack: string | undefined };

/**
 * Serves the pool that started this thread. The pool sends the next job after the reply to the last.
 * A handler that throws fails its own job only. `transferOf` lists the buffers of a result that move instead of being copied.
 */
export function serveJobs<Job, Result>(
  handle: (job: Job) => Result | Promise<Result>,
  transferOf: (result: Result) => readonly ArrayBuffer[] = () => [],
): void {
  const port = parentPort;
  if (port === null) throw new Error('serveJobs runs in a worker thread');
  yieldToMainThread();
  port.on('message', async (job: Job) => {
    try {
      const value = await handle(job);
      port.postMessage({ kind: 'result', value } satisfies ThreadReply, transferOf(value));
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      port.postMessage({ kind: 'failure', message, stack } satisfies ThreadReply);
    }
  });
  port.postMessage({ kind: 'ready' } satisfies ThreadReply);
}
