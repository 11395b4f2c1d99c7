/** Maximum-likelihood curve of interval-censored data (Turnbull 1976), by expectation-maximisation. */

/** Idle periods on the grid. */
export interface Binned {
  readonly after: number;
  readonly until: number;
  /** Number of periods with these bins. */
  readonly n: number;
}

const ROUNDS = 2000;
const CLOSE_ENOUGH = 1e-7;

/** Returns the maximum-likelihood mass of each cell. */
export function turnbull(periods: readonly Binned[], cells: readonly number[]): readonly number[] {
  const at = new Map(cells.map((edge, index) => [edge, index]));
  const weights = new Map<number, number>();
  for (const { after, until, n } of periods) {
    // A termination within (after, until] lies in a cell behind that of `after`; an immediate one in the first cell.
    const to = at.get(until) ?? cells.length - 1;
    const from = Math.min(to, after === 0 && until !== 0 ? 0 : (at.get(after) ?? -1) + 1);
    const key = from * cells.length + to;
    weights.set(key, (weights.get(key) ?? 0) + n);
  }
  const pairs = [...weights].map(([key, weight]) => ({
    from: Math.floor(key / cells.length),
    to: key % cells.length,
    weight,
  }));
  const total = periods.reduce((sum, period) => sum + period.n, 0);
  let masses: Float64Array = new Float64Array(cells.length).fill(1 / cells.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = oneRound(pairs, masses, total);
    let moved = 0;
    for (let cell = 0; cell < next.length; cell += 1) moved += Math.abs((next[cell] ?? 0) - (masses[cell] ?? 0));
    masses = next;
    if (moved < CLOSE_ENOUGH) break;
  }
  return [...masses];
}

function oneRound(
  pairs: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  masses: Float64Array,
  n: number,
): Float64Array {
  const sums = new Float64Array(masses.length + 1);
  for (let cell = 0; cell < masses.length; cell += 1) sums[cell + 1] = (sums[cell] ?? 0) + (masses[cell] ?? 0);
  const share = new Float64Array(masses.length + 1);
  for (const { from, to, weight } of pairs) {
    const within = (sums[to + 1] ?? 0) - (sums[from] ?? 0);
    if (within <= 0) continue;
    share[from] = (share[from] ?? 0) + weight / within;
    share[to + 1] = (share[to + 1] ?? 0) - weight / within;
  }
  const next = new Float64Array(masses.length);
  let running = 0;
  for (let cell = 0; cell < masses.length; cell += 1) {
    running += share[cell] ?? 0;
    next[cell] = ((masses[cell] ?? 0) * running) / n;
  }
  return next;
}
