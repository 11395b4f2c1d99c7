/** What a move to another architecture changed, in one sentence. */
import { duration, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { Difference } from '../../analytics/compare/verdict.ts';
import type { ChangeKinds } from './change-kinds.ts';

type Measured = Pick<Difference, 'metric' | 'before' | 'after' | 'change' | 'low' | 'high' | 'verdict'>;

/**
 * Returns the sentence, or null if the architecture did not change. Each side is priced at its own architecture. Without enough
 * data for a verdict, the measured values are given without an interval.
 */
export function moveEffect({ kinds, before, after }: ChangeKinds, differences: readonly Measured[]): string | null {
  if (!kinds.includes('architecture')) return null;
  const others = kinds.filter((kind) => kind !== 'architecture');
  const cost = partOf('cost per million invocations', find(differences, 'costPer1k'), (perThousand) =>
    usd(perThousand * 1000),
  );
  const time = partOf('median duration', find(differences, 'p50'), duration);
  const also =
    others.length === 0 ? '' : `. ${others.join(' and ')} changed at the same time: the effect is of all together`;
  return `Moved from ${nameOf(before)} to ${nameOf(after)}: ${cost}; ${time}${also}`;
}

function nameOf(side: Record<string, unknown>): string {
  const name = side['architecture'];
  return typeof name === 'string' ? name : 'an unknown architecture';
}

function find(differences: readonly Measured[], metric: Difference['metric']): Measured | undefined {
  return differences.find((one) => one.metric === metric);
}

function partOf(what: string, found: Measured | undefined, text: (value: number) => string): string {
  const { before = null, after = null, change = null, low = null, high = null } = found ?? {};
  if (before === null || after === null)
    return `${what} not known, because one side has no invocations that can be priced or timed`;
  const interval = low === null || high === null ? '' : `, 95 % CI ${signedPercent(low)} to ${signedPercent(high)}`;
  const relative = change ?? (before === 0 ? null : after / before - 1);
  const certainty = change === null ? ', too few invocations for an interval' : interval;
  return `${what} ${text(before)} → ${text(after)}${relative === null ? '' : ` (${signedPercent(relative)}${certainty})`}`;
}
