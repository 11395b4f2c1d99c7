/** When would a rule have fired? The same evaluation over the past, kept in memory and told to nobody. */

import type { Labels, Rule } from '../rules/rule.ts';
import type { Instance } from './alert.ts';
import { evaluate } from './evaluate.ts';
import type { Signals } from './signals.ts';

/** Evaluations of one dry run, at most: beyond, they are further apart than the rule's own. */
const MOST_TICKS = 1000;

export interface WouldHaveFired {
  readonly labels: Labels;
  readonly fromMs: number;
  /** Null where it would still fire. */
  readonly toMs: number | null;
  readonly summary: string;
}

export interface DryRun {
  readonly fired: readonly WouldHaveFired[];
  /** Between two evaluations. */
  readonly stepMs: number;
  readonly evaluations: number;
}

/** @throws RangeError for signals of the moment, which the past does not keep. */
export async function dryRun(rule: Rule, signals: Signals, fromMs: number, toMs: number): Promise<DryRun> {
  const { kind } = rule.signal;
  if (kind === 'ingestSilence' || kind === 'unparsed') throw new RangeError(`${kind} is not kept over time`);
  const interval = rule.evaluationIntervalMs;
  const stepMs = Math.ceil((toMs - fromMs) / MOST_TICKS / interval) * interval;
  const fired: { labels: Labels; fromMs: number; toMs: number | null; summary: string }[] = [];
  const open = new Map<string, (typeof fired)[number]>();
  let known: ReadonlyMap<string, Instance> = new Map();
  let evaluations = 0;
  let ids = 0;
  for (let tickMs = Math.ceil(fromMs / stepMs) * stepMs; tickMs <= toMs; tickMs += stepMs) {
    signals.forget();
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
    for (const { status, alert } of result.told) {
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
