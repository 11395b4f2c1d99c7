/**
 * Sizes that AWS Lambda Power Tuning measured. A run is a designed experiment: at one time, with one payload, all sizes. It states
 * no spread, so only the differences between at least three runs give one. It never overrides production: a run that disagrees
 * with what production shows used another payload or another code, and is left out.
 */

import type { TuningPoint } from '../../../ingest/records/tuning-run.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Dice } from '../statistics/bootstrap.ts';
import { percentileInterval, RESAMPLES } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import { ascending, quantileOf } from '../statistics/order.ts';
import { LEAST_ERROR } from './candidates.ts';
import type { CodeUpdate } from './code.ts';
import type { ComparedSize } from './comparable.ts';
import { envelopeOf, within } from './envelope.ts';
import type { SizeEvidence } from './samples.ts';
import { studentRatio } from './student.ts';

/** What is known of a run; null if its output does not contain it. */
export interface TuningEvidence {
  readonly id: string;
  readonly atMs: number | null;
  readonly invocations: number | null;
  readonly coldStarts: boolean | null;
  readonly points: readonly TuningPoint[];
}

/** A size that was tested by runs that agree with production. */
export interface TestedSize {
  readonly memoryMb: number;
  /** Natural logarithm of the ratio of mean durations, this size over the current one; mean over the runs. */
  readonly logRatio: number;
  /** Resamples of it; null if the runs are too few to show a spread. */
  readonly resamples: readonly number[] | null;
  readonly runs: number;
}

export interface TunedSizes {
  readonly sizes: readonly TestedSize[];
  /** Why a run is left out, by its id; null if it is used. */
  readonly exclusions: ReadonlyMap<string, Reason | null>;
  /** What the sizes rest on, and what that assumes; empty if no run is used. */
  readonly notes: readonly Reason[];
}

/** Runs of which on their differences give a spread. */
export const FEWEST_RUNS = 3;
/** Relative difference to production, or to what is physically possible, that one host or one payload may explain. */
const TOLERANCE = 0.1;
/** The last time that a date can hold, ms (ECMAScript). */
const LAST_MS = 8.64e15;
/** Production durations that a run’s mean may have: those between these quantiles. */
const USUAL = [0.05, 0.95] as const;

export function tunedSizes(
  current: SizeEvidence,
  compared: readonly ComparedSize[],
  runs: readonly TuningEvidence[],
  updates: readonly CodeUpdate[],
  dice: Dice,
): TunedSizes {
  const exclusions = new Map<string, Reason | null>();
  const used: Ratios[] = [];
  const seen = new Set<string>();
  for (const run of runs) {
    const ratios = ratiosOf(run, current.memoryMb);
    const exclusion = seen.has(keyOf(run))
      ? reasonOf('tuning-same-run')
      : ratios === null
        ? reasonOf('tuning-other-size', { currentMb: current.memoryMb })
        : exclusionOf(run, ratios, current, compared, updates);
    seen.add(keyOf(run));
    exclusions.set(run.id, exclusion);
    if (exclusion === null && ratios !== null) used.push(ratios);
  }
  const known = new Set([current.memoryMb, ...compared.map(({ size }) => size.memoryMb)]);
  const tested = new Set(used.flatMap(({ logs }) => [...logs.keys()]));
  const averaged = [...tested]
    .filter((memoryMb) => !known.has(memoryMb))
    .toSorted((a, b) => a - b)
    .map((memoryMb) => averageOf(memoryMb, used));
  const odd = averaged.filter((one) => isImpossible(current.memoryMb, one));
  const sizes = averaged.filter((one) => !odd.includes(one)).map((one) => testedSize(current.memoryMb, one, dice));
  const notes = odd.map((one) => impossible(current.memoryMb, one));
  return { sizes, exclusions, notes: sizes.length === 0 ? notes : [...notesOf(used, sizes), ...notes] };
}

/** A run with the log ratio of each size to the current one. */
interface Ratios {
  readonly run: TuningEvidence;
  readonly currentMs: number;
  readonly logs: ReadonlyMap<number, number>;
}

function ratiosOf(run: TuningEvidence, currentMb: number): Ratios | null {
  const currentMs = run.points.find(({ memoryMb }) => memoryMb === currentMb)?.durationMs;
  if (currentMs === undefined) return null;
  const logs = new Map(run.points.map(({ memoryMb, durationMs }) => [memoryMb, Math.log(durationMs / currentMs)]));
  return { run, currentMs, logs };
}

/** The visualization has single precision, so that equal runs are equal only in that. */
function keyOf({ points }: TuningEvidence): string {
  return points.map(({ memoryMb, durationMs }) => `${memoryMb}:${Math.fround(durationMs)}`).join();
}

function exclusionOf(
  run: TuningEvidence,
  { currentMs, logs }: Ratios,
  current: SizeEvidence,
  compared: readonly ComparedSize[],
  updates: readonly CodeUpdate[],
): Reason | null {
  const { atMs, coldStarts } = run;
  if (coldStarts === true) return reasonOf('tuning-cold-starts');
  const changed =
    atMs === null ? undefined : updates.find((update) => update.atMs > atMs && changesCode(update, updates));
  if (changed !== undefined) return reasonOf('tuning-code-updated', { day: dayOf(changed.atMs) });
  const durations = ascending(current.environments.flatMap(({ durationsMs }) => durationsMs));
  const [low, high] = [quantileOf(durations, USUAL[0]), quantileOf(durations, USUAL[1])];
  if (currentMs < low / (1 + TOLERANCE) || currentMs > high * (1 + TOLERANCE)) {
    const production = { currentMb: current.memoryMb, lowMs: low, highMs: high };
    return reasonOf('tuning-other-payload', { testedMs: currentMs, ...production });
  }
  for (const { size, logRatio, resamples } of compared) {
    const log = logs.get(size.memoryMb);
    const interval = percentileInterval(ascending(resamples));
    if (log === undefined || interval === null) continue;
    const slack = Math.log(1 + TOLERANCE);
    if (log < interval.low - slack || log > interval.high + slack) {
      const sizes = { otherMb: size.memoryMb, currentMb: current.memoryMb };
      const ratios = { testedFactor: Math.exp(log), observedFactor: Math.exp(logRatio) };
      return reasonOf('tuning-contradicted', { ...sizes, ...ratios });
    }
  }
  return null;
}

/** Tests whether the sizes differ by more than their memory explains. */
function isImpossible(currentMb: number, { memoryMb, meanLog }: Averaged): boolean {
  const { low, high } = envelopeOf(currentMb, memoryMb);
  const slack = Math.log(1 + TOLERANCE);
  return meanLog < low - slack || meanLog > high + slack;
}

function impossible(currentMb: number, { memoryMb, meanLog }: Averaged): Reason {
  return reasonOf('tuning-unexplained', { otherMb: memoryMb, currentMb, ratioFactor: Math.exp(meanLog) });
}

/** Tests whether an update replaced the code: an update of the configuration alone, or with the same hash, does not. */
function changesCode(update: CodeUpdate, updates: readonly CodeUpdate[]): boolean {
  if (update.kind === 'configuration') return false;
  const before = updates
    .filter(({ atMs, codeSha256 }) => atMs < update.atMs && codeSha256 !== null)
    .toSorted((a, b) => b.atMs - a.atMs)[0];
  const isCompared = before !== undefined && update.codeSha256 !== null;
  // Without an earlier hash, `unknown` may be the first time that the inventory was read.
  return isCompared ? before.codeSha256 !== update.codeSha256 : update.kind !== 'unknown';
}

interface Averaged {
  readonly memoryMb: number;
  readonly meanLog: number;
  /** Log ratio of each run. */
  readonly logs: readonly number[];
}

function averageOf(memoryMb: number, used: readonly Ratios[]): Averaged {
  const logs = used.map((one) => one.logs.get(memoryMb)).filter((log) => log !== undefined);
  return { memoryMb, logs, meanLog: logs.reduce((sum, log) => sum + log, 0) / logs.length };
}

/**
 * The standard error of the mean over the runs, with Student’s t, and the error that production may differ by: each size of a run has
 * one environment, and its payload is not that of production.
 */
function testedSize(currentMb: number, { memoryMb, meanLog, logs }: Averaged, dice: Dice): TestedSize {
  const logRatio = within(envelopeOf(currentMb, memoryMb), meanLog);
  if (logs.length < FEWEST_RUNS) return { memoryMb, logRatio, resamples: null, runs: logs.length };
  const squares = logs.reduce((sum, log) => sum + (log - meanLog) ** 2, 0);
  const degrees = logs.length - 1;
  const error = Math.hypot(Math.sqrt(squares / degrees / logs.length) * studentRatio(degrees), LEAST_ERROR);
  const resamples = Array.from({ length: RESAMPLES }, () => logRatio + error * normalDraw(dice));
  return { memoryMb, logRatio, resamples, runs: logs.length };
}

function notesOf(used: readonly Ratios[], sizes: readonly TestedSize[]): readonly Reason[] {
  const listed = sizes.map(({ memoryMb }) => memoryMb).join(', ');
  const times = used.map(({ run }) => run.atMs).filter((atMs) => atMs !== null);
  const [firstDay, lastDay] = [dayOf(Math.min(...times, LAST_MS)), dayOf(Math.max(...times, 0))];
  const n = used.map(({ run }) => run.invocations).filter((count) => count !== null);
  const basis = {
    sizes: listed,
    runs: used.length,
    when: times.length < used.length ? 'unknown' : firstDay === lastDay ? 'day' : 'days',
    firstDay,
    lastDay,
    isParallelKnown: used.every(({ run }) => run.coldStarts !== null),
    isSpreadKnown: sizes.some(({ resamples }) => resamples !== null),
    required: FEWEST_RUNS,
  };
  return [
    n.length < used.length
      ? reasonOf('tuning-basis-unknown-size', basis)
      : reasonOf('tuning-basis', { ...basis, invocations: Math.min(...n) }),
  ];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
