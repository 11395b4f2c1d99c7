/** CPU time of work. Unlike time by the clock, it does not grow with what else the machine does. */

/** Returns the CPU time in ms that the process spends while `work` runs, all threads included. */
export function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Measurements that are made at least, and how much more than `enough` may be spent in all before the least of them is taken. */
const MEASUREMENTS = 5;
const PATIENCE = 40;

/**
 * The least of several measurements: the compiler, the collector and other tests of the process only add to one. Ends with the first
 * below `enough`. On a busy machine the compiler comes late, and code that is interpreted costs five times as much: so it goes on for as
 * long as all measurements together cost less than 40 times `enough`.
 */
export function leastCpuMs(work: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  let total = 0;
  for (let made = 0; least >= enough && (made < MEASUREMENTS || total < PATIENCE * enough); made += 1) {
    const spent = cpuMs(work);
    total += spent;
    least = Math.min(least, spent);
  }
  return least;
}

/** How many times the CPU time of `small` it takes to do `large`: the least of up to fifteen pairs. Ends with the first below `enough`. */
export function leastCpuRatio(large: () => unknown, small: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  // Less than a few milliseconds is noise.
  for (let attempt = 0; attempt < 3 * MEASUREMENTS && least >= enough; attempt += 1)
    least = Math.min(least, cpuMs(large) / Math.max(3, cpuMs(small)));
  return least;
}
