/** Findings of the overview as sentences with n and interval, most severe first. */

import { integer, percent, plural, seconds } from '../../../ingest/text/quantities.ts';
import { coldStartSecondsOf, errorsOf } from '../../analytics/metrics/counts.ts';
import type { PlatformCounts } from '../../analytics/metrics/platform-counts.ts';
import type { RuntimeSupport } from '../../analytics/runtimes/support.ts';
import type { Rate } from '../../analytics/statistics/rate.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { FleetAggregate } from '../../storage/ports.ts';
import type { OverviewAnswer } from '../contract/overview.ts';
import { errorsRate, userFeltRate } from '../presentation/function-rates.ts';
import type { Weighted } from './platform-findings.ts';
import { platformFindings } from './platform-findings.ts';

type Finding = OverviewAnswer['findings'][number];

interface Subject extends Pick<FleetAggregate['functions'][number], 'counts' | 'blocks'> {
  readonly id: string;
  readonly name: string;
  /** Identifier that AWS uses; null if unknown. */
  readonly runtime: string | null;
  readonly support: RuntimeSupport | null;
  /** What CloudWatch counted of it; null without its metrics. */
  readonly platform: PlatformCounts | null;
}

const MOST = 12;
/** A rate becomes a finding if the lower bound of its interval is above this. */
const ERROR_RATE_LOW = 0.01;
const COLD_RATE_LOW = 0.01;

export function findingsOf(subjects: readonly Subject[]): Finding[] {
  const candidates = subjects.flatMap(candidatesOf).toSorted((a, b) => b.mostWeight - a.mostWeight);
  let found: readonly Weighted[] = [];
  for (const { mostWeight, subject, of } of candidates) {
    const least = found.length < MOST ? null : (found.at(-1)?.weight ?? null);
    if (least !== null && mostWeight < least) break;
    const finding = of(subject);
    if (finding === null) continue;
    found = [...found, finding]
      .toSorted((a, b) => b.weight - a.weight || (a.sentence < b.sentence ? -1 : 1))
      .slice(0, MOST);
  }
  return found.map(({ weight: _, ...finding }) => finding);
}

/** A finding that may be made of a function. Its interval and its text are made only if it can be among the most severe. */
interface Candidate {
  /** No less than the weight of the finding. */
  readonly mostWeight: number;
  readonly subject: Subject;
  readonly of: (subject: Subject) => Weighted | null;
}

function candidatesOf(subject: Subject): readonly Candidate[] {
  const { counts, support } = subject;
  const candidates: Candidate[] = [];
  const add = (mostWeight: number, of: Candidate['of']): void => {
    candidates.push({ mostWeight, subject, of });
  };
  if (counts.ooms > 0) add(OOM_WEIGHT + counts.ooms, outOfMemory);
  if (counts.timeouts > 0) add(TIMEOUT_WEIGHT + counts.timeouts, timeouts);
  // The interval of independent invocations is never wider than the one from blocks.
  const errors = errorsOf(counts);
  const errorsLow = errors === 0 ? 0 : (wilson(errors, counts.n).low ?? 0) + ROUNDING;
  if (errorsLow >= ERROR_RATE_LOW) add(ERROR_WEIGHT * errorsLow, failing);
  if (counts.user_felt > 0) add(coldStartSecondsOf(counts) ?? 0, coldStarting);
  if (support !== null && support.phase !== 'supported') add(RUNTIME_WEIGHT[support.phase], runtimeEnding);
  const found = subject.platform === null ? [] : platformFindings(subject, subject.platform);
  for (const finding of found) add(finding.weight, () => finding);
  return candidates;
}

const OOM_WEIGHT = 1e9;
const TIMEOUT_WEIGHT = 1e8;
const ERROR_WEIGHT = 1e7;
/** Rates of equal counts may differ by less. */
const ROUNDING = 1e-9;

function outOfMemory({ id, name, counts }: Subject): Weighted {
  const sentence = `${name}: ${plural(counts.ooms, 'invocation')} ran out of memory, of ${integer(counts.n)}`;
  return {
    functionId: id,
    kind: 'out-of-memory',
    severity: 'high',
    sentence,
    n: counts.n,
    nextStep: 'Compare its memory sizes, and raise the size',
    weight: OOM_WEIGHT + counts.ooms,
  };
}

function timeouts({ id, name, counts }: Subject): Weighted {
  const sentence = `${name}: ${plural(counts.timeouts, 'timeout')} in ${plural(counts.n, 'invocation')}`;
  return {
    functionId: id,
    kind: 'timeouts',
    severity: 'high',
    sentence,
    n: counts.n,
    nextStep: 'Compare its duration with its timeout, and look at what the last lines before a timeout wait for',
    weight: TIMEOUT_WEIGHT + counts.timeouts,
  };
}

function failing({ id, name, counts, blocks }: Subject): Weighted | null {
  const rate = errorsRate({ counts, blocks });
  if ((rate.low ?? 0) < ERROR_RATE_LOW) return null;
  const least = counts.errors_unknown > 0 ? 'at least ' : '';
  const sentence = `${name}: ${least}${percent(rate.value)} of invocations failed (${interval(rate)})`;
  const severity = (rate.low ?? 0) > 0.1 ? 'high' : 'medium';
  return {
    functionId: id,
    kind: 'errors',
    severity,
    sentence,
    n: rate.n,
    nextStep: 'Open its error groups, the most frequent first',
    weight: ERROR_WEIGHT * (rate.low ?? 0),
  };
}

function coldStarting({ id, name, counts, blocks }: Subject): Weighted | null {
  const rate = userFeltRate({ counts, blocks });
  if ((rate.low ?? 0) < COLD_RATE_LOW) return null;
  const initSeconds = coldStartSecondsOf(counts) ?? 0;
  const sentence = `${name}: ${percent(rate.value)} of callers waited for a cold start (${interval(rate)}), ${seconds(initSeconds)} of init in total`;
  return {
    functionId: id,
    kind: 'cold-starts',
    severity: 'low',
    sentence,
    n: rate.n,
    nextStep: 'Open its cold starts, whose causes say what would avoid them',
    weight: initSeconds,
  };
}

/** Outranks cold starts that waste little, but never failures. */
const RUNTIME_WEIGHT = { 'update-blocked': 5e6, 'create-blocked': 4e6, deprecated: 3e6, ending: 60 } as const;

function runtimeEnding({ id, name, runtime, support }: Subject): Weighted | null {
  if (support === null || support.phase === 'supported') return null;
  const { phase, deprecation, blockUpdate } = support;
  const state =
    phase === 'ending'
      ? `${runtime} is deprecated on ${deprecation}: no security updates after that day`
      : `${runtime} has been deprecated since ${deprecation}: it gets no security updates`;
  const updates =
    blockUpdate === null
      ? ''
      : `; its code ${phase === 'update-blocked' ? 'cannot be updated since' : 'can be updated until'} ${blockUpdate}`;
  const severity = phase === 'ending' ? 'low' : 'medium';
  return {
    functionId: id,
    kind: 'runtime',
    severity,
    sentence: `${name}: ${state}${updates}`,
    n: null,
    nextStep: 'Change the runtime to one that is supported',
    weight: RUNTIME_WEIGHT[phase],
  };
}

function interval({ low, high, n, blocks }: Rate): string {
  const basis = blocks === undefined ? 'if invocations are independent ' : '';
  const source = blocks === undefined ? '' : `, from ${blocks} blocks of time`;
  return `95 % CI ${basis}${percent(low)}–${percent(high)}, n=${integer(n)}${source}`;
}
