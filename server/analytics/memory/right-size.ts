/**
 * Recommends a memory size from observed invocations. One size gives bounds, two a verdict between them, and three or more
 * that span a factor of four a curve. Otherwise there is no recommendation, and the result says what is missing.
 */
import { computeUsd } from '../cost/cost.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { percentileInterval, RESAMPLES } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import { ascending, quantileOf } from '../statistics/order.ts';
import { confounders } from './confounders.ts';
import type { FittedModel } from './duration-model.ts';
import { predict } from './duration-model.ts';
import type { Floor, MemoryUse } from './floor.ts';
import { floorOf, SIZE_STEPS } from './floor.ts';
import type { PairedMeans } from './pairing.ts';
import { pairedMeans, pairedResamples } from './pairing.ts';
import type { SizeEvidence } from './samples.ts';
import {
  billedInterval,
  countOf,
  FEWEST_ENVIRONMENTS,
  FEWEST_INVOCATIONS,
  isEnough,
  meanBilledMs,
  resampledMeans,
} from './samples.ts';
import type { TracedModel } from './self-time.ts';
import { fitTraced } from './self-time.ts';

/** The terms of Compute Optimizer, also above its limit of 1,792 MB. */
export type Finding = 'optimized' | 'over-provisioned' | 'under-provisioned' | 'insufficient-data' | 'inconclusive';
export type Goal = 'cheapest' | 'fastest' | 'balanced';
/** Observed at that size; fitted by the model between the observed sizes; bounded by CPU share alone beyond them. */
export type Basis = 'observed' | 'fitted' | 'bound';

export interface Prices {
  readonly perGbSecond: number;
  /** Billed init of an average invocation, ms: init time × cold-start rate. It hardly depends on the size. */
  readonly billedInitMs: number;
  readonly perRequest: number;
}

export interface Question {
  readonly sizes: readonly SizeEvidence[];
  readonly use: MemoryUse;
  readonly prices: Prices;
  readonly invocationsPerMonth: number;
  readonly goal: Goal;
  /** Weight of cost against duration, for `balanced`. */
  readonly weight: number;
  /** Maximum mean duration, ms. */
  readonly maxDurationMs: number | null;
}

export interface ObservedSize {
  readonly memoryMb: number;
  readonly n: number;
  readonly environments: number;
  readonly meanBilledMs: number;
  readonly durationMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly n: number };
  readonly costPerMillionUsd: number;
  /** 95 % interval of the cost. */
  readonly interval: Interval | null;
  readonly enough: boolean;
}

export interface Candidate {
  readonly memoryMb: number;
  readonly durationMs: number;
  readonly costPerMillionUsd: number;
  /** Interval of the cost: 95 % if observed, 90 % if fitted, the full range if bound. */
  readonly interval: Interval;
  readonly basis: Basis;
}

export interface Recommendation {
  readonly strategy: Goal;
  readonly memoryMb: number;
  /** Share of the resamples in which it costs less than the current size. */
  readonly pSaving: number;
  readonly monthlySavingUsd: { readonly value: number } & Interval;
  /** Relative: −0.2 means 20 % faster. */
  readonly latencyChange: { readonly value: number } & Interval;
}

export interface RightSize {
  readonly finding: Finding;
  readonly reasons: readonly string[];
  readonly observed: readonly ObservedSize[];
  readonly model: TracedModel | null;
  readonly floor: Floor | null;
  readonly candidates: readonly Candidate[];
  readonly recommendation: Recommendation | null;
}

const SPAN_FOR_CURVE = 4;
const MOST_LOO_ERROR = 0.2;
/** Used share of the memory size above which it counts as nearly full. */
const NEARLY_FULL = 0.95;
/** Minimum error assumed for a fit: it is tuned to the observed sizes, and hosts differ. */
const LEAST_ERROR = 0.05;
/** 90 % quantile (two-sided) of the normal distribution. */
const Z90 = 1.645;
/** The same for Student's t by degrees of freedom, because an error estimated from few sizes is itself uncertain. */
const T90 = [6.314, 6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761];
const BEYOND = 2;
/** Minimum relative saving worth recommending. */
const LEAST_SAVING = 0.02;

export function rightSize(question: Question, dice: Dice): RightSize {
  const { use, prices } = question;
  const sizes = question.sizes.filter((size) => countOf(size) > 0).toSorted((a, b) => a.memoryMb - b.memoryMb);
  const resamples = new Map(sizes.map((size) => [size.memoryMb, resampledMeans(size, dice, RESAMPLES)]));
  const cost = (memoryMb: number, billedMs: number): number => costPerMillion(memoryMb, billedMs, prices);
  const observed = sizes.map((size) => observe(size, resamples.get(size.memoryMb) ?? [], cost));
  const usable = sizes.filter(isEnough);
  const floor = floorOf(use);
  const pressing = pressingReasons(use);
  const answer = (rest: Partial<RightSize> & Pick<RightSize, 'finding' | 'reasons'>): RightSize => ({
    observed,
    model: null,
    floor,
    candidates: [],
    recommendation: null,
    ...rest,
    ...(pressing.length > 0 ? { finding: 'under-provisioned', reasons: [...pressing, ...rest.reasons] } : {}),
  });
  const current = usable.find((size) => size.memoryMb === use.currentMb);
  if (current === undefined) {
    return answer({ finding: 'insufficient-data', reasons: [missing(use.currentMb, sizes)] });
  }
  const others = usable.filter((size) => size !== current);
  const confounded = others.flatMap((other) => confounders(current, other));
  if (confounded.length > 0) {
    return answer({
      finding: 'inconclusive',
      reasons: ['Confounded: the sizes differ in more than memory.', ...confounded],
    });
  }
  if (others.length === 0) {
    return answer({
      finding: 'insufficient-data',
      reasons: [
        'One size was observed: these are bounds, not a prediction. Running another size would give a clear answer.',
      ],
      candidates: envelope(current, cost),
    });
  }
  const points = usable.map((size) => ({
    memoryMb: size.memoryMb,
    durationMs: meanBilledMs(size.environments),
    remote: size.remote,
  }));
  const span = (points.at(-1)?.memoryMb ?? 0) / (points[0]?.memoryMb ?? 1);
  const fitted = points.length >= 3 && span >= SPAN_FOR_CURVE ? fitTraced(points) : null;
  const model = fitted !== null && (fitted.looError ?? LEAST_ERROR) <= MOST_LOO_ERROR ? fitted : null;
  const reasons: string[] = [];
  if (fitted !== null && model === null) {
    reasons.push(
      `No model: its leave-one-out error is ${Math.round((fitted.looError ?? 0) * 100)} %. Only observed sizes are compared.`,
    );
  }
  const candidates = [
    ...observed
      .filter((size) => size.enough)
      .map(
        (size): Candidate => ({
          memoryMb: size.memoryMb,
          durationMs: size.meanBilledMs,
          costPerMillionUsd: size.costPerMillionUsd,
          interval: size.interval ?? { low: size.costPerMillionUsd, high: size.costPerMillionUsd },
          basis: 'observed',
        }),
      ),
    ...(model === null ? [] : fittedCandidates(model, points, cost)),
  ].toSorted((a, b) => a.memoryMb - b.memoryMb);
  return answer({ ...conclude(question, current, candidates, resamples, floor, reasons, dice), model, candidates });
}

/** Returns the cost of a million invocations in dollars. Cost is linear in the mean billed duration. */
export function costPerMillion(memoryMb: number, billedMs: number, prices: Prices): number {
  return 1e6 * (computeUsd(memoryMb, billedMs + prices.billedInitMs, prices.perGbSecond) + prices.perRequest);
}

function observe(
  size: SizeEvidence,
  means: readonly number[],
  cost: (memoryMb: number, billedMs: number) => number,
): ObservedSize {
  const durations = ascending(size.environments.flatMap((environment) => environment.durationsMs));
  const mean = meanBilledMs(size.environments);
  const billed = billedInterval(size, means);
  return {
    memoryMb: size.memoryMb,
    n: countOf(size),
    environments: size.environments.length,
    meanBilledMs: mean,
    durationMs: {
      p50: quantileOf(durations, 0.5),
      p95: quantileOf(durations, 0.95),
      p99: quantileOf(durations, 0.99),
      n: durations.length,
    },
    costPerMillionUsd: cost(size.memoryMb, mean),
    interval: billed && { low: cost(size.memoryMb, billed.low), high: cost(size.memoryMb, billed.high) },
    enough: isEnough(size),
  };
}

function fittedCandidates(
  model: FittedModel,
  points: readonly { readonly memoryMb: number }[],
  cost: (memoryMb: number, billedMs: number) => number,
): Candidate[] {
  const smallest = points[0]?.memoryMb ?? 0;
  const largest = points.at(-1)?.memoryMb ?? 0;
  return SIZE_STEPS.filter(
    (size) => size > smallest && size <= largest * BEYOND && !points.some((point) => point.memoryMb === size),
  ).map((memoryMb) => {
    const durationMs = predict(model, memoryMb);
    const { low, high } = fittedInterval(model, memoryMb, largest);
    return {
      memoryMb,
      durationMs,
      costPerMillionUsd: cost(memoryMb, durationMs),
      interval: {
        low: cost(memoryMb, low),
        high: cost(memoryMb, high),
      },
      basis: memoryMb > largest ? ('bound' as const) : ('fitted' as const),
    };
  });
}

/** Returns the 90 % interval of the mean duration at an unobserved size, ms, from the leave-one-out error of the fit. */
export function fittedInterval(model: FittedModel, memoryMb: number, largestMb: number): Interval {
  // Beyond the observed sizes, the error grows with the square of the size ratio.
  const error = Math.max(LEAST_ERROR, model.looError ?? LEAST_ERROR) * Math.max(1, memoryMb / largestMb) ** 2;
  const durationMs = predict(model, memoryMb);
  const t = T90[Math.min(model.looSizes, T90.length - 1)] ?? Z90;
  return { low: durationMs * Math.exp(-t * error), high: durationMs * Math.exp(t * error) };
}

/** Bounds from one size by CPU share: a smaller size is slower, and a larger one faster, by at most its CPU ratio. */
function envelope(current: SizeEvidence, cost: (memoryMb: number, billedMs: number) => number): Candidate[] {
  const from = current.memoryMb;
  const mean = meanBilledMs(current.environments);
  return SIZE_STEPS.filter(
    (size) => size !== from && size > 128 && size >= from / 4 && size <= Math.max(from, Math.min(from * 4, 1769)),
  ).map((memoryMb) => {
    const slowest = Math.max(1, from / memoryMb) * mean;
    const fastest = Math.min(1, from / memoryMb) * mean;
    return {
      memoryMb,
      durationMs: memoryMb < from ? slowest : fastest,
      costPerMillionUsd: cost(memoryMb, memoryMb < from ? slowest : mean),
      interval: { low: cost(memoryMb, fastest), high: cost(memoryMb, slowest) },
      basis: 'bound' as const,
    };
  });
}

function conclude(
  question: Question,
  current: SizeEvidence,
  candidates: readonly Candidate[],
  resamples: ReadonlyMap<number, readonly number[]>,
  floor: Floor | null,
  reasons: readonly string[],
  dice: Dice,
): Pick<RightSize, 'finding' | 'reasons' | 'recommendation'> {
  const { goal, weight, maxDurationMs, prices, invocationsPerMonth } = question;
  const now = candidates.find((candidate) => candidate.memoryMb === current.memoryMb);
  const allowed = candidates.filter(
    (candidate) =>
      candidate.basis !== 'bound' &&
      (floor === null || candidate.memoryMb >= floor.floorMb || candidate === now) &&
      (maxDurationMs === null || candidate.durationMs <= maxDurationMs),
  );
  const best = choose(allowed, goal, weight);
  if (now === undefined || best === undefined) {
    return {
      finding: 'inconclusive',
      reasons: [...reasons, 'No observed or modelled size meets the memory floor and the maximum duration.'],
      recommendation: null,
    };
  }
  if (best === now) {
    return {
      finding: 'optimized',
      reasons: [...reasons, `No compared size is better for "${goal}".`],
      recommendation: null,
    };
  }
  const { point, pairs } = comparedDurations(question, current, now, best, resamples, dice);
  const savingOf = ({ one, other }: PairedMeans): number =>
    ((costPerMillion(now.memoryMb, one, prices) - costPerMillion(best.memoryMb, other, prices)) / 1e6) *
    invocationsPerMonth;
  const savings = pairs.map(savingOf);
  const changes = pairs.map(({ one, other }) => other / one - 1);
  const saving = percentileInterval(ascending(savings));
  const change = percentileInterval(ascending(changes));
  if (saving === null || change === null) return { finding: 'inconclusive', reasons, recommendation: null };
  const value = savingOf(point);
  const pSaving = savings.filter((one) => one > 0).length / savings.length;
  const latency = point.other / point.one - 1;
  const gained =
    goal === 'cheapest'
      ? saving.low > 0 && value >= LEAST_SAVING * ((now.costPerMillionUsd / 1e6) * invocationsPerMonth)
      : goal === 'fastest'
        ? change.high < 0
        : saving.low > 0 || change.high < 0;
  if (!gained) {
    return {
      finding: 'optimized',
      reasons: [...reasons, `${best.memoryMb} MB looks better, but the interval of the gain includes zero.`],
      recommendation: null,
    };
  }
  return {
    finding: best.memoryMb < now.memoryMb ? 'over-provisioned' : 'under-provisioned',
    reasons: [...reasons, ...(floor === null ? [] : [floor.reason])],
    recommendation: {
      strategy: goal,
      memoryMb: best.memoryMb,
      pSaving,
      monthlySavingUsd: { value, ...saving },
      latencyChange: { value: latency, ...change },
    },
  };
}

/** Returns durations at both sizes, paired by hour of the week if both were observed and share enough hours. */
function comparedDurations(
  { sizes, prices }: Question,
  current: SizeEvidence,
  now: Candidate,
  best: Candidate,
  resamples: ReadonlyMap<number, readonly number[]>,
  dice: Dice,
): { readonly point: PairedMeans; readonly pairs: readonly PairedMeans[] } {
  const other = best.basis === 'observed' ? sizes.find((size) => size.memoryMb === best.memoryMb) : undefined;
  const paired = other === undefined ? null : pairedMeans(current.environments, other.environments);
  if (paired !== null && other !== undefined) {
    const pairs = pairedResamples(current, other, dice, RESAMPLES);
    if (pairs.length > RESAMPLES / 2) return { point: paired, pairs };
  }
  const meansNow = resamples.get(now.memoryMb) ?? [];
  const durations = drawnDurations(best, resamples, meansNow.length, prices, dice);
  return {
    point: { one: now.durationMs, other: best.durationMs },
    pairs: durations.map((duration, at) => ({ one: meansNow[at] ?? Number.NaN, other: duration })),
  };
}

/** Returns resampled durations if the size was observed; otherwise draws from the error of the fit. */
function drawnDurations(
  candidate: Candidate,
  resamples: ReadonlyMap<number, readonly number[]>,
  n: number,
  prices: Prices,
  dice: Dice,
): readonly number[] {
  const seen = resamples.get(candidate.memoryMb);
  if (candidate.basis === 'observed' && seen !== undefined) return seen;
  const perMs = 1e6 * computeUsd(candidate.memoryMb, 1, prices.perGbSecond);
  const high = (candidate.interval.high - 1e6 * prices.perRequest) / perMs;
  const sigma = Math.log(high / candidate.durationMs) / Z90; // Wider than the error itself, because the interval uses Student's t.
  return Array.from({ length: n }, () => candidate.durationMs * Math.exp(sigma * normalDraw(dice)));
}

function choose(candidates: readonly Candidate[], goal: Goal, weight: number): Candidate | undefined {
  const dearest = Math.max(...candidates.map((candidate) => candidate.costPerMillionUsd));
  const slowest = Math.max(...candidates.map((candidate) => candidate.durationMs));
  const score = ({ costPerMillionUsd: cost, durationMs: duration }: Candidate): number => {
    if (goal === 'cheapest') return cost;
    if (goal === 'fastest') return duration;
    return (weight * cost) / dearest + ((1 - weight) * duration) / slowest;
  };
  return candidates.toSorted((a, b) => score(a) - score(b))[0];
}

function pressingReasons({ outOfMemoryAtMb, maxUsedMb, currentMb }: MemoryUse): string[] {
  if (outOfMemoryAtMb.some((size) => size >= currentMb))
    return [`Ran out of memory at ${currentMb} MB in the last 30 days.`];
  if (maxUsedMb !== null && maxUsedMb >= NEARLY_FULL * currentMb) {
    return [`${maxUsedMb} of ${currentMb} MB were used: a larger size is required, whatever its cost.`];
  }
  return [];
}

function missing(currentMb: number, sizes: readonly SizeEvidence[]): string {
  const size = sizes.find((one) => one.memoryMb === currentMb);
  const n = size === undefined ? 0 : countOf(size);
  const environments = size?.environments.length ?? 0;
  return `${n} warm, successful invocations in ${environments} environments at ${currentMb} MB: ${FEWEST_INVOCATIONS} in ${FEWEST_ENVIRONMENTS} are required.`;
}
