/** Student's t distribution, for intervals from few independent parts. */

/** P(|T| ≥ |t|) with `df` > 0 degrees of freedom: the regularized incomplete beta function I of df / (df + t²). */
export function twoSidedT(t: number, df: number): number {
  if (Number.isNaN(t)) return 1;
  return Math.min(1, incompleteBeta(df / (df + t * t), df / 2, 0.5));
}

/** Most numbers of degrees of freedom that are remembered. */
const MOST_KNOWN = 1000;
/** Quantiles that were computed, by confidence and degrees of freedom: the rates of a list have few different numbers of these. */
const known = new Map<number, Map<number, number>>();

/** The value that |T| exceeds with probability 1 − `confidence`; relative error below 1e-9. */
export function quantileT(df: number, confidence = 0.95): number {
  const byDf = known.get(confidence) ?? new Map<number, number>();
  if (byDf.size === 0) known.set(confidence, byDf);
  const computed = byDf.get(df);
  if (computed !== undefined) return computed;
  if (byDf.size >= MOST_KNOWN) byDf.clear();
  const t = bisectedT(df, confidence);
  byDf.set(df, t);
  return t;
}

function bisectedT(df: number, confidence: number): number {
  let [low, high] = [0, 1];
  while (twoSidedT(high, df) > 1 - confidence) high *= 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (twoSidedT(middle, df) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The regularized incomplete beta function, by Lentz's continued fraction (Numerical Recipes 2007, §6.4). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= 300; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return product;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Lanczos (1964), g = 7, nine terms; for x > 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const sum = LANCZOS.reduce((total, one, at) => total + (at === 0 ? one : one / (x - 1 + at)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
