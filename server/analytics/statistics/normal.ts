/** The standard normal distribution. */

/**
 * P(Z ≤ z), using the complementary error function of Numerical Recipes (W. Press, 2007, §6.2.2); relative error below
 * 1.2e-7.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  let sum = 0;
  for (const coefficient of ERFC) sum = sum * t + coefficient;
  const tail = 0.5 * t * Math.exp(-x * x + sum);
  return z >= 0 ? 1 - tail : tail;
}

/** Highest power first. */
const ERFC = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];

/** P(|Z| ≥ |z|). */
export function twoSided(z: number): number {
  return Math.min(1, 2 * normalCdf(-Math.abs(z)));
}

/** Draws one value (Box and Muller 1958). */
export function normalDraw(dice: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice());
}

export const Z95 = 1.959963984540054;
