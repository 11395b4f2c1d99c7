/** What a move to another architecture changed, in one sentence. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Difference } from '../../analytics/compare/verdict.ts';
import type { ChangeKinds } from './change-kinds.ts';

type Measured = Pick<Difference, 'metric' | 'before' | 'after' | 'change' | 'low' | 'high' | 'verdict'>;

/**
 * Returns the sentence, or null if the architecture did not change. Each side is priced at its own architecture. Without enough
 * data for a verdict, the measured values are given without an interval.
 */
export function moveEffect({ kinds, before, after }: ChangeKinds, differences: readonly Measured[]): Reason | null {
  if (!kinds.includes('architecture')) return null;
  const others = kinds.filter((kind) => kind !== 'architecture');
  const [from, to] = [nameOf(before), nameOf(after)];
  const cost = partOf(differences.find(({ metric }) => metric === 'costPer1k'));
  const time = partOf(differences.find(({ metric }) => metric === 'p50'));
  const perMillion = (value: number | null): number | null => (value === null ? null : 1000 * value);
  return reasonOf('move-effect', {
    ...{ hasFrom: from !== null, from, hasTo: to !== null, to },
    ...{ costIs: cost.is, costBeforeUsd: perMillion(cost.before), costAfterUsd: perMillion(cost.after) },
    ...{ costChange: cost.change, costLowChange: cost.low, costHighChange: cost.high },
    ...{ timeIs: time.is, timeBeforeMs: time.before, timeAfterMs: time.after },
    ...{ timeChange: time.change, timeLowChange: time.low, timeHighChange: time.high },
    ...{ hasOthers: others.length > 0, others: others.join(', ') },
  });
}

function nameOf(side: Record<string, unknown>): string | null {
  const name = side['architecture'];
  return typeof name === 'string' ? name : null;
}

/** `is`: what is known of the change. */
function partOf(found: Measured | undefined) {
  const { before = null, after = null, change = null, low = null, high = null } = found ?? {};
  const values = { before, after, low, high };
  if (before === null || after === null) return { ...values, change, is: 'unknown' };
  const relative = change ?? (before === 0 ? null : after / before - 1);
  if (relative === null) return { ...values, change: relative, is: 'plain' };
  const is = change === null ? 'few' : low === null || high === null ? 'uncertain' : 'certain';
  return { ...values, change: relative, is };
}
