/**
 * Recommends a memory size from observed invocations. One size gives bounds, two a verdict between them, and three or more
 * that span a factor of four a curve. Otherwise there is no recommendation, and the result says what is missing.
 */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { percentileInterval, RESAMPLES } from '../statistics/bootstrap.ts';
import { ascending, quantileOf } from '../statistics/order.ts';
import type { Candidate, Prices } from './candidates.ts';
import { boundCandidates, costPerMillion, fittedCandidates, LEAST_ERROR, observedCandidates } from './candidates.ts';
import type { CodeHistory } from './code.ts';
import { codeFinder } from './code.ts';
import type { Comparable } from './comparable.ts';
import { comparableSizes } from './comparable.ts';
import { resampledMeans } from './comparison.ts';
import type { ControlFunction } from './controls.ts';
import type { AssessedCandidate, SafetyLimits } from './exclusion.ts';
import { assessed, exclusionOf, failingSizes, limitsOf } from './exclusion.ts';
import type { FailureCosts } from './failed-attempts.ts';
import { failureCosts, NO_FAILURES } from './failed-attempts.ts';
import type { Floor, MemoryUse } from './floor.ts';
import { floorOf, SIZE_STEPS } from './floor.ts';
import type { Objective, Recommendation } from './recommend.ts';
import { ranked, tryCandidate } from './recommend.ts';
import type { SizeEvidence } from './samples.ts';
import {
  billedInterval,
  countOf,
  FEWEST_ENVIRONMENTS,
  FEWEST_INVOCATIONS,
  isEnough,
  meanBilledMs,
  noIntervalReason,
} from './samples.ts';
import type { TracedModel } from './self-time.ts';
import { FEWEST_TRACED, fitTraced } from './self-time.ts';
import { MATERIAL_SAVING, promisesOf, testedCandidates, withTested } from './tested-sizes.ts';
import type { TestedSize, TuningEvidence } from './tuning-runs.ts';
import { tunedSizes } from './tuning-runs.ts';

/** The terms of Compute Optimizer, also above its limit of 1,792 MB. */
export type Finding = 'optimized' | 'over-provisioned' | 'under-provisioned' | 'insufficient-data' | 'inconclusive';

export interface Question extends Objective {
  readonly sizes: readonly SizeEvidence[];
  readonly code: CodeHistory;
  /** Functions of the same account and region that did not change. */
  readonly controls: readonly ControlFunction[];
  /** Imported results of Power Tuning. */
  readonly tuning: readonly TuningEvidence[];
  readonly use: MemoryUse;
  readonly prices: Prices;
  readonly invocationsPerMonth: number;
}

export interface ObservedSize {
  readonly memoryMb: number;
  readonly n: number;
  readonly environments: number;
  readonly meanBilledMs: number;
  readonly durationMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly n: number };
  /** Share of all attempts that failed. */
  readonly failedShare: number;
  /** Per million successful invocations. */
  readonly costPerMillionUsd: number;
  /** 95 % interval of the cost, from resampled blocks of time; null if they are too few. */
  readonly interval: Interval | null;
  /** Why there is no interval; null if there is one. */
  readonly intervalReason: Reason | null;
  readonly enough: boolean;
}

export interface RightSize {
  readonly finding: Finding;
  readonly reasons: readonly Reason[];
  readonly observed: readonly ObservedSize[];
  readonly model: TracedModel | null;
  readonly floor: Floor | null;
  readonly candidates: readonly AssessedCandidate[];
  readonly recommendation: Recommendation | null;
  /** Imported results of Power Tuning, with the reason why one is left out; null if it is used. */
  readonly tuning: readonly { readonly id: string; readonly exclusion: Reason | null }[];
}

const SPAN_FOR_CURVE = 4;
const MOST_LOO_ERROR = 0.2;
/** Used share of the memory size above which it counts as nearly full. */
const NEARLY_FULL = 0.95;
const LARGEST_MB = SIZE_STEPS.at(-1) ?? 0;

type Conclusion = Pick<RightSize, 'finding' | 'reasons' | 'recommendation'>;

export function rightSize(question: Question, dice: Dice): RightSize {
  const { use, prices } = question;
  const sizes = question.sizes.filter((size) => countOf(size) > 0).toSorted((a, b) => a.memoryMb - b.memoryMb);
  const means = new Map(sizes.map((size) => [size.memoryMb, resampledMeans(size.environments, dice, RESAMPLES)]));
  const failures = failureCosts(sizes, dice, RESAMPLES);
  const observed = sizes.map((size) => observe(size, means.get(size.memoryMb) ?? [], prices, failures));
  const floor = floorOf(use);
  const unused = question.tuning.map(({ id }) => ({ id, exclusion: NOTHING_TO_COMPARE }));
  const known = { observed, model: null, floor, candidates: [], tuning: unused };
  const pressing = pressingReasons(use);
  const usable = sizes.filter(isEnough);
  const current = usable.find((size) => size.memoryMb === use.currentMb);
  if (current === undefined) {
    const conclusion = {
      finding: 'insufficient-data',
      reasons: [missing(use.currentMb, sizes)],
      recommendation: null,
    } as const;
    return { ...known, ...raised(conclusion, pressing, question, floor) };
  }
  const others = usable.filter((size) => size !== current);
  const comparable = comparableSizes(
    current,
    others,
    { codeOf: codeFinder(question.code), runtime: use.runtime, controls: question.controls },
    dice,
  );
  const tuned = tunedSizes(current, comparable.compared, question.tuning, question.code.updates, dice);
  const tuning = [...tuned.exclusions].map(([id, exclusion]) => ({ id, exclusion }));
  const left = tuned.notes;
  if (comparable.compared.length === 0 && tuned.sizes.length === 0) {
    const conclusion: Conclusion =
      others.length === 0
        ? { finding: 'insufficient-data', reasons: [ONE_SIZE, ...left], recommendation: null }
        : { finding: 'inconclusive', reasons: [CONFOUNDED, ...comparable.exclusions, ...left], recommendation: null };
    const candidates =
      others.length === 0
        ? boundCandidates(
            current,
            prices,
            failures.get(current.memoryMb)?.point ?? NO_FAILURES,
            pressing.length === 0 ? null : raisedMb(use, floor),
          )
        : [];
    const limits = limitsOf(question, current, floor, { candidates: [], failing: [] });
    return {
      ...known,
      candidates: assessed(candidates, limits),
      tuning,
      ...raised(conclusion, pressing, question, floor),
    };
  }
  const nowMeans = means.get(current.memoryMb) ?? [];
  const seen = observedCandidates(current, nowMeans, comparable.compared, prices, failures);
  const { model, misfit } = modelOf(seen, sizes, current);
  const expected = withTested(failures, tuned.sizes, current.memoryMb);
  const fitted = model === null ? [] : fittedCandidates(model, seen, prices, failures);
  const tested = testedCandidates(current, nowMeans, tuned.sizes, prices, expected);
  const isTested = ({ memoryMb }: Candidate): boolean => tested.some((one) => one.memoryMb === memoryMb);
  const candidates = [...seen, ...tested, ...fitted.filter((one) => !isTested(one))].toSorted(
    (a, b) => a.memoryMb - b.memoryMb,
  );
  const untested = sizes.length - 1 - comparable.compared.length;
  const failing = failingSizes(current, comparable);
  const limits = limitsOf(question, current, floor, { candidates, failing });
  const sized = { current, nowMeans, comparable, candidates, floor, untested, failing, limits };
  const conclusion = conclude(question, { ...sized, tested: tuned.sizes, failures: expected }, dice);
  const excluded = comparable.compared.length === 0 ? aloneOf(comparable) : exclusionsOf(comparable);
  const reasons = [...comparable.notes, ...excluded, ...tuned.notes, ...misfit, ...conclusion.reasons];
  return {
    ...known,
    model,
    candidates: assessed(candidates, limits),
    tuning,
    ...raised({ ...conclusion, reasons }, pressing, question, floor),
  };
}

const NOTHING_TO_COMPARE = reasonOf('tuning-nothing-to-compare');
const ONE_SIZE = reasonOf('memory-one-size');
const CONFOUNDED = reasonOf('memory-confounded');

/** Production has nothing to compare the current size with. */
function aloneOf({ exclusions }: Comparable): readonly Reason[] {
  return exclusions.length === 0 ? [] : [CONFOUNDED, ...exclusions];
}

function exclusionsOf({ exclusions }: Comparable): readonly Reason[] {
  return exclusions.length === 0 ? [] : [reasonOf('memory-sizes-left-out'), ...exclusions];
}

function observe(
  size: SizeEvidence,
  means: readonly number[],
  prices: Prices,
  failures: ReadonlyMap<number, FailureCosts>,
): ObservedSize {
  const durations = ascending(size.environments.flatMap((environment) => environment.durationsMs));
  const mean = meanBilledMs(size.environments);
  const billed = billedInterval(size.environments, means);
  const known = failures.get(size.memoryMb);
  const costAt = (ms: number, fails = known?.point): number => costPerMillion(size.memoryMb, ms, prices, fails);
  const drawn = percentileInterval(ascending(means.map((ms, at) => costAt(ms, known?.draws[at]))));
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
    failedShare: size.failures / size.invocations,
    costPerMillionUsd: costAt(mean),
    interval: billed && {
      low: Math.min(costAt(billed.low), drawn?.low ?? Number.POSITIVE_INFINITY),
      high: Math.max(costAt(billed.high), drawn?.high ?? 0),
    },
    intervalReason: billed === null ? noIntervalReason(size.environments) : null,
    enough: isEnough(size),
  };
}

function isTraced(size: SizeEvidence | undefined): boolean {
  return (size?.remote?.n ?? 0) >= FEWEST_TRACED;
}

/** Fits the curve to what is possible, so that a fitted size lies between possible neighbours. */
function modelOf(
  seen: readonly Candidate[],
  sizes: readonly SizeEvidence[],
  current: SizeEvidence,
): { readonly model: TracedModel | null; readonly misfit: readonly Reason[] } {
  const points = seen.map(({ memoryMb, durationMs }) => ({
    memoryMb,
    durationMs,
    // Every size was given the calls of the current one, if both were traced.
    remote: isTraced(sizes.find((size) => size.memoryMb === memoryMb)) ? current.remote : null,
  }));
  const span = (points.at(-1)?.memoryMb ?? 0) / (points[0]?.memoryMb ?? 1);
  const fitted = points.length >= 3 && span >= SPAN_FOR_CURVE ? fitTraced(points) : null;
  if (fitted === null || (fitted.looError ?? LEAST_ERROR) <= MOST_LOO_ERROR) return { model: fitted, misfit: [] };
  return { model: null, misfit: [reasonOf('memory-no-model', { errorShare: fitted.looError ?? 0 })] };
}

interface Found {
  readonly current: SizeEvidence;
  readonly nowMeans: readonly number[];
  readonly comparable: Comparable;
  /** Sizes that Power Tuning tested and production did not. */
  readonly tested: readonly TestedSize[];
  readonly candidates: readonly Candidate[];
  readonly failures: ReadonlyMap<number, FailureCosts>;
  readonly floor: Floor | null;
  /** Observed sizes that could not be compared. */
  readonly untested: number;
  readonly failing: readonly SizeEvidence[];
  readonly limits: SafetyLimits;
}

function conclude(question: Question, found: Found, dice: Dice): Conclusion {
  const { maxDurationMs, goal } = question;
  const { current, nowMeans, candidates, failures, floor, untested, failing, limits } = found;
  const { compared } = found.comparable;
  const now = candidates.find((candidate) => candidate.memoryMb === current.memoryMb);
  const reasons: readonly Reason[] = failing.map((size) =>
    reasonOf('memory-fails-more', {
      otherMb: size.memoryMb,
      otherShare: size.failures / size.invocations,
      currentShare: current.failures / current.invocations,
    }),
  );
  const possible = candidates.filter((candidate) => candidate !== now && exclusionOf(candidate, limits) === null);
  const allowed = possible.filter(({ interval }) => interval !== null);
  if (now === undefined || (maxDurationMs !== null && now.durationMs > maxDurationMs && possible.length === 0)) {
    return {
      finding: 'inconclusive',
      reasons: [...reasons, reasonOf('memory-nothing-allowed')],
      recommendation: null,
    };
  }
  // Fitted sizes lie between the observed ones: together they count as one more.
  const certain = found.tested.filter(({ resamples }) => resamples !== null);
  const tests = compared.length + certain.length + (candidates.some(({ basis }) => basis === 'fitted') ? 1 : 0);
  const ratios = new Map([
    ...certain.map(({ memoryMb, resamples }) => [memoryMb, resamples ?? []] as const),
    ...compared.map(({ size, resamples }) => [size.memoryMb, resamples] as const),
  ]);
  const test = { ...question, now, nowMeans, ratios, failures, objective: question };
  const trials = ranked(allowed, question).map((candidate) => tryCandidate(candidate, tests, test, dice));
  const best = trials.find((trial) => trial.gained);
  if (best !== undefined) {
    const { relativeSaving: _relative, gained: _gained, ...recommendation } = best;
    return {
      finding: best.memoryMb < now.memoryMb ? 'over-provisioned' : 'under-provisioned',
      reasons: [...reasons, ...(floor === null ? [] : [floor.reason])],
      recommendation,
    };
  }
  const open = trials.find((trial) => trial.relativeSaving.high > MATERIAL_SAVING);
  if (goal === 'cheapest' && open !== undefined) {
    return {
      finding: 'inconclusive',
      reasons: [
        ...reasons,
        reasonOf('memory-uncertain-saving', { otherMb: open.memoryMb, savingShare: open.relativeSaving.high }),
      ],
      recommendation: null,
    };
  }
  const promises = promisesOf(possible, now, goal, found.tested);
  if (promises.length > 0 || tests === 0) {
    const nothing = reasonOf('memory-tested-no-gain');
    const experiment = reasonOf('memory-tested-inconclusive');
    return {
      finding: 'inconclusive',
      reasons: [...reasons, ...(promises.length === 0 ? [nothing] : promises), experiment],
      recommendation: null,
    };
  }
  if (untested > 0) {
    return {
      finding: 'inconclusive',
      reasons: [...reasons, reasonOf('memory-not-all-compared', { goal })],
      recommendation: null,
    };
  }
  return {
    finding: 'optimized',
    reasons: [...reasons, reasonOf('memory-optimized', { goal })],
    recommendation: null,
  };
}

/** A size that is too small must be raised, whatever the comparison says about cost. */
function raised(
  conclusion: Conclusion,
  pressing: readonly Reason[],
  { use, goal }: Question,
  floor: Floor | null,
): Conclusion {
  if (pressing.length === 0) return conclusion;
  const reasons = [...pressing, ...conclusion.reasons];
  const { recommendation } = conclusion;
  if (recommendation !== null && recommendation.memoryMb > use.currentMb) {
    return { finding: 'under-provisioned', reasons, recommendation };
  }
  const memoryMb = raisedMb(use, floor);
  if (memoryMb <= use.currentMb) {
    return {
      finding: 'under-provisioned',
      reasons: [...reasons, reasonOf('memory-largest', { largestMb: LARGEST_MB })],
      recommendation: null,
    };
  }
  return {
    finding: 'under-provisioned',
    reasons,
    recommendation: {
      strategy: goal,
      memoryMb,
      pSaving: null,
      monthlySavingUsd: null,
      latencyChange: null,
      costChange: null,
    },
  };
}

/** The size that is recommended in place of one that is too small. */
function raisedMb({ currentMb }: MemoryUse, floor: Floor | null): number {
  return Math.min(LARGEST_MB, Math.max(floor?.floorMb ?? 0, nextStep(currentMb)));
}

function nextStep(mb: number): number {
  return SIZE_STEPS.find((size) => size > mb) ?? mb;
}

function pressingReasons({ outOfMemoryAtMb, currentUsedMb, currentMb }: MemoryUse): readonly Reason[] {
  if (currentMb <= 0) return [];
  if (outOfMemoryAtMb.some((size) => size >= currentMb)) {
    return [reasonOf('memory-ran-out-larger', { worstMb: Math.max(...outOfMemoryAtMb) })];
  }
  if (currentUsedMb !== null && currentUsedMb >= NEARLY_FULL * currentMb) {
    return [reasonOf('memory-nearly-full', { usedMb: currentUsedMb, currentMb })];
  }
  return [];
}

function missing(currentMb: number, sizes: readonly SizeEvidence[]): Reason {
  const size = sizes.find((one) => one.memoryMb === currentMb);
  const n = size === undefined ? 0 : countOf(size);
  const timedOut = size?.timeouts.n ?? 0;
  const environments = size?.environments.length ?? 0;
  const required = { requiredInvocations: FEWEST_INVOCATIONS, requiredEnvironments: FEWEST_ENVIRONMENTS };
  return reasonOf('memory-too-few', { invocations: n - timedOut, environments, currentMb, ...required });
}
