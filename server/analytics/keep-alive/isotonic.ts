/** Isotonic estimate of the share terminated by inspection time, and the interval of the time at which it reaches a share. */

/** Inspections at ascending times: how many looked, and how many found the environment terminated. */
export interface InspectionCounts {
  readonly looked: ArrayLike<number>;
  readonly found: ArrayLike<number>;
}

/** 95 % quantile of the likelihood ratio's limit for current-status data (Banerjee and Wellner 2001, table 2). */
const LIKELIHOOD_RATIO_95 = 2.26916;
const CLEAR = 4;

/** Likeliest ascending shares of the inspections `from` to `to`, excluded: pool adjacent violators (Ayer et al. 1955). */
export function ascendingShares({ looked, found }: InspectionCounts, from: number, to: number): Float64Array {
  // A stack of pools, in arrays because a curve's band needs hundreds of these regressions.
  const share = new Float64Array(to - from);
  const size = new Float64Array(to - from);
  const end = new Uint32Array(to - from);
  let top = -1;
  for (let cell = from; cell < to; cell += 1) {
    let n = looked[cell] ?? 0;
    let one = n === 0 ? (share[top] ?? 0) : (found[cell] ?? 0) / n;
    for (; top >= 0 && (share[top] ?? 0) >= one; top -= 1) {
      const lastShare = share[top] ?? 0;
      const last = size[top] ?? 0;
      one = last + n === 0 ? lastShare : (lastShare * last + one * n) / (last + n);
      n += last;
    }
    top += 1;
    share[top] = one;
    size[top] = n;
    end[top] = cell + 1 - from;
  }
  const shares = new Float64Array(to - from);
  for (let pool = 0, at = 0; pool <= top; pool += 1) {
    shares.fill(share[pool] ?? 0, at, end[pool]);
    at = end[pool] ?? 0;
  }
  return shares;
}

/**
 * Returns the 95 % interval of the inspection at which `share` is reached, by inverting the likelihood-ratio test of
 * Banerjee and Wellner (2001): `low` is the last inspection that is certainly before, −1 if none is, and `high` the first that is not,
 * the number of inspections if even the last may be. The bootstrap is inconsistent here (Sen, Banerjee and
 * Woodroofe 2010). `designEffect` divides the statistic, because inspections of one hour depend on each other.
 */
export function reachedBetween(
  looks: InspectionCounts,
  share: number,
  designEffect: number,
): { readonly low: number; readonly high: number } {
  const { length } = looks.looked;
  const shares = ascendingShares(looks, 0, length);
  const free = logLikelihood(looks, shares, 0);
  const statistic = (cut: number): number => {
    const before = ascendingShares(looks, 0, cut).map((one) => Math.min(one, share));
    const after = ascendingShares(looks, cut, length).map((one) => Math.max(one, share));
    return (2 * (free - logLikelihood(looks, before, 0) - logLikelihood(looks, after, cut))) / designEffect;
  };
  // The estimate itself has statistic 0. Beyond a clear rejection nothing is accepted any more.
  const reached = shares.findIndex((one) => one >= share);
  const start = reached < 0 ? length : reached;
  let [low, high] = [start, start];
  for (let cut = start - 1; cut >= 0; cut -= 1) {
    const found = statistic(cut);
    if (found <= LIKELIHOOD_RATIO_95) low = cut;
    else if (found > CLEAR * LIKELIHOOD_RATIO_95) break;
  }
  for (let cut = start + 1; cut <= length; cut += 1) {
    const found = statistic(cut);
    if (found <= LIKELIHOOD_RATIO_95) high = cut;
    else if (found > CLEAR * LIKELIHOOD_RATIO_95) break;
  }
  return { low: low - 1, high };
}

function logLikelihood({ looked, found }: InspectionCounts, shares: Float64Array, from: number): number {
  let sum = 0;
  for (let at = 0; at < shares.length; at += 1) {
    const share = shares[at] ?? 0;
    const terminated = found[from + at] ?? 0;
    const alive = (looked[from + at] ?? 0) - terminated;
    if (terminated > 0) sum += terminated * Math.log(share);
    if (alive > 0) sum += alive * Math.log(1 - share);
  }
  return sum;
}
