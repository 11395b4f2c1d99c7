/** Dry run: evaluates a rule over the past, in memory and without notifications. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import type { TelemetryReader, TimeRange } from '../../storage/ports.ts';
import type { Labels, Measured, Rule } from '../rules/rule.ts';
import type { Alert, Instance } from './alert.ts';
import { evaluate } from './evaluate.ts';
import { metricSource } from './metric-source.ts';
import type { SignalReader } from './signals.ts';
import { Signals } from './signals.ts';

/** Limit of evaluations per dry run. Longer ranges are evaluated at multiples of the rule's interval. */
const MAX_EVALUATIONS = 1000;

export interface WouldHaveFired {
  readonly labels: Labels;
  readonly fromMs: number;
  /** Null if it still fires at the end of the range. */
  readonly toMs: number | null;
  readonly summary: string;
  readonly summaryCode?: Alert['summaryCode'];
}

/** The series nearest to the limit, or furthest beyond it, in one evaluation. */
export interface DryRunPoint {
  readonly atMs: number;
  /** Null without data. */
  readonly value: number | null;
  readonly labels: Labels;
  readonly n: number;
}

export interface DryRun {
  readonly unit: string;
  /** One for each evaluation. */
  readonly points: readonly DryRunPoint[];
  readonly fired: readonly WouldHaveFired[];
  /** Interval between evaluations, ms. */
  readonly stepMs: number;
  readonly evaluations: number;
}

/**
 * Evaluates `rule` from `fromMs` to `toMs`; groups of failures by what is decided about them now, and rules on their number or rate at
 * the end of each hour. @throws RangeError for signals without
 * history (ingestSilence, unparsed).
 */
export async function dryRun(
  given: Rule,
  read: SignalReader & Pick<TelemetryReader, 'aggregate' | 'metricPoints'>,
  terms: PriceTerms,
  { fromMs, toMs }: TimeRange,
): Promise<DryRun> {
  // One that is switched off is tried as well.
  const rule = { ...given, enabled: true };
  const { kind } = rule.signal;
  if (!hasHistory(rule)) throw new RangeError(`${kind} has no history: a dry run is not possible`);
  const { firstEventMs } = await read.ingestStatus({});
  const signals = new Signals(read, metricSource(read, terms), { firstEventMs });
  // Failures of groups are counted by the hour: within one, the past would show what came after the evaluation.
  const isHourly = kind === 'errorGroups';
  const interval = isHourly ? Math.ceil(rule.evaluationIntervalMs / HOUR_MS) * HOUR_MS : rule.evaluationIntervalMs;
  const settleMs = isHourly ? rule.settleMs : 0;
  const stepMs = Math.ceil((toMs - fromMs) / MAX_EVALUATIONS / interval) * interval;
  const fired: (WouldHaveFired & { toMs: number | null })[] = [];
  const open = new Map<string, (typeof fired)[number]>();
  let known: ReadonlyMap<string, Instance> = new Map();
  const points: DryRunPoint[] = [];
  let unitFound = '';
  let evaluations = 0;
  let ids = 0;
  for (let tickMs = Math.ceil(fromMs / stepMs) * stepMs + settleMs; tickMs <= toMs; tickMs += stepMs) {
    signals.clearCache();
    const { unit, measured } = await signals.measure(rule, tickMs);
    unitFound = unit;
    points.push({ atMs: tickMs, ...foremost(rule, measured) });
    const result = evaluate({
      rule,
      unit,
      measured,
      known,
      tickMs,
      newId: () => {
        ids += 1;
        return String(ids);
      },
    });
    for (const { status, alert } of result.transitions) {
      if (status === 'firing') {
        const { labels, summary, summaryCode } = alert;
        const span = { labels, fromMs: tickMs, toMs: null, summary, ...(summaryCode && { summaryCode }) };
        fired.push(span);
        open.set(alert.id, span);
      } else {
        const span = open.get(alert.id);
        if (span !== undefined) span.toMs = tickMs;
      }
    }
    known = result.instances;
    evaluations += 1;
  }
  return { unit: unitFound, points, fired, stepMs, evaluations };
}

/** Counters of ingest are not kept over time. */
export function hasHistory({ signal }: Pick<Rule, 'signal'>): boolean {
  return signal.kind !== 'ingestSilence' && signal.kind !== 'unparsed';
}

/** Of the series with enough samples, the one with the highest value; with the lowest, if the limit is a lower one. */
function foremost({ comparison, minSamples }: Rule, measured: readonly Measured[]): Omit<DryRunPoint, 'atMs'> {
  const sign = comparison === '>' || comparison === '>=' ? 1 : -1;
  let found: Omit<DryRunPoint, 'atMs'> = { value: null, labels: {}, n: 0 };
  for (const { value, labels, n } of measured) {
    if (value === null || !Number.isFinite(value) || n < minSamples) continue;
    if (found.value === null || value * sign > found.value * sign) found = { value, labels, n };
  }
  return found;
}
