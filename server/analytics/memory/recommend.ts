/** Chooses among the candidates: tests each against the current size, with all of them taken into account. */
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { percentileInterval } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import { ascending } from '../statistics/order.ts';
import type { Candidate, Prices } from './candidates.ts';
import { costPerMillion, failuresAt, Z90 } from './candidates.ts';
import { envelopeOf, within } from './envelope.ts';
import type { FailureCosts } from './failed-attempts.ts';
import { NO_FAILURES } from './failed-attempts.ts';

export type Goal = 'cheapest' | 'fastest' | 'balanced';

export interface Recommendation {
  readonly strategy: Goal;
  readonly memoryMb: number;
  /** Probability that it costs less than the current size, corrected for the number of sizes tested; null if not known. */
  readonly pSaving: number | null;
  /** Null if durations at the recommended size are not known. */
  readonly monthlySavingUsd: ({ readonly value: number } & Interval) | null;
  /** Relative: −0.2 means 20 % faster. Null if durations at the recommended size are not known. */
  readonly latencyChange: ({ readonly value: number } & Interval) | null;
  /** Of the cost, relative to that at the current size; negative is cheaper. Null if durations there are not known. */
  readonly costChange: ({ readonly value: number } & Interval) | null;
}

export interface Objective {
  readonly goal: Goal;
  /** Weight of cost against duration, for `balanced`. */
  readonly weight: number;
  /** Maximum mean duration, ms. */
  readonly maxDurationMs: number | null;
  /** Maximum relative slowdown; 0.1 allows 10 %. */
  readonly maxSlower: number;
}

export interface Trial extends Recommendation {
  readonly pSaving: number;
  readonly monthlySavingUsd: { readonly value: number } & Interval;
  readonly latencyChange: { readonly value: number } & Interval;
  readonly costChange: { readonly value: number } & Interval;
  /** Interval of the saving relative to the current cost. */
  readonly relativeSaving: Interval;
  readonly gained: boolean;
}

/** Minimum relative saving worth recommending. */
const LEAST_SAVING = 0.02;
const CONFIDENCE = 0.95;

export interface Test {
  readonly now: Candidate;
  /** Resampled mean durations at the current size, ms. */
  readonly nowMeans: readonly number[];
  /** Resampled log ratios to the current size, by size; of sizes that were compared with it or tested. */
  readonly ratios: ReadonlyMap<number, readonly number[]>;
  readonly prices: Prices;
  /** By observed size. */
  readonly failures: ReadonlyMap<number, FailureCosts>;
  readonly invocationsPerMonth: number;
  readonly objective: Objective;
}

/**
 * Compares a candidate with the current size. With `tests` candidates, intervals have the confidence 1 − 0.05 / tests, so
 * that the best of them holds too (Bonferroni).
 */
export function tryCandidate(candidate: Candidate, tests: number, test: Test, dice: Dice): Trial {
  const { now, nowMeans, ratios: known, prices, failures, invocationsPerMonth, objective } = test;
  const limits = envelopeOf(now.memoryMb, candidate.memoryMb);
  const point = Math.log(candidate.durationMs / now.durationMs);
  const drawn = known.get(candidate.memoryMb) ?? fittedRatios(candidate, now, nowMeans.length, test, dice);
  const ratios = drawn.map((value) => within(limits, value));
  const nowFailures = failuresAt(failures, now.memoryMb);
  const itsFailures = failuresAt(failures, candidate.memoryMb);
  // As many successes as now.
  const successes = invocationsPerMonth * (1 - (nowFailures?.point ?? NO_FAILURES).failed);
  const costsAt = (nowMs: number, logRatio: number, at: number | null): { now: number; its: number } => {
    const fails = (costs: FailureCosts | null) => (at === null ? costs?.point : costs?.draws[at]) ?? costs?.point;
    return {
      now: costPerMillion(now.memoryMb, nowMs, prices, fails(nowFailures)),
      its: costPerMillion(candidate.memoryMb, nowMs * Math.exp(logRatio), prices, fails(itsFailures)),
    };
  };
  const savingOf = (costs: { now: number; its: number }): number => ((costs.now - costs.its) / 1e6) * successes;
  const drawnCosts = ratios.map((value, at) => costsAt(nowMeans[at] ?? now.durationMs, value, at));
  const savings = drawnCosts.map(savingOf);
  const confidence = 1 - (1 - CONFIDENCE) / Math.max(1, tests);
  const costs = costsAt(now.durationMs, point, null);
  const value = savingOf(costs);
  const saving = holding(value, percentileInterval(ascending(savings), confidence));
  // Both costs of a resample have the same failures, so their ratio varies less than their difference.
  const cost = costs.its / costs.now - 1;
  const costChange = holding(
    cost,
    percentileInterval(ascending(drawnCosts.map((drawn) => drawn.its / drawn.now - 1)), confidence),
  );
  const latency = Math.exp(point) - 1;
  const change = holding(latency, percentileInterval(ascending(ratios.map((one) => Math.exp(one) - 1)), confidence));
  const monthlyUsd = (now.costPerMillionUsd / 1e6) * successes;
  const notSaving = savings.filter((one) => one <= 0).length / savings.length;
  const cheaper = saving.low > 0 && value >= LEAST_SAVING * monthlyUsd;
  const faster = change.high < 0;
  return {
    strategy: objective.goal,
    memoryMb: candidate.memoryMb,
    pSaving: 1 - Math.min(1, tests * notSaving),
    monthlySavingUsd: { value, ...saving },
    latencyChange: { value: latency, ...change },
    costChange: { value: cost, ...costChange },
    relativeSaving: { low: -costChange.high, high: -costChange.low },
    gained: objective.goal === 'cheapest' ? cheaper : objective.goal === 'fastest' ? faster : cheaper || faster,
  };
}

function holding(value: number, interval: Interval | null): Interval {
  return { low: Math.min(value, interval?.low ?? value), high: Math.max(value, interval?.high ?? value) };
}

/** Draws from the error of the fit. */
function fittedRatios(candidate: Candidate, now: Candidate, n: number, test: Test, dice: Dice): readonly number[] {
  const fails = failuresAt(test.failures, candidate.memoryMb)?.point;
  const costAt = (ms: number): number => costPerMillion(candidate.memoryMb, ms, test.prices, fails);
  const perMs = costAt(1) - costAt(0);
  const high =
    candidate.durationMs +
    ((candidate.interval?.high ?? candidate.costPerMillionUsd) - candidate.costPerMillionUsd) / perMs;
  const sigma = Math.log(high / candidate.durationMs) / Z90; // Wider than the error itself, because the interval uses Student's t.
  const middle = Math.log(candidate.durationMs / now.durationMs);
  return Array.from({ length: n }, () => middle + sigma * normalDraw(dice));
}

/** Orders candidates by the goal, best first. */
export function ranked(candidates: readonly Candidate[], { goal, weight }: Objective): readonly Candidate[] {
  const dearest = Math.max(...candidates.map((candidate) => candidate.costPerMillionUsd));
  const slowest = Math.max(...candidates.map((candidate) => candidate.durationMs));
  const score = ({ costPerMillionUsd: cost, durationMs: duration }: Candidate): number => {
    if (goal === 'cheapest') return cost;
    if (goal === 'fastest') return duration;
    return (weight * cost) / dearest + ((1 - weight) * duration) / slowest;
  };
  return candidates.toSorted((a, b) => score(a) - score(b));
}
