/** Memory that work takes, whenever the engine collects its garbage. */

/** Garbage of before and memory that the system has not taken back are in one of several measurements, not in all. */
const ROUNDS = 3;

/**
 * Returns the least growth of what `bytes` measures while `work` runs, of up to three rounds. Ends as soon as it is less than
 * `enough` bytes: noise adds to a growth and takes nothing from it.
 */
export async function leastGrowth(bytes: () => number, enough: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && least >= enough; round += 1) {
    const before = bytes();
    await work();
    least = Math.min(least, bytes() - before);
  }
  return least;
}
