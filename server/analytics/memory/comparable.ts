/** Finds the sizes that can be compared with the current one, and says why the others cannot. */
import { fixed, percent } from '../../../ingest/text/quantities.ts';
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
  readonly exclusions: readonly string[];
  /** What limits the comparison, one sentence each. */
  readonly notes: readonly string[];
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
  const exclusions: string[] = [];
  const notes = new Set<string>();
  const spread = spreadBetweenVersions([current, ...others], codeOf);
  for (const other of others) {
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
      exclusions.push(`${other.memoryMb} MB and ${current.memoryMb} MB ran at different hours of the day.`);
      continue;
    }
    if (!WEEKENDS_APART.has(paired.pairing) && weekendsDiffer(current, other)) {
      exclusions.push(
        `${other.memoryMb} MB and ${current.memoryMb} MB ran on different days of the week, and share too few hours of working days and of weekends.`,
      );
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
    if (same === null)
      notes.add('Different versions ran at the sizes: the intervals contain the spread between versions.');
    else if (!isKnown(current, codeOf) || !isKnown(other, codeOf)) {
      notes.add(
        'It is not known whether the code changed together with the size: no inventory or CloudTrail covers it.',
      );
    }
    if (comparison.pairing !== 'hour')
      notes.add(timesNote(other.memoryMb, current.memoryMb, traced !== null, controlled));
    compared.push({ ...comparison, resamples, size: other });
  }
  return { compared, exclusions: [...new Set(exclusions)], notes: [...notes] };
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
function timesNote(otherMb: number, currentMb: number, traced: boolean, controlled: Controlled | null): string {
  if (traced) {
    return 'The sizes ran at different times: calls to other services are taken as those at the current size, and nothing else is assumed to have changed.';
  }
  if (controlled === null || controlled.controls === 0) {
    return 'The sizes ran at different times, and there are no controls (at least three functions of the account and region that did not change): it is assumed that conditions were the same.';
  }
  const { change, controls } = controlled;
  const by = `${percent(Math.abs(change))} ${change < 0 ? 'faster' : 'slower'}`;
  return `${otherMb} MB and ${currentMb} MB ran at different times: ${controls} functions that did not change were ${by} at the times of ${otherMb} MB, which is subtracted.`;
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

function differentCode(current: SizeEvidence, other: SizeEvidence, codeOf: CodeOf): string {
  const certain = [current, other].every((size) => size.environments.every((one) => codeOf(one).basis === 'hash'));
  const [sizeA, sizeB] = [`${current.memoryMb} MB`, `${other.memoryMb} MB`];
  if (certain) return `The code changed together with the size: no code ran at both ${sizeA} and ${sizeB}.`;
  return `No version ran at both sizes: ${current.versions.join(', ')} at ${sizeA}, ${other.versions.join(', ')} at ${sizeB}. An inventory with all versions would show which of them are the same code.`;
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

function impossible(currentMb: number, otherMb: number, logRatio: number): string {
  const [small, large] = [Math.min(currentMb, otherMb), Math.max(currentMb, otherMb)];
  const gain = Math.exp(currentMb < otherMb ? -logRatio : logRatio);
  return gain < 1
    ? `${small} MB was faster than ${large} MB, which less memory cannot be: something else changed.`
    : `${large} MB was ${fixed(gain, 2)} times as fast as ${small} MB, more than its memory explains: something else changed.`;
}
