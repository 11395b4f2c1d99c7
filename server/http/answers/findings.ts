/** Findings of the overview, of functions and in groups of one kind. */

import { coldStartSecondsOf, errorsOf, placedOf } from '../../analytics/metrics/counts.ts';
import type { PlatformCounts } from '../../analytics/metrics/platform-counts.ts';
import type { RuntimeSupport } from '../../analytics/runtimes/support.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { FleetAggregate } from '../../storage/ports.ts';
import type { FindingGroup, FunctionFinding } from '../contract/findings.ts';
import type { Found } from '../presentation/finding-groups.ts';
import { groupFindings } from '../presentation/finding-groups.ts';
import type { FindingText, RuntimeCode } from '../presentation/finding-text.ts';
import { findingSentence, rateParameters } from '../presentation/finding-text.ts';
import { errorsRate, userFeltRate } from '../presentation/function-rates.ts';
import { platformFindings } from './platform-findings.ts';

interface Subject extends Pick<FleetAggregate['functions'][number], 'counts' | 'blocks'> {
  readonly id: string;
  readonly name: string;
  /** Identifier that AWS uses; null if unknown. */
  readonly runtime: string | null;
  readonly support: RuntimeSupport | null;
  /** Cost of its failed attempts; null if unknown. */
  readonly waste: { readonly usd: number } | null;
  /** What CloudWatch counted of it; null without its metrics. */
  readonly platform: PlatformCounts | null;
}

const MOST = 12;
/** A rate becomes a finding if the lower bound of its interval is above this. */
const ERROR_RATE_LOW = 0.01;
const COLD_RATE_LOW = 0.01;

export interface Findings {
  /** The most severe twelve. */
  readonly findings: FunctionFinding[];
  /** All of them by kind, each failure in one group. */
  readonly groups: FindingGroup[];
}

export function findingsOf(subjects: readonly Subject[]): Findings {
  const all = subjects.flatMap(foundOf);
  const listed = all
    .map((one) => ({ one, sentence: findingSentence(one.text) }))
    .toSorted((a, b) => b.one.weight - a.one.weight || (a.sentence < b.sentence ? -1 : 1))
    .slice(0, MOST)
    .map(({ one: { functionId, text, severity }, sentence }) => ({
      functionId,
      kind: text.code.startsWith('runtime-') ? 'runtime' : text.code,
      code: text.code,
      severity,
      parameters: text.parameters,
      sentence,
    }));
  return { findings: listed, groups: groupFindings(all.filter(({ affected }) => affected !== 0)) };
}

const OOM_WEIGHT = 1e9;
const TIMEOUT_WEIGHT = 1e8;
const ERROR_WEIGHT = 1e7;

function foundOf(subject: Subject): readonly Found[] {
  const { counts, name } = subject;
  const invocations = counts.n;
  const found: Found[] = [];
  const failures = (code: 'out-of-memory' | 'timeouts', failed: number, weight: number): void => {
    if (failed === 0) return;
    const text = { code, parameters: { name, failed, invocations } };
    found.push(foundIn(subject, text, { severity: 'high', weight: weight + failed, affected: failed }));
  };
  failures('out-of-memory', counts.ooms, OOM_WEIGHT);
  failures('timeouts', counts.timeouts, TIMEOUT_WEIGHT);
  const others = [failing(subject), coldStarting(subject), runtimeEnding(subject)];
  const platform = subject.platform === null ? [] : platformFindings(subject, subject.platform);
  return [...found, ...others.flatMap((one) => one ?? []), ...platform];
}

function foundIn(
  { id, name, counts, waste }: Subject,
  text: FindingText,
  rest: Pick<Found, 'severity' | 'weight' | 'affected'> & Partial<Found>,
): Found {
  const isFailure = rest.severity === 'high' || text.code === 'errors';
  return {
    functionId: id,
    name,
    text,
    isLowerBound: false,
    invocations: counts.n,
    wastedUsd: isFailure ? (waste?.usd ?? null) : null,
    monthlySavingUsd: null,
    ...rest,
  };
}

/** The interval from blocks, which takes longer to compute, is never narrower than that of independent invocations. */
function canExceed(hits: number, n: number, low: number): boolean {
  return hits > 0 && (wilson(hits, n).low ?? 0) + ROUNDING >= low;
}

/** Rates of equal counts may differ by less. */
const ROUNDING = 1e-9;

function failing(subject: Subject): Found | null {
  const { name, counts } = subject;
  const errors = errorsOf(counts);
  if (!canExceed(errors, counts.n, ERROR_RATE_LOW)) return null;
  const rate = errorsRate(subject);
  const low = rate.low ?? 0;
  if (low < ERROR_RATE_LOW) return null;
  const isLowerBound = counts.errors_unknown > 0;
  // Timeouts and what ran out of memory are findings of their own, whose groups count them.
  const affected = errors - counts.timeouts - counts.ooms;
  return foundIn(
    subject,
    { code: 'errors', parameters: { ...rateParameters(name, rate), isLowerBound } },
    { severity: low > 0.1 ? 'high' : 'medium', weight: ERROR_WEIGHT * low, affected, isLowerBound },
  );
}

function coldStarting(subject: Subject): Found | null {
  const { name, counts } = subject;
  if (!canExceed(counts.user_felt, placedOf(counts), COLD_RATE_LOW)) return null;
  const rate = userFeltRate(subject);
  if ((rate.low ?? 0) < COLD_RATE_LOW) return null;
  const waitedSeconds = coldStartSecondsOf(counts) ?? 0;
  return foundIn(
    subject,
    { code: 'cold-starts', parameters: { ...rateParameters(name, rate), waitedSeconds } },
    { severity: 'medium', weight: waitedSeconds, affected: counts.user_felt },
  );
}

/** Outranks cold starts that waste little, but never failures. */
const RUNTIME_WEIGHT = { 'update-blocked': 5e6, 'create-blocked': 4e6, deprecated: 3e6, ending: 60 } as const;
const RUNTIME_CODES: Readonly<Record<keyof typeof RUNTIME_WEIGHT, RuntimeCode>> = {
  'update-blocked': 'runtime-update-blocked',
  'create-blocked': 'runtime-deprecated',
  deprecated: 'runtime-deprecated',
  ending: 'runtime-ending',
};

function runtimeEnding(subject: Subject): Found | null {
  const { name, runtime, support } = subject;
  if (support === null || support.phase === 'supported') return null;
  const { phase, deprecation, blockUpdate } = support;
  return foundIn(
    subject,
    { code: RUNTIME_CODES[phase], parameters: { name, runtime, deprecation, blockUpdate } },
    { severity: phase === 'ending' ? 'low' : 'medium', weight: RUNTIME_WEIGHT[phase], affected: null },
  );
}
