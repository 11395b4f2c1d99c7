/** CPU time of work. Unlike time by the clock, it does not grow with what else the machine does. */

/** Returns the CPU time in ms that the process spends while `work` runs, all threads included. */
export function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
