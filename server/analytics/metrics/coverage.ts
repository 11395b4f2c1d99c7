/**
 * How much of what happened do we see, and what stands in the way? Figures come from counts; each reason is a sentence a
 * person can act on. Nothing here is an estimate but the silence: a function that usually logs hourly and has stopped.
 */

/** Counts of one function over the days looked at. */
export interface FunctionCoverage {
  readonly name: string;
  readonly invocations: number;
  readonly withStart: number;
  readonly coldOnDemand: number;
  /** Environments whose INIT_START arrived. */
  readonly initStarts: number;
  /** STARTs so old that their REPORT should have come. */
  readonly overdueStarts: number;
  /** Hours with data, of `hours`, before it fell silent. */
  readonly activeHours: number;
  readonly hours: number;
  /** Whole hours since the last data. */
  readonly silentHours: number;
}

export type CoverageReasonKind =
  | 'start-lines-missing'
  | 'deliveries-incomplete'
  | 'init-lines-missing'
  | 'reports-missing'
  | 'unreadable'
  | 'gone-quiet'
  | 'late'
  | 'pull-failing';

export interface CoverageReason {
  readonly kind: CoverageReasonKind;
  readonly text: string;
  readonly n: number;
  /** Names of some it holds for. */
  readonly examples: readonly string[];
}

export interface CoverageFacts {
  readonly functions: readonly FunctionCoverage[];
  readonly events: number;
  readonly rejected: number;
  readonly lagP99Ms: number | null;
  /** Log groups that pull could not read at the last try. */
  readonly failingGroups: readonly string[];
}

/** Below this many invocations a share says little. */
const MIN_INVOCATIONS = 20;
const MIN_COLD = 5;
/** Conclusions wait this long for late delivery. */
export const SETTLING_MS = 180_000;
const UNREADABLE_SHARE = 0.001;
/** A silence this improbable, given how often the function logged before, is news. */
const IMPROBABLE = 0.001;
const EXAMPLES = 5;

/** Is this silence improbable? Hours are taken as independent, with the share of active ones shrunk by one (Laplace). */
export function isQuiet(entry: Pick<FunctionCoverage, 'activeHours' | 'hours' | 'silentHours'>): boolean {
  if (entry.hours < 24 || entry.silentHours < 1) return false;
  const activeShare = entry.activeHours / (entry.hours + 1);
  return (1 - activeShare) ** entry.silentHours < IMPROBABLE;
}

/** Reasons why the figures may be incomplete, the gravest first. Empty when nothing is known to be missing. */
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
    'Log groups could not be read at the last try: their state on this page says why.',
  );
  add(
    'start-lines-missing',
    namesOf(counted.filter((entry) => share(entry) < 0.05)),
    'START lines do not arrive: the subscription filter drops them. Attempts that never report cannot be seen.',
  );
  add(
    'deliveries-incomplete',
    namesOf(counted.filter((entry) => share(entry) >= 0.05 && share(entry) < 0.99)),
    'Some START lines are missing: deliveries were lost or are still under way.',
  );
  add(
    'init-lines-missing',
    namesOf(facts.functions.filter((entry) => entry.coldOnDemand >= MIN_COLD && entry.initStarts === 0)),
    'INIT_START lines do not arrive: the filter drops them, or these are container images. Proactive and unused inits cannot be told.',
  );
  add(
    'reports-missing',
    namesOf(
      facts.functions.filter((entry) => entry.overdueStarts > 0.01 * entry.invocations && entry.overdueStarts > 0),
    ),
    'Attempts started and never reported: their REPORT lines are filtered, lost, or the logs were dropped.',
  );
  if (facts.rejected > UNREADABLE_SHARE * facts.events && facts.rejected > 0) {
    reasons.push({
      kind: 'unreadable',
      text: 'Some of what came could not be read: the quarantine has it, with the reasons.',
      n: facts.rejected,
      examples: [],
    });
  }
  add(
    'gone-quiet',
    namesOf(facts.functions.filter(isQuiet)),
    'These logged regularly and have stopped: nobody calls them any more, or their logs no longer reach us.',
  );
  if (facts.lagP99Ms !== null && facts.lagP99Ms > SETTLING_MS) {
    reasons.push({
      kind: 'late',
      text: `One event in a hundred comes more than ${Math.round(facts.lagP99Ms / 60_000)} minutes late: the newest figures still change.`,
      n: 1,
      examples: [],
    });
  }
  return reasons;
}

function namesOf(entries: readonly FunctionCoverage[]): readonly string[] {
  return entries.toSorted((a, b) => b.invocations - a.invocations).map((entry) => entry.name);
}
