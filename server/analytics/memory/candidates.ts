/** Sizes that can be recommended, with their durations and costs: observed, fitted, or bounded. */
import { computeUsd } from '../cost/cost.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import { percentileInterval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import type { ComparedSize } from './comparable.ts';
import type { FittedModel } from './duration-model.ts';
import { predict } from './duration-model.ts';
import type { SizedDuration } from './envelope.ts';
import { allowedDuration, possibleDurations } from './envelope.ts';
import type { FailureCost, FailureCosts } from './failed-attempts.ts';
import { NO_FAILURES } from './failed-attempts.ts';
import { SIZE_STEPS } from './floor.ts';
import type { SizeEvidence } from './samples.ts';
import { meanBilledMs } from './samples.ts';

/**
 * Observed at that size; tested there by Power Tuning; fitted by the model between the observed sizes; bounded by CPU share alone
 * beyond them.
 */
export type Basis = 'observed' | 'tested' | 'fitted' | 'bound';

export interface Prices {
  readonly perGbSecond: number;
  /** Billed init of an average invocation, ms: init time × cold-start rate. It hardly depends on the size. */
  readonly billedInitMs: number;
  readonly perRequest: number;
}

export interface Candidate {
  readonly memoryMb: number;
  /** Mean of successes and timeouts. */
  readonly durationMs: number;
  /** Per million successful invocations. */
  readonly costPerMillionUsd: number;
  /** Interval of the cost: 95 % if observed or tested, 90 % if fitted, the full range if bound; null if not known. */
  readonly interval: Interval | null;
  readonly basis: Basis;
}

/** Minimum error assumed for a fit: it is tuned to the observed sizes, and hosts differ. */
export const LEAST_ERROR = 0.05;
/** 90 % quantile (two-sided) of the normal distribution. */
export const Z90 = 1.645;
/** The same for Student's t by degrees of freedom, because an error estimated from few sizes is itself uncertain. */
const T90 = [6.314, 6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761];
const BEYOND = 2;

/**
 * Returns the cost of a million successful invocations in dollars: that of all attempts over the share that succeeded. Cost
 * is linear in the mean billed duration of the attempts that it contains.
 */
export function costPerMillion(memoryMb: number, billedMs: number, prices: Prices, failures = NO_FAILURES): number {
  const { failed, timed, other } = failures;
  const attemptMs = (timed + other) * billedMs + prices.billedInitMs;
  return (1e6 * (computeUsd(memoryMb, attemptMs, prices.perGbSecond) + prices.perRequest)) / (1 - failed);
}

/** Returns the failures to expect: those at the nearest observed size that is not larger, which fails at least as often. */
export function failuresAt(observed: ReadonlyMap<number, FailureCosts>, memoryMb: number): FailureCosts | null {
  const smaller = [...observed.keys()].filter((size) => size <= memoryMb);
  return observed.get(Math.max(...smaller)) ?? null;
}

/**
 * Returns the current size and those compared with it. Durations are those at the current size times the compared ratio,
 * moved to the nearest that are physically possible; an interval that does not hold the moved value is widened to it.
 */
export function observedCandidates(
  current: SizeEvidence,
  currentMeans: readonly number[],
  compared: readonly ComparedSize[],
  prices: Prices,
  failures: ReadonlyMap<number, FailureCosts>,
): readonly Candidate[] {
  const mean = meanBilledMs(current.environments);
  const sizes = [
    { memoryMb: current.memoryMb, durationMs: mean, draws: currentMeans },
    ...compared.map(({ size, logRatio, resamples }) => ({
      memoryMb: size.memoryMb,
      durationMs: mean * Math.exp(logRatio),
      draws: resamples.map((value, at) => (currentMeans[at] ?? mean) * Math.exp(value)),
    })),
  ].map((size) => ({ ...size, weight: 1 / Math.max(1e-6, varianceOfLog(size.draws)) }));
  return possibleDurations(sizes).map(({ memoryMb, durationMs, draws }) => {
    const known = failuresAt(failures, memoryMb);
    const costPerMillionUsd = costPerMillion(memoryMb, durationMs, prices, known?.point);
    const drawn = percentileInterval(
      ascending(draws.map((ms, at) => costPerMillion(memoryMb, ms, prices, known?.draws[at] ?? known?.point))),
    );
    return {
      memoryMb,
      durationMs,
      costPerMillionUsd,
      interval: {
        low: Math.min(costPerMillionUsd, drawn?.low ?? costPerMillionUsd),
        high: Math.max(costPerMillionUsd, drawn?.high ?? costPerMillionUsd),
      },
      basis: 'observed',
    };
  });
}

function varianceOfLog(draws: readonly number[]): number {
  const logs = draws.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length;
}

/** Returns sizes between the observed ones and beyond the largest, within what the observed ones allow. */
export function fittedCandidates(
  model: FittedModel,
  observed: readonly SizedDuration[],
  prices: Prices,
  failures: ReadonlyMap<number, FailureCosts>,
): readonly Candidate[] {
  const sizes = observed.map(({ memoryMb }) => memoryMb);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  return SIZE_STEPS.filter((size) => size > smallest && size <= largest * BEYOND && !sizes.includes(size)).map(
    (memoryMb) => {
      const durationMs = allowedDuration(observed, memoryMb, predict(model, memoryMb));
      const point = failuresAt(failures, memoryMb)?.point;
      const { low, high } = fittedInterval(model, memoryMb, largest);
      return {
        memoryMb,
        durationMs,
        costPerMillionUsd: costPerMillion(memoryMb, durationMs, prices, point),
        interval: {
          low: costPerMillion(memoryMb, Math.min(low, durationMs), prices, point),
          high: costPerMillion(memoryMb, Math.max(high, durationMs), prices, point),
        },
        basis: memoryMb > largest ? ('bound' as const) : ('fitted' as const),
      };
    },
  );
}

/** Returns the 90 % interval of the mean duration at an unobserved size, ms, from the leave-one-out error of the fit. */
export function fittedInterval(model: FittedModel, memoryMb: number, largestMb: number): Interval {
  // Beyond the observed sizes, the error grows with the square of the size ratio.
  const error = Math.max(LEAST_ERROR, model.looError ?? LEAST_ERROR) * Math.max(1, memoryMb / largestMb) ** 2;
  const durationMs = predict(model, memoryMb);
  const t = T90[Math.min(model.looSizes, T90.length - 1)] ?? Z90;
  return { low: durationMs * Math.exp(-t * error), high: durationMs * Math.exp(t * error) };
}

/**
 * Bounds from one size by CPU share: a smaller size is slower, and a larger one faster, by at most its CPU ratio. Duration
 * and cost are those of the worst case: slower by the whole ratio, or not faster at all. `requiredMb`: the size to which a size
 * that is too small must be raised, if any; it is a candidate however large it is.
 */
export function boundCandidates(
  current: SizeEvidence,
  prices: Prices,
  failures: FailureCost,
  requiredMb: number | null,
): readonly Candidate[] {
  const from = current.memoryMb;
  const mean = meanBilledMs(current.environments);
  const largest = Math.max(from, Math.min(from * 4, 1769));
  return SIZE_STEPS.filter(
    (size) => size !== from && ((size > 128 && size >= from / 4 && size <= largest) || size === requiredMb),
  ).map((memoryMb) => {
    const slowest = Math.max(1, from / memoryMb) * mean;
    const fastest = Math.min(1, from / memoryMb) * mean;
    return {
      memoryMb,
      durationMs: slowest,
      costPerMillionUsd: costPerMillion(memoryMb, slowest, prices, failures),
      interval: {
        low: costPerMillion(memoryMb, fastest, prices, failures),
        high: costPerMillion(memoryMb, slowest, prices, failures),
      },
      basis: 'bound',
    };
  });
}
