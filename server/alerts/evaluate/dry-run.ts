/** Dry run: evaluates a rule over the past, in memory and without notifications. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import type { TelemetryReader, TimeRange } from '../../storage/ports.ts';
import type { Labels, Rule } from '../rules/rule.ts';
import type { Instance } from './alert.ts';
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
}

export interface DryRun {
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
  rule: Rule,
  read: SignalReader & Pick<TelemetryReader, 'aggregate' | 'metricPoints'>,
  terms: PriceTerms,
  { fromMs, toMs }: TimeRange,
): Promise<DryRun> {
  const { kind } = rule.signal;
  if (kind === 'ingestSilence' || kind === 'unparsed')
    throw new RangeError(`${kind} has no history: a dry run is not possible`);
  const signals = new Signals(read, metricSource(read, terms));
  // Failures of groups are counted by the hour: within one, the past would show what came after the evaluation.
  const isHourly = kind === 'errorGroups';
  const interval = isHourly ? Math.ceil(rule.evaluationIntervalMs / HOUR_MS) * HOUR_MS : rule.evaluationIntervalMs;
  const settleMs = isHourly ? rule.settleMs : 0;
  const stepMs = Math.ceil((toMs - fromMs) / MAX_EVALUATIONS / interval) * interval;
  const fired: { labels: Labels; fromMs: number; toMs: number | null; summary: string }[] = [];
  const open = new Map<string, (typeof fired)[number]>();
  let known: ReadonlyMap<string, Instance> = new Map();
  let evaluations = 0;
  let ids = 0;
  for (let tickMs = Math.ceil(fromMs / stepMs) * stepMs + settleMs; tickMs <= toMs; tickMs += stepMs) {
    signals.clearCache();
    const { unit, measured } = await signals.measure(rule, tickMs);
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
        const span = { labels: alert.labels, fromMs: tickMs, toMs: null, summary: alert.summary };
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
  return { fired, stepMs, evaluations };
}
