/** V8 flags of long-running processes. */
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** With few cores, parallel garbage collection takes CPU from the worker threads, which have heaps of their own. */
const FEW_CORES = 4;

/** Call at process start. `remembers`: the process holds long-lived caches. */
export function tuneHeap({ remembers }: { readonly remembers: boolean }): void {
  if (availableParallelism() <= FEW_CORES) setFlagsFromString('--no-parallel-scavenge');
  // Otherwise fragmentation persists for hours and looks like a leak.
  if (remembers) setFlagsFromString('--compact-on-every-full-gc');
}
