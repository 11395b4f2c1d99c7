/** Settings of V8 for a process that runs for months beside its own threads. */
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** With so few cores, helpers that collect garbage take them from the threads that work, each with a heap of its own. */
const FEW_CORES = 4;

/** To be called before anything is opened. `remembers`: it keeps in mind what comes and goes one by one. */
export function tuneHeap({ remembers }: { readonly remembers: boolean }): void {
  if (availableParallelism() <= FEW_CORES) setFlagsFromString('--no-parallel-scavenge');
  // Without this its holes would be kept for hours, and look like a leak.
  if (remembers) setFlagsFromString('--compact-on-every-full-gc');
}
