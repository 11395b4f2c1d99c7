/**
 * Reports how complete the data is and why. Figures are counts, and each reason is a sentence that users can act on. Only
 * silence is estimated: a function that usually logs hourly and has stopped.
 */
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { ERRORS_REMEDY } from './error-rate.ts';
import type { ActiveDay } from './silence.ts';
import { isQuiet } from './silence.ts';

/** Counts of one function over the period examined. */
export interface FunctionCoverage {
  readonly name: string;
  readonly invocations: number;
  readonly withStart: number;
  /** Invocations of days on which an error that a runtime reports would not have arrived. */
  readonly errorsUnknown: number;
  readonly coldOnDemand: number;
  /** Environments whose INIT_START arrived. */
  readonly initStarts: number;
  /** STARTs that are old enough for their REPORT to be overdue. */
  readonly overdueStarts: number;
  /** Active hours of the days before the function fell silent; empty if it logged in the last whole hour. */
  readonly activity: readonly ActiveDay[];
}

export type CoverageReasonKind =
  | 'start-lines-missing'
  | 'deliveries-incomplete'
  | 'init-lines-missing'
  | 'error-lines-missing'
  | 'reports-missing'
  | 'unreadable'
  | 'gone-quiet'
  | 'late'
  | 'pull-failing';

export interface CoverageReason {
  readonly kind: CoverageReasonKind;
  /** Of its sentences. */
  readonly reasons: readonly Reason[];
  readonly n: number;
  /** Names of some affected functions or log groups. */
  readonly examples: readonly string[];
}

export interface CoverageFacts {
  readonly functions: readonly FunctionCoverage[];
  readonly events: number;
  readonly rejected: number;
  readonly lagP99Ms: number | null;
  /** Log groups whose last pull failed. */
  readonly failingGroups: readonly string[];
  readonly nowMs: number;
}

/** Minimum number of invocations for a meaningful share. */
const MIN_INVOCATIONS = 20;
const MIN_COLD = 5;
/** Waits this long for late deliveries before drawing conclusions, ms. */
export const SETTLING_MS = 180_000;
const UNREADABLE_SHARE = 0.001;
const EXAMPLES = 5;

/** Returns reasons why figures may be incomplete, most severe first. Empty if nothing is known to be missing. */
export function coverageReasons(facts: CoverageFacts): readonly CoverageReason[] {
  const counted = facts.functions.filter((entry) => entry.invocations >= MIN_INVOCATIONS);
  const share = (entry: FunctionCoverage): number => entry.withStart / entry.invocations;
  const reasons: CoverageReason[] = [];
  const add = (kind: CoverageReasonKind, names: readonly string[], ...sentences: readonly Reason[]): void => {
    if (names.length > 0)
      reasons.push({ kind, reasons: sentences, n: names.length, examples: names.slice(0, EXAMPLES) });
  };
  add('pull-failing', facts.failingGroups, reasonOf('coverage-pull-failing'));
  add(
    'start-lines-missing',
    namesOf(counted.filter((entry) => share(entry) < 0.05)),
    reasonOf('coverage-start-lines-missing'),
  );
  add(
    'deliveries-incomplete',
    namesOf(counted.filter((entry) => share(entry) >= 0.05 && share(entry) < 0.99)),
    reasonOf('coverage-deliveries-incomplete'),
  );
  add(
    'init-lines-missing',
    namesOf(facts.functions.filter((entry) => entry.coldOnDemand >= MIN_COLD && entry.initStarts === 0)),
    reasonOf('coverage-init-lines-missing'),
  );
  add(
    'error-lines-missing',
    namesOf(facts.functions.filter((entry) => entry.errorsUnknown > 0)),
    reasonOf('coverage-error-lines-missing'),
    ERRORS_REMEDY,
  );
  add(
    'reports-missing',
    namesOf(facts.functions.filter((entry) => entry.overdueStarts > 0.01 * entry.invocations)),
    reasonOf('coverage-reports-missing'),
  );
  if (facts.rejected > UNREADABLE_SHARE * facts.events)
    reasons.push({ kind: 'unreadable', reasons: [reasonOf('coverage-unreadable')], n: facts.rejected, examples: [] });
  add(
    'gone-quiet',
    namesOf(facts.functions.filter(({ activity }) => isQuiet(activity, facts.nowMs))),
    reasonOf('coverage-gone-quiet'),
  );
  if (facts.lagP99Ms !== null && facts.lagP99Ms > SETTLING_MS) {
    const minutes = Math.round(facts.lagP99Ms / MINUTE_MS);
    reasons.push({ kind: 'late', reasons: [reasonOf('coverage-late', { minutes })], n: 1, examples: [] });
  }
  return reasons;
}

function namesOf(entries: readonly FunctionCoverage[]): readonly string[] {
  return entries.toSorted((a, b) => b.invocations - a.invocations).map((entry) => entry.name);
}
