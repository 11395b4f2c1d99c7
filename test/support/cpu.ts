/** CPU time of work. Unlike time by the clock, it does not grow with what else the machine does. */

/** Returns the CPU time in ms that the process spends while `work` runs, all threads included. */
export function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const ATTEMPTS = 5;

/**
 * The least of up to five measurements: the compiler, the collector and other tests of the process only add to one. Ends with the first
 * below `enough`.
 */
export function leastCpuMs(work: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least >= enough; attempt += 1) least = Math.min(least, cpuMs(work));
  return least;
}

/** How many times the CPU time of `small` it takes to do `large`: the least of up to five pairs. Ends with the first below `enough`. */
export function leastCpuRatio(large: () => unknown, small: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  // Less than a few milliseconds is noise.
  for (let attempt = 0; attempt < ATTEMPTS && least >= enough; attempt += 1)
    least = Math.min(least, cpuMs(large) / Math.max(3, cpuMs(small)));
  return least;
}
