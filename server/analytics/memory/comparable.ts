/** Finds the sizes that can be compared with the current one, and says why the others cannot. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Dice } from '../statistics/bootstrap.ts';
import { RESAMPLES } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import type { Code } from './code.ts';
import { isLatest, UNKNOWN_CODE } from './code.ts';
import type { Comparison, Pairing } from './comparison.ts';
import { compareDurations } from './comparison.ts';
import { confounders, weekendsDiffer } from './confounders.ts';
import type { ControlFunction, Controlled } from './controls.ts';
import { withControls } from './controls.ts';
import { envelopeOf } from './envelope.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';
import { isEnough, meanBilledMs } from './samples.ts';
import type { RemoteTime } from './self-time.ts';
import { FEWEST_TRACED } from './self-time.ts';
import { studentRatio } from './student.ts';

export interface ComparedSize extends Comparison {
  readonly size: SizeEvidence;
}

export interface Comparable {
  readonly compared: readonly ComparedSize[];
  /** Why sizes were left out, one sentence each. */
  readonly exclusions: readonly Reason[];
  /** What limits the comparison, one sentence each. */
  readonly notes: readonly Reason[];
}

/** What else may differ between the sizes. */
export interface Conditions {
  readonly codeOf: CodeOf;
  /** Lambda runtime name; null if unknown. */
  readonly runtime: string | null;
  /** Functions that did not change in the meantime. */
  readonly controls: readonly ControlFunction[];
}

type CodeOf = (environment: EnvironmentSample) => Code;

/** Pairings that compare weekends with weekends. */
const WEEKENDS_APART: ReadonlySet<Pairing> = new Set(['hour', 'hour-of-week', 'hour-of-working-day-or-weekend']);
/** Share of resamples outside the envelope from which on chance does not explain it. */
const IMPOSSIBLE = 0.999;
/** Fewest degrees of freedom of the spread between versions. */
const FEWEST_DEGREES = 2;

/** Compares every size with `current`. Sizes without enough invocations are left out by the caller. */
export function comparableSizes(
  current: SizeEvidence,
  others: readonly SizeEvidence[],
  { codeOf, runtime, controls }: Conditions,
  dice: Dice,
): Comparable {
  const compared: ComparedSize[] = [];
  const exclusions: Reason[] = [];
  const notes: Reason[] = [];
  const spread = spreadBetweenVersions([current, ...others], codeOf);
  for (const other of others) {
    const sizes = { otherMb: other.memoryMb, currentMb: current.memoryMb };
    const found = confounders(current, other, runtime);
    const same = sameCode(current, other, codeOf);
    if (same === null && spread === null) {
      exclusions.push(...found, differentCode(current, other, codeOf));
      continue;
    }
    if (found.length > 0) {
      exclusions.push(...found);
      continue;
    }
    const [now, then] = same ?? [current.environments, other.environments];
    const paired = compareDurations(now, then, dice, RESAMPLES);
    if (paired === null) {
      exclusions.push(reasonOf('memory-other-hours', sizes));
      continue;
    }
    if (!WEEKENDS_APART.has(paired.pairing) && weekendsDiffer(current, other)) {
      exclusions.push(reasonOf('memory-other-weekdays', sizes));
      continue;
    }
    const traced = tracedAtBoth(current, other);
    const controlled = traced || paired.pairing === 'hour' ? null : withControls(paired, [now, then], controls, dice);
    const comparison = traced ? withSameCalls(paired, traced, current) : (controlled?.comparison ?? paired);
    const resamples =
      same === null && spread !== null
        ? comparison.resamples.map((value) => value + spread * normalDraw(dice))
        : comparison.resamples;
    if (isImpossible(current.memoryMb, other.memoryMb, resamples)) {
      exclusions.push(impossible(current.memoryMb, other.memoryMb, comparison.logRatio));
      continue;
    }
    if (same === null) notes.push(reasonOf('memory-versions-differ'));
    else if (!isKnown(current, codeOf) || !isKnown(other, codeOf)) notes.push(reasonOf('memory-code-unknown'));
    if (comparison.pairing !== 'hour')
      notes.push(timesNote(other.memoryMb, current.memoryMb, traced !== null, controlled));
    compared.push({ ...comparison, resamples, size: other });
  }
  return { compared, exclusions: distinct(exclusions), notes: distinct(notes) };
}

/** Each sentence once. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [reason.text, reason])).values()];
}

/** Calls at the current size and at the other one. */
interface TracedPair {
  readonly now: RemoteTime;
  readonly then: RemoteTime;
}

function tracedAtBoth({ remote: now }: SizeEvidence, { remote: then }: SizeEvidence): TracedPair | null {
  if (now === null || then === null || Math.min(now.n, then.n) < FEWEST_TRACED) return null;
  return { now, then };
}

/** Says what the comparison of sizes that ran at different times assumes. */
function timesNote(otherMb: number, currentMb: number, traced: boolean, controlled: Controlled | null): Reason {
  if (traced) return reasonOf('memory-times-traced');
  if (controlled === null || controlled.controls === 0) return reasonOf('memory-times-uncontrolled');
  const { change, controls } = controlled;
  const by = { changeShare: Math.abs(change), isFaster: change < 0 };
  return reasonOf('memory-times-controlled', { otherMb, currentMb, controls, ...by });
}

/**
 * Where calls to other services were traced at both sizes, gives the other size the calls of the current one: a service
 * that was slower at one of the times is not an effect of the size.
 */
function withSameCalls(comparison: Comparison, { now, then }: TracedPair, current: SizeEvidence): Comparison {
  const currentMs = meanBilledMs(current.environments);
  const adjusted = (logRatio: number): number => {
    const ownMs = currentMs * Math.exp(logRatio) - then.meanMs;
    return Math.log(Math.max(1, ownMs + now.meanMs) / currentMs);
  };
  return { ...comparison, logRatio: adjusted(comparison.logRatio), resamples: comparison.resamples.map(adjusted) };
}

type Pair = readonly [current: readonly EnvironmentSample[], other: readonly EnvironmentSample[]];

/** Returns the environments of the code that ran at both sizes; null if none did, or too few. */
function sameCode(current: SizeEvidence, other: SizeEvidence, codeOf: CodeOf): Pair | null {
  const ids = (size: SizeEvidence) => new Set(size.environments.map((environment) => codeOf(environment).id));
  // Code of $LATEST at an unknown time may be that of any other time.
  const sharedWith = (there: SizeEvidence) => {
    const known = ids(there);
    const anyLatest = there.environments.some(isLatest);
    return (environment: EnvironmentSample): boolean => {
      const { id, basis } = codeOf(environment);
      if (basis === 'unknown') return anyLatest;
      return known.has(id) || (isLatest(environment) && known.has(UNKNOWN_CODE.id));
    };
  };
  const pair: Pair = [current.environments.filter(sharedWith(other)), other.environments.filter(sharedWith(current))];
  return pair.every((environments) => isEnough({ environments })) ? pair : null;
}

function isKnown(size: SizeEvidence, codeOf: CodeOf): boolean {
  return size.environments.every((environment) => codeOf(environment).basis !== 'unknown');
}

function differentCode(current: SizeEvidence, other: SizeEvidence, codeOf: CodeOf): Reason {
  const certain = [current, other].every((size) => size.environments.every((one) => codeOf(one).basis === 'hash'));
  const sizes = { currentMb: current.memoryMb, otherMb: other.memoryMb };
  if (certain) return reasonOf('memory-code-changed', sizes);
  const versions = { currentVersions: current.versions.join(', '), otherVersions: other.versions.join(', ') };
  return reasonOf('memory-no-shared-version', { ...sizes, ...versions });
}

/**
 * Standard deviation of the log ratio of two versions, with the factor of Student's t, from versions that ran at the same
 * size; null if there are too few.
 */
function spreadBetweenVersions(sizes: readonly SizeEvidence[], codeOf: CodeOf): number | null {
  let [squares, degrees] = [0, 0];
  for (const { environments } of sizes) {
    const byCode = new Map<string, EnvironmentSample[]>();
    for (const environment of environments) {
      const { id } = codeOf(environment);
      byCode.set(id, [...(byCode.get(id) ?? []), environment]);
    }
    const logs = [...byCode.values()]
      .filter((same) => isEnough({ environments: same }))
      .map((same) => Math.log(meanBilledMs(same)));
    const mean = logs.reduce((sum, value) => sum + value, 0) / Math.max(1, logs.length);
    squares += logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    degrees += Math.max(0, logs.length - 1);
  }
  return degrees < FEWEST_DEGREES ? null : studentRatio(degrees) * Math.sqrt((2 * squares) / degrees);
}

function isImpossible(currentMb: number, otherMb: number, resamples: readonly number[]): boolean {
  const { low, high } = envelopeOf(currentMb, otherMb);
  const share = (outside: (value: number) => boolean): number => resamples.filter(outside).length / resamples.length;
  return share((value) => value < low) > IMPOSSIBLE || share((value) => value > high) > IMPOSSIBLE;
}

function impossible(currentMb: number, otherMb: number, logRatio: number): Reason {
  const [smallMb, largeMb] = [Math.min(currentMb, otherMb), Math.max(currentMb, otherMb)];
  const gain = Math.exp(currentMb < otherMb ? -logRatio : logRatio);
  return gain < 1
    ? reasonOf('memory-smaller-faster', { smallMb, largeMb })
    : reasonOf('memory-gain-unexplained', { smallMb, largeMb, gainFactor: gain });
}
