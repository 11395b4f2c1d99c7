/** Scheduling priority of a thread. */
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Added to the nice value: a third of the weight of the main thread, so that a busy machine delays answers but does not stop them. */
const NICER_BY = 5;

/**
 * Gives the calling thread a lower priority than the main thread, so that a main thread with something to do runs at once
 * where threads compete for cores. Only Linux has priorities of threads; elsewhere nothing changes.
 */
export function yieldToMainThread(): void {
  try {
    // The link is "PID/task/TID"; Linux's setpriority(2) takes the id of a thread.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (!Number.isInteger(thread) || thread === process.pid) return;
    setPriority(thread, Math.min(getPriority(process.pid) + NICER_BY, constants.priority.PRIORITY_LOW));
  } catch {
    // Without /proc, or where a container forbids it: the thread keeps its priority.
  }
}
