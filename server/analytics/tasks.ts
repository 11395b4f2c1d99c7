/**
 * Registry of the analyses behind the pages. Each is a pure function of plain data, so that it can run in an analysis
 * thread: arguments and results are cloned between threads, and random numbers come from a seed.
 */
import { Random } from '../../ingest/records/random.ts';
import { coded, reasonOf } from '../../ingest/text/reason.ts';
import type { SeriesValue } from './changes/change-points.ts';
import { changePoints } from './changes/change-points.ts';
import { movedIdleWindows, movedThresholds } from './cold-starts/moved-parameters.ts';
import { verdictsAcross } from './compare/across.ts';
import { hoursMissing, matchHours, tooEarly } from './compare/controls.ts';
import type { Period } from './compare/period.ts';
import { differencesOf } from './compare/verdict.ts';
import { currentSize } from './memory/current-size.ts';
import { neededMb } from './memory/floor.ts';
import { leakOf, TOO_FEW_LONG_LIVED } from './memory/leak.ts';
import type { Question } from './memory/right-size.ts';
import { rightSize } from './memory/right-size.ts';
import type { SizeEvidence } from './memory/samples.ts';
import type { CoverageFacts, FunctionCoverage } from './metrics/coverage.ts';
import { coverageReasons } from './metrics/coverage.ts';
import { capacityOf } from './network/capacity.ts';
import type { EdgeRequest } from './network/edge.ts';
import { edgeLatency } from './network/edge.ts';
import type { TimedPreInit } from './network/eni-latency.ts';
import { compareByFunction, eraOf, summarize } from './network/eni-latency.ts';
import { compareLoad } from './network/load-test.ts';
import { missingRoute } from './network/missing-nat.ts';
import { phasesOf, serviceMap } from './network/phases.ts';
import type { TraceSegmentView } from './network/trace-segment-view.ts';
import { ascending, quantileOf } from './statistics/order.ts';
import type { Point } from './statistics/trend.ts';

const QUANTILES = [0.5, 0.95, 0.99] as const;

interface Before {
  readonly before: Period;
  readonly after: Period;
}

interface MemoryQuestion extends Omit<Question, 'use' | 'sizes'> {
  readonly use: Pick<Question['use'], 'outOfMemoryAtMb' | 'runtime'>;
  readonly sizes: readonly {
    readonly evidence: SizeEvidence;
    readonly maxUsedMb: number | null;
    /** Memory used over time, for some of its environments. */
    readonly followed: readonly (readonly Point[])[];
  }[];
  /** Size of the newest invocation. */
  readonly newestMb: number | null;
  /** Size of $LATEST from the inventory. */
  readonly configuredMb: number | null;
  readonly seed: number;
}

const SIZE_UNKNOWN = reasonOf('memory-size-unknown');

function memory({ seed, use, sizes, newestMb, configuredMb, ...question }: MemoryQuestion) {
  const evidence = sizes.map((size) => size.evidence);
  const currentMb = currentSize(newestMb, configuredMb, evidence);
  const current = sizes.find((size) => size.evidence.memoryMb === currentMb);
  const leak = currentMb === null ? null : leakOf(current?.followed ?? [], currentMb);
  const used = sizes.map(({ evidence: { memoryMb }, maxUsedMb }) => ({ memoryMb, maxUsedMb }));
  const random = new Random(seed);
  const result = rightSize(
    {
      ...question,
      sizes: evidence,
      use: {
        ...use,
        currentMb: currentMb ?? 0,
        currentUsedMb: current?.maxUsedMb ?? null,
        maxUsedMb: neededMb(used, use.runtime, use.outOfMemoryAtMb),
        leaking: leak?.leaking ?? false,
      },
    },
    () => random.next(),
  );
  const leakReason = leak !== null ? null : currentMb === null ? SIZE_UNKNOWN : TOO_FEW_LONG_LIVED;
  return { currentMb, leak, leakReason, result };
}

/** Computes verdicts over all changes together, so that more comparisons do not mean more false alarms. */
function changes(periods: readonly Before[]) {
  const compared = periods.map(({ before, after }) => {
    const same = matchHours(before, after);
    const reason = tooEarly(same, before);
    const hours = hoursMissing(same, before);
    if (reason === null) return { differences: differencesOf(before, after, same), reason: null, hours };
    // Without blocks no metric is compared; the reason is the same for all.
    const differences = differencesOf(before, after, { ...same, before: [], after: [] });
    return { differences: differences.map((one) => ({ ...one, ...coded(reason) })), reason: reason.text, hours };
  });
  const verdicts = verdictsAcross(compared.map(({ differences }) => differences));
  return compared.map((one, at) => ({ ...one, verdict: verdicts[at] ?? ('no-evidence' as const) }));
}

interface NetworkQuestion {
  /** Null if unknown. */
  readonly vpc: boolean | null;
  readonly own: readonly TimedPreInit[];
  /** Times before init of each matched function in and outside of a VPC, ms; negative for proactive inits. */
  readonly inside: readonly (readonly number[])[];
  readonly outside: readonly (readonly number[])[];
  /** Of functions outside of a VPC that are alike but for their code. */
  readonly roughlyOutside: readonly TimedPreInit[];
  readonly rangeEndMs: number;
  readonly edge: readonly EdgeRequest[];
  readonly timedOutMs: readonly number[];
  readonly coldStarts: number;
}

function network({ vpc, own, edge, timedOutMs, coldStarts, ...question }: NetworkQuestion) {
  const { excessMs, warm, unmatched } = edgeLatency(edge);
  const sorted = ascending(excessMs);
  return {
    summary: summarize(own),
    era: vpc === true ? eraOf(own, question.roughlyOutside, question.rangeEndMs) : null,
    comparison: vpc === true ? compareByFunction(question.inside, question.outside) : null,
    edge: {
      n: sorted.length,
      quantiles: sorted.length === 0 ? [] : QUANTILES.map((q) => quantileOf(sorted, q)),
      warm,
      unmatched,
    },
    missingRoute: missingRoute(vpc, timedOutMs, coldStarts),
  };
}

function coverage(functions: readonly FunctionCoverage[], facts: Omit<CoverageFacts, 'functions'>) {
  return {
    missingReports: functions.reduce((sum, entry) => sum + entry.overdueStarts, 0),
    reasons: coverageReasons({ ...facts, functions }),
  };
}

function trace(segments: readonly TraceSegmentView[]) {
  return { phases: phasesOf(segments), map: serviceMap(segments) };
}

export const analysisTasks = {
  memory,
  changes,
  coverage,
  changePoints: (series: readonly (readonly SeriesValue[])[]) => series.map(changePoints),
  network,
  capacity: capacityOf,
  trace,
  compareLoad,
  movedIdleWindows,
  movedThresholds,
};

export type AnalysisTasks = typeof analysisTasks;
