/**
 * Reports how complete the data is and why. Figures are counts, and each reason is a sentence that users can act on. Only
 * silence is estimated: a function that usually logs hourly and has stopped.
 */

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
  readonly text: string;
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
  const add = (kind: CoverageReasonKind, names: readonly string[], text: string): void => {
    if (names.length > 0) reasons.push({ kind, text, n: names.length, examples: names.slice(0, EXAMPLES) });
  };
  add(
    'pull-failing',
    facts.failingGroups,
    'Log groups could not be read in the last attempt. The table of pulled log groups says why.',
  );
  add(
    'start-lines-missing',
    namesOf(counted.filter((entry) => share(entry) < 0.05)),
    'No START lines arrive: the subscription filter drops them. Attempts without a REPORT cannot be detected.',
  );
  add(
    'deliveries-incomplete',
    namesOf(counted.filter((entry) => share(entry) >= 0.05 && share(entry) < 0.99)),
    'Some START lines are missing: deliveries were lost or are still in transit.',
  );
  add(
    'init-lines-missing',
    namesOf(facts.functions.filter((entry) => entry.coldOnDemand >= MIN_COLD && entry.initStarts === 0)),
    'No INIT_START lines arrive: the subscription filter drops them, or the functions are container images. Proactive and unused inits cannot be detected.',
  );
  add(
    'error-lines-missing',
    namesOf(facts.functions.filter((entry) => entry.errorsUnknown > 0)),
    `Error rates are unknown beyond timeouts and crashes: no line of the application or its runtime arrives. ${ERRORS_REMEDY}`,
  );
  add(
    'reports-missing',
    namesOf(facts.functions.filter((entry) => entry.overdueStarts > 0.01 * entry.invocations)),
    'Attempts have a START line but no REPORT line: a filter dropped it, or it was lost.',
  );
  if (facts.rejected > UNREADABLE_SHARE * facts.events) {
    reasons.push({
      kind: 'unreadable',
      text: 'Some records could not be parsed. They are listed as dead letters, with the reasons.',
      n: facts.rejected,
      examples: [],
    });
  }
  add(
    'gone-quiet',
    namesOf(facts.functions.filter(({ activity }) => isQuiet(activity, facts.nowMs))),
    'Functions logged regularly and have gone quiet, outside of their usual nights and days of rest: they are no longer invoked, or their logs no longer arrive.',
  );
  if (facts.lagP99Ms !== null && facts.lagP99Ms > SETTLING_MS) {
    reasons.push({
      kind: 'late',
      text: `1 % of events arrive more than ${Math.round(facts.lagP99Ms / 60_000)} minutes late: the newest figures may still change.`,
      n: 1,
      examples: [],
    });
  }
  return reasons;
}

function namesOf(entries: readonly FunctionCoverage[]): readonly string[] {
  return entries.toSorted((a, b) => b.invocations - a.invocations).map((entry) => entry.name);
}
