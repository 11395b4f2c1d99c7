/**
 * Models a function's duration by memory size, which also sets its CPU share: one vCPU at 1,769 MB. `capped`: d(m) = a + b
 * / min(m/1769, 1), single-threaded work. `uncapped`: the same without the cap, work that uses all cores. Both with a, b ≥
 * 0, fitted to relative errors.
 */

/** Memory at which a function has one vCPU, MB (AWS Lambda documentation, "Configure memory"). */
export const MB_PER_VCPU = 1769;

export interface SizePoint {
  readonly memoryMb: number;
  /** Mean or quantile of durations at this size, ms. */
  readonly durationMs: number;
}

export type ModelKind = 'capped' | 'uncapped';

export interface DurationModel {
  readonly kind: ModelKind;
  /** Part of the duration that does not depend on CPU, ms. */
  readonly fixedMs: number;
  /** CPU-bound part at one vCPU, ms. */
  readonly cpuMs: number;
}

export interface FittedModel extends DurationModel {
  /**
   * Root mean square of the relative leave-one-out errors of the inner sizes; the stated uncertainty. Null for fewer than
   * four sizes.
   */
  readonly looError: number | null;
  /** Number of sizes left out in turn. */
  readonly looSizes: number;
}

const ROUNDS = 20;
/** Log residuals beyond this count linearly (Huber 1964, k = 1.345 σ with σ of 5 %). */
const HUBER = 0.067;
const KINDS: readonly ModelKind[] = ['capped', 'uncapped'];

/** Duration, ms, that the model gives for a memory size, MB. */
export function predict(model: DurationModel, memoryMb: number): number {
  return model.fixedMs + model.cpuMs * work(model.kind, memoryMb);
}

/** Returns the model with the smaller leave-one-out error; null for fewer than three sizes or non-positive durations. */
export function fitDuration(points: readonly SizePoint[]): FittedModel | null {
  const sorted = points.toSorted((a, b) => a.memoryMb - b.memoryMb);
  if (sorted.length < 3 || sorted.some((point) => !(point.durationMs > 0))) return null;
  const fits = KINDS.map((kind) => {
    const model = fitKind(sorted, kind);
    return { model, looError: leaveOneOut(sorted, kind), misfit: misfitOf(sorted, model) };
  });
  const best = fits.toSorted((a, b) => (a.looError ?? a.misfit) - (b.looError ?? b.misfit))[0];
  return best === undefined
    ? null
    : { ...best.model, looError: best.looError, looSizes: Math.max(0, sorted.length - 2) };
}

/** Returns the leave-one-out error of each inner size, predicted by the better model of the others. */
export function innerErrors(points: readonly SizePoint[]): readonly number[] {
  const sorted = points.toSorted((a, b) => a.memoryMb - b.memoryMb);
  return sorted.slice(1, -1).flatMap((point) => {
    const model = fitDuration(sorted.filter((other) => other !== point));
    return model === null ? [] : [Math.abs(predict(model, point.memoryMb) / point.durationMs - 1)];
  });
}

function leaveOneOut(sorted: readonly SizePoint[], kind: ModelKind): number | null {
  if (sorted.length < 4) return null;
  const squares = sorted.slice(1, -1).map((point) => {
    const others = sorted.filter((other) => other !== point);
    return (predict(fitKind(others, kind), point.memoryMb) / point.durationMs - 1) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

function misfitOf(points: readonly SizePoint[], model: DurationModel): number {
  const squares = points.map((point) => Math.log(predict(model, point.memoryMb) / point.durationMs) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / points.length);
}

function work(kind: ModelKind, memoryMb: number): number {
  const share = memoryMb / MB_PER_VCPU;
  return 1 / (kind === 'capped' ? Math.min(share, 1) : share);
}

/**
 * Fits the log by least squares with a, b ≥ 0. Starts from the line through two points that is nearest to all points, so
 * that an outlier does not decide the start, then takes Gauss-Newton steps with Huber weights, which limit the influence
 * of outliers.
 */
function fitKind(points: readonly SizePoint[], kind: ModelKind): DurationModel {
  let model = nearestPair(points, kind);
  for (let round = 0; round < ROUNDS; round += 1) {
    const equations = points.map((point): Equation => {
      const expected = predict(model, point.memoryMb);
      const residual = Math.abs(Math.log(expected / point.durationMs));
      const weight = residual <= HUBER ? 1 : HUBER / residual;
      return { work: work(kind, point.memoryMb), durationMs: point.durationMs, weight: weight / expected ** 2 };
    });
    model = leastSquares(equations, kind);
  }
  return model;
}

interface Equation {
  readonly work: number;
  readonly durationMs: number;
  readonly weight: number;
}

function nearestPair(points: readonly SizePoint[], kind: ModelKind): DurationModel {
  const distance = (model: DurationModel): number =>
    points.reduce(
      (sum, { memoryMb, durationMs }) => sum + Math.abs(Math.log(predict(model, memoryMb) / durationMs)),
      0,
    );
  let best: { readonly model: DurationModel; readonly distance: number } | null = null;
  for (const [at, one] of points.entries()) {
    for (const other of points.slice(at + 1)) {
      const equations = [one, other].map(
        (point): Equation => ({
          work: work(kind, point.memoryMb),
          durationMs: point.durationMs,
          weight: 1 / point.durationMs ** 2,
        }),
      );
      const model = leastSquares(equations, kind);
      const found = distance(model);
      if (best === null || found < best.distance) best = { model, distance: found };
    }
  }
  return best?.model ?? { kind, fixedMs: points[0]?.durationMs ?? 0, cpuMs: 0 };
}

/** Non-negative least squares in two unknowns: the unconstrained solution, or the better of the two edges. */
function leastSquares(equations: readonly Equation[], kind: ModelKind): DurationModel {
  let [n, x, xx, y, xy] = [0, 0, 0, 0, 0];
  for (const equation of equations) {
    n += equation.weight;
    x += equation.weight * equation.work;
    xx += equation.weight * equation.work ** 2;
    y += equation.weight * equation.durationMs;
    xy += equation.weight * equation.work * equation.durationMs;
  }
  const determinant = n * xx - x * x;
  const fixedMs = (y * xx - xy * x) / determinant;
  const cpuMs = (xy * n - y * x) / determinant;
  if (determinant > 1e-12 * n * xx && fixedMs >= 0 && cpuMs >= 0) return { kind, fixedMs, cpuMs };
  const onlyCpu = { kind, fixedMs: 0, cpuMs: xy / xx };
  const onlyFixed = { kind, fixedMs: y / n, cpuMs: 0 };
  const error = ({ fixedMs: a, cpuMs: b }: DurationModel): number =>
    equations.reduce((sum, { work: w, durationMs, weight }) => sum + weight * (a + b * w - durationMs) ** 2, 0);
  return error(onlyCpu) <= error(onlyFixed) ? onlyCpu : onlyFixed;
}
