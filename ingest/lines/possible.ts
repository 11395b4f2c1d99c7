/**
 * Figures that Lambda can produce. A line with others was not written by Lambda, or was damaged on the way: stored, it would
 * decide sums, costs and percentiles. Limits: "Lambda quotas" and "Billed Duration" in the Lambda Developer Guide.
 */
import type { ReportLine, Spans } from '../records/invocation-line.ts';
import type { LineProblem, PlatformLine } from '../records/platform-line.ts';
import { MINUTE_MS, SECOND_MS } from '../records/time.ts';

/** The end of a run is noticed and reported some time after the timeout. */
const LATE_MS = MINUTE_MS;
/** A function, and an init outside of the first ten seconds, may take 15 minutes. */
const LONGEST_MS = 15 * MINUTE_MS + LATE_MS;
/** On Managed Instances 90 minutes. Their reports have no billed duration. */
const LONGEST_MANAGED_MS = 90 * MINUTE_MS + LATE_MS;
const MOST_MEMORY_MB = 10_240;
/** Memory of a function on Managed Instances: 32 GB. */
const MOST_MANAGED_MEMORY_MB = 32_768;
/** The sandbox uses memory of its own, so that slightly more than the size may be reported. */
const usableMb = (sizeMb: number): number => 1.25 * sizeMb + 64;
/** An init that is billed may be missing in REPORT: it takes up to ten seconds. Before December 2020, 100 ms were the unit. */
const UNSTATED_MS = 10_000 + 1000;

/** Copies may round a duration to whole milliseconds. */
const ROUNDED_MS = 1;

/** Why the line's figures are impossible; null if they are possible, or if it has none. */
export function impossibleFigures(line: PlatformLine): LineProblem | null {
  switch (line.kind) {
    case 'report':
      return impossibleReport(line);
    case 'init-report':
      return (
        problemOf([line.initDurationMs, line.billedDurationMs], LONGEST_MS) ??
        (isWhole(line.billedDurationMs) ? null : 'number-not-whole')
      );
    case 'restore-report':
      return problemOf([line.restoreDurationMs, ...spanTimes(line.spans)], LONGEST_MS);
    case 'restore-runtime-done':
      return problemOf(spanTimes(line.spans), LONGEST_MS);
    case 'runtime-done':
      return problemOf([line.durationMs, ...spanTimes(line.spans)], LONGEST_MANAGED_MS);
    case 'fault':
      return line.timedOutAfterSec !== null && line.timedOutAfterSec * 1000 > LONGEST_MANAGED_MS
        ? 'duration-impossible'
        : null;
    default:
      return null;
  }
}

function impossibleReport(line: ReportLine): LineProblem | null {
  const { durationMs, billedDurationMs, initDurationMs, restoreDurationMs, billedRestoreDurationMs } = line;
  const longestMs = billedDurationMs === null ? LONGEST_MANAGED_MS : LONGEST_MS;
  const times =
    worse(durationMs, longestMs) |
    worse(initDurationMs, longestMs) |
    worse(restoreDurationMs, longestMs) |
    worse(billedRestoreDurationMs, longestMs) |
    worse(line.runtimeDurationMs, longestMs) |
    (line.spans === null ? FINE : worst(Object.values(line.spans), longestMs));
  if (times !== FINE) return problemIn(times, 'duration-impossible');
  const before = (initDurationMs ?? 0) + (restoreDurationMs ?? 0);
  const billableMs = (durationMs ?? LONGEST_MS) + before + UNSTATED_MS;
  const billed = worse(billedDurationMs, billableMs);
  if (billed !== FINE) return problemIn(billed, 'billed-impossible');
  if (!isWhole(billedDurationMs) || !isWhole(billedRestoreDurationMs)) return 'number-not-whole';
  if (isBilledTooLittle(billedDurationMs, durationMs, before)) return 'billed-impossible';
  if (restoreDurationMs !== null && (billedRestoreDurationMs ?? 0) >= restoreDurationMs + ROUNDED_MS)
    return 'billed-impossible';
  const mostMb = billedDurationMs === null ? MOST_MANAGED_MEMORY_MB : MOST_MEMORY_MB;
  const { memorySizeMb, maxMemoryUsedMb } = line;
  // Shares of a size of 0 and costs by it would be infinite and nothing.
  if (memorySizeMb === 0) return 'memory-impossible';
  const size = worse(memorySizeMb, mostMb);
  if (size !== FINE) return problemIn(size, 'memory-impossible');
  const used = worse(maxMemoryUsedMb, usableMb(memorySizeMb ?? mostMb));
  if (used !== FINE) return problemIn(used, 'memory-impossible');
  return isWhole(memorySizeMb) && isWhole(maxMemoryUsedMb) ? null : 'number-not-whole';
}

/**
 * Whether less was billed than the run took. A run that its timeout cut is billed for the timeout, a whole number of seconds, and
 * for its init and restore; it may be reported to have taken longer. Any other run is billed for its duration, rounded up.
 */
function isBilledTooLittle(billedMs: number | null, durationMs: number | null, before: number): boolean {
  if (billedMs === null || durationMs === null || billedMs > durationMs - ROUNDED_MS) return false;
  return billedMs === 0 || billedMs % SECOND_MS > before + ROUNDED_MS || durationMs - billedMs > LATE_MS;
}

/** Lambda writes sizes in whole MB and bills whole milliseconds: a fraction would be rounded. */
function isWhole(figure: number | null): boolean {
  return figure === null || Number.isInteger(figure);
}

/** What is wrong with figures, as bits: a list of those of each REPORT took a fifth of what reading it allocates. */
const [FINE, TOO_LARGE, UNREADABLE] = [0, 1, 2];

function worse(figure: number | null, most: number): number {
  if (figure === null || figure <= most) return FINE;
  return Number.isNaN(figure) ? UNREADABLE : TOO_LARGE;
}

function worst(figures: readonly (number | null)[], most: number): number {
  let bits = FINE;
  for (const figure of figures) bits |= worse(figure, most);
  return bits;
}

/** A number that is none comes first, whatever the others are. */
function problemIn(bits: number, beyond: LineProblem): LineProblem {
  return (bits & UNREADABLE) === 0 ? beyond : 'number-unreadable';
}

function problemOf(figures: readonly (number | null)[], most: number): LineProblem | null {
  const bits = worst(figures, most);
  return bits === FINE ? null : problemIn(bits, 'duration-impossible');
}

function spanTimes(spans: Spans | null): readonly number[] {
  return spans === null ? [] : Object.values(spans);
}

/**
 * Whether a REPORT that was read in place is within the limits for any invocation. Others are read again, with a reason.
 * Durations in ms, sizes in MB; NaN for a duration that is absent.
 */
export function isPossiblePlain(
  durationMs: number,
  billedMs: number,
  memoryMb: number,
  usedMb: number,
  initMs: number,
) {
  const before = Number.isNaN(initMs) ? 0 : initMs;
  return (
    durationMs <= LONGEST_MS &&
    before <= LONGEST_MS &&
    billedMs <= durationMs + before + UNSTATED_MS &&
    Number.isInteger(billedMs) &&
    !isBilledTooLittle(billedMs, durationMs, before) &&
    memoryMb > 0 &&
    memoryMb <= MOST_MEMORY_MB &&
    usedMb <= usableMb(memoryMb)
  );
}
