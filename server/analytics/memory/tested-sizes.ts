/** Candidates that Power Tuning tested and production did not run. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { percentileInterval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import type { Candidate, Prices } from './candidates.ts';
import { costPerMillion, failuresAt } from './candidates.ts';
import type { FailureCosts } from './failed-attempts.ts';
import type { Goal } from './recommend.ts';
import type { SizeEvidence } from './samples.ts';
import { meanBilledMs } from './samples.ts';
import type { TestedSize } from './tuning-runs.ts';

/** A size is optimized if no other may save this share of its cost. */
export const MATERIAL_SAVING = 0.1;

/** Returns the sizes that Power Tuning tested, at the durations of production times the tested ratio. */
export function testedCandidates(
  current: SizeEvidence,
  currentMeans: readonly number[],
  tested: readonly TestedSize[],
  prices: Prices,
  failures: ReadonlyMap<number, FailureCosts>,
): readonly Candidate[] {
  const mean = meanBilledMs(current.environments);
  return tested.map(({ memoryMb, logRatio, resamples }) => {
    const known = failuresAt(failures, memoryMb);
    const durationMs = mean * Math.exp(logRatio);
    const costPerMillionUsd = costPerMillion(memoryMb, durationMs, prices, known?.point);
    const costs = resamples?.map((value, at) =>
      costPerMillion(memoryMb, (currentMeans[at] ?? mean) * Math.exp(value), prices, known?.draws[at] ?? known?.point),
    );
    const interval = costs === undefined ? null : percentileInterval(ascending(costs));
    return { memoryMb, durationMs, costPerMillionUsd, interval, basis: 'tested' };
  });
}

/** A size that production did not run fails at least as often as the current one, as far as is known. */
export function withTested(
  failures: ReadonlyMap<number, FailureCosts>,
  tested: readonly TestedSize[],
  currentMb: number,
): ReadonlyMap<number, FailureCosts> {
  const now = failures.get(currentMb);
  const unknown = tested.filter(({ memoryMb }) => failuresAt(failures, memoryMb) === null);
  return new Map([
    ...failures,
    ...unknown.flatMap(({ memoryMb }) => (now === undefined ? [] : [[memoryMb, now] as const])),
  ]);
}

/** Says what tested sizes without a known spread would gain, if it is material. */
export function promisesOf(
  possible: readonly Candidate[],
  now: Candidate,
  goal: Goal,
  tested: readonly TestedSize[],
): readonly Reason[] {
  return possible.flatMap((candidate) => {
    const size = tested.find(({ memoryMb, resamples }) => memoryMb === candidate.memoryMb && resamples === null);
    if (size === undefined) return [];
    const cost = candidate.costPerMillionUsd / now.costPerMillionUsd - 1;
    const cheaper = cost < -MATERIAL_SAVING;
    const faster = size.logRatio < Math.log(1 - MATERIAL_SAVING);
    const promising = goal === 'cheapest' ? cheaper : goal === 'fastest' ? faster : cheaper || faster;
    return promising ? [promiseOf(size, now.memoryMb, cost)] : [];
  });
}

/** Says what an unconfirmed size would change. */
function promiseOf({ memoryMb, logRatio }: TestedSize, currentMb: number, cost: number): Reason {
  const change = Math.exp(logRatio) - 1;
  const speed = { speedShare: Math.abs(change), isFaster: change < 0 };
  const price = { costShare: Math.abs(cost), isCheaper: cost < 0 };
  return reasonOf('tuning-promise', { otherMb: memoryMb, currentMb, ...speed, ...price });
}
