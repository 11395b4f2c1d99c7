/** Failures of groups over whole hours: their number, and their share of the function's invocations. */
import { matcher } from '../../../ingest/aws/glob.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { ControlReader, TelemetryReader, TimeRange } from '../../storage/ports.ts';
import type { JoinedErrorGroup } from '../../storage/questions/errors/states.ts';
import { joinStates, membersOf } from '../../storage/questions/errors/states.ts';
import { align } from '../../storage/rollup/range.ts';
import type { Measured, Rule } from '../rules/rule.ts';
import type { Measurement, MetricResult } from './measurement.ts';

type ErrorGroupsSignal = Extract<Rule['signal'], { kind: 'errorGroups' }>;

/** The least time before the window in which groups that failed have a series: with 0 failures, so that their alerts resolve. */
const LEAST_LOOKBACK_MS = 2 * HOUR_MS;

interface Input {
  readonly rule: Pick<Rule, 'evaluationIntervalMs'>;
  readonly signal: ErrorGroupsSignal;
  /** Widened to whole hours: failures are counted by the hour. */
  readonly window: TimeRange;
  readonly limit: number;
}

/** Counts of invocations by function over the same hours. */
type InvocationsOf = (range: TimeRange) => Promise<MetricResult>;

/** One series for each group with failures in the window or shortly before it; those that are ignored have none. */
export async function measureErrorGroups(
  read: Pick<TelemetryReader & ControlReader, 'errorGroups' | 'errorStates'>,
  invocationsOf: InvocationsOf,
  { rule, signal, window, limit }: Input,
): Promise<Measurement> {
  const { fromMs, toMs } = align(window, HOUR_MS);
  const lookbackMs = Math.max(LEAST_LOOKBACK_MS, 2 * rule.evaluationIntervalMs);
  const [now, before, states, invocations] = await Promise.all([
    read.errorGroups({ fromMs, toMs, limit }),
    read.errorGroups({ fromMs: fromMs - lookbackMs, toMs: fromMs, limit }),
    read.errorStates({}),
    invocationsOf({ fromMs, toMs }),
  ]);
  const isWanted = wanted(signal, states);
  const current = joinStates(now.groups, states).filter(isWanted);
  const keys = new Set(current.map(keyOf));
  const ended = joinStates(before.groups, states).filter((group) => isWanted(group) && !keys.has(keyOf(group)));
  const functions = new Map(invocations.series.map((one) => [idOfLabels(one.labels), one]));
  const measured = [
    ...current,
    ...ended.map((group): JoinedErrorGroup => ({ ...group, attempts: 0, invocations: 0, initFailures: 0 })),
  ].map((group) => measuredOf(group, signal, functions.get(functionIdOf(group.identity))));
  const truncated = now.truncated || before.truncated || invocations.truncated;
  return { unit: signal.measure === 'rate' ? 'ratio' : 'count', measured, truncated };
}

function wanted(
  { functions, error }: ErrorGroupsSignal,
  states: Parameters<typeof membersOf>[0],
): (group: JoinedErrorGroup) => boolean {
  const isIn = matcher(functions);
  return (group) => {
    const id = functionIdOf(group.identity);
    if (group.state === 'ignored') return false;
    if (error !== undefined && membersOf(states, id, error).into !== group.fingerprint) return false;
    return functions.length === 0 || isIn(group.identity.name) || isIn(id);
  };
}

function measuredOf(
  group: JoinedErrorGroup,
  { measure }: ErrorGroupsSignal,
  invocations: MetricResult['series'][number] | undefined,
): Measured {
  const { identity, fingerprint: error, title, attempts, initFailures } = group;
  const labels = { account: identity.account, region: identity.region, function: identity.name, error };
  // Failures are grouped minutes after invocations are counted, but never before: lines of a late START may be missing.
  const n = Math.max(invocations?.n ?? 0, attempts);
  const isLowerBound = invocations?.isLowerBound === true;
  const coverage = invocations?.coverage ?? null;
  if (measure === 'count') {
    const failures = attempts + initFailures;
    return { labels, title, value: failures, n: Math.max(n, failures), interval: null, isLowerBound, coverage };
  }
  const { value, low, high } = wilson(attempts, n);
  const interval = low === null || high === null ? null : { low, high };
  return { labels, title, value, n, interval, isLowerBound, coverage };
}

function keyOf({ identity, fingerprint }: JoinedErrorGroup): string {
  return `${functionIdOf(identity)}/${fingerprint}`;
}

function idOfLabels({ account = '', region = '', function: name = '' }: Measured['labels']): string {
  return functionIdOf({ account, region, name });
}
